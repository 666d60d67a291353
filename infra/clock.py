"""Business clocks: the system's own, and one that runs faster for demonstrations and tests on the real servers."""

from datetime import UTC, datetime, timedelta

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


def clock_from(setting: str) -> SystemClock | SpeedClock:
    """Return the clock that `ESCALERA_CLOCK` asks for: "system", or "<business ISO>@<real ISO>*<speed>"."""
    if setting == "system":
        return SystemClock()
    try:
        business, _, rest = setting.partition("@")
        real, _, speed = rest.partition("*")
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
