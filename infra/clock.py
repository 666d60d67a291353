"""Business clocks: the system's own, and one that runs faster for demonstrations and tests on the real servers."""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.settings import SettingInvalid

_LAST = datetime.max.replace(tzinfo=UTC)


class SystemClock:
    """Business time is real time."""

    speed = 1.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait_seconds(self, until: datetime) -> float:
        return max((until - datetime.now(UTC)).total_seconds(), 0.0)


class SpeedClock:
    """Business time that was `business` at the real instant `real` and has run `speed` times as fast since.

    Before `real` it stands at `business`, so that processes may start a little early.
    """

    def __init__(self, *, business: datetime, real: datetime, speed: float) -> None:
        if speed <= 0:
            raise SettingInvalid(f"a clock's speed must be positive, not {speed}")
        self._business = business.astimezone(UTC)
        self._real = real.astimezone(UTC)
        self.speed = speed

    @property
    def setting(self) -> str:
        """The text that makes this clock again, in another process."""
        return f"{self._business.isoformat()}@{self._real.isoformat()}*{self.speed:g}"

    def now(self) -> datetime:
        passed = max((datetime.now(UTC) - self._real).total_seconds(), 0.0)
        try:
            return self._business + timedelta(seconds=passed * self.speed)
        except OverflowError:
            return _LAST

    def wait_seconds(self, until: datetime) -> float:
        waits = (until - self._business).total_seconds() / self.speed
        return max((self._real - datetime.now(UTC)).total_seconds() + waits, 0.0)


class HeldClock(SpeedClock):
    """A clock that stands at `business` until a file exists; the file says from which real instant it runs.

    So processes can be started first, however long that takes, and time when all of them are ready.
    """

    def __init__(self, *, business: datetime, start_file: Path, speed: float) -> None:
        super().__init__(business=business, real=_LAST, speed=speed)
        self._start_file = start_file
        self._held = True

    @property
    def setting(self) -> str:
        return f"{self._business.isoformat()}@file:{self._start_file}*{self.speed:g}"

    def start(self) -> None:
        """Let time run from now on, for every process with this clock."""
        beside = self._start_file.with_suffix(".new")
        beside.write_text(datetime.now(UTC).isoformat())
        beside.replace(self._start_file)

    def now(self) -> datetime:
        return self._business if self._stands() else super().now()

    def wait_seconds(self, until: datetime) -> float:
        # While it stands, as if it started now: who waits too short looks again, who waited for ever would not.
        if self._stands():
            return max((until - self._business).total_seconds() / self.speed, 0.0)
        return super().wait_seconds(until)

    def _stands(self) -> bool:
        if self._held:
            with contextlib.suppress(FileNotFoundError):
                self._real = datetime.fromisoformat(self._start_file.read_text())
                self._held = False
        return self._held


def clock_from(setting: str) -> SystemClock | SpeedClock:
    """Return the clock that `ESCALERA_CLOCK` asks for.

    "system", or "<business ISO>@<real ISO>*<speed>", or "<business ISO>@file:<path>*<speed>" for a `HeldClock`.
    """
    if setting == "system":
        return SystemClock()
    try:
        business, _, rest = setting.partition("@")
        real, _, speed = rest.rpartition("*")
        if real.startswith("file:"):
            start_file = Path(real.removeprefix("file:"))
            return HeldClock(business=_instant(business), start_file=start_file, speed=float(speed))
        return SpeedClock(business=_instant(business), real=_instant(real), speed=float(speed))
    except ValueError as error:
        raise SettingInvalid(
            f"ESCALERA_CLOCK must be 'system' or '<business ISO>@<real ISO>*<speed>', not {setting!r}: {error}"
        ) from error


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return instant
