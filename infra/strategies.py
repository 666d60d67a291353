"""The strategies that cases can be pinned to: those shipped, and those of a directory of one's own.

Every version of a strategy is a text of its own; versions live side by side for as long as a case is pinned to one.
"""

from collections.abc import Iterable
from pathlib import Path

from domain.case.words import StrategyPin
from domain.decider import Rejected
from domain.ladder.read import read_strategy
from domain.ladder.strategy import Strategy

SHIPPED = Path(__file__).resolve().parent.parent / "strategies"


class Strategies:
    """Strategies by name and version. What is on the shelf under a name and version never changes."""

    def __init__(self, strategies: Iterable[Strategy] = ()) -> None:
        self._by_pin: dict[StrategyPin, Strategy] = {}
        self._latest: dict[str, int] = {}
        for strategy in strategies:
            self.add(strategy)

    def add(self, strategy: Strategy) -> None:
        """Put a strategy on the shelf; raise `Rejected` STRATEGY_VERSION_TAKEN when another text is there already."""
        pin = StrategyPin(name=strategy.name, version=strategy.version)
        kept = self._by_pin.setdefault(pin, strategy)
        if kept.content_hash != strategy.content_hash:
            raise Rejected(
                "STRATEGY_VERSION_TAKEN",
                f"{pin.name} version {pin.version} is another text already, to which cases may be pinned",
                field="version",
                accepted=str(self.latest(pin.name).version + 1),
            )
        self._latest[pin.name] = max(pin.version, self._latest.get(pin.name, 0))

    def get(self, pin: StrategyPin) -> Strategy:
        """Return the strategy that a case is pinned to; raise `Rejected` STRATEGY_UNKNOWN where there is none."""
        strategy = self._by_pin.get(pin)
        if strategy is None:
            known = ", ".join(f"{name} {version}" for name, version in self._names())
            raise Rejected(
                "STRATEGY_UNKNOWN", f"no strategy {pin.name} version {pin.version}", field="strategy", accepted=known
            )
        return strategy

    def latest(self, name: str) -> Strategy:
        """Return the highest version of a strategy; raise `Rejected` STRATEGY_UNKNOWN where there is none."""
        return self.get(StrategyPin(name=name, version=self._latest.get(name, 0)))

    def all(self) -> tuple[Strategy, ...]:
        """Return every strategy, by name and version."""
        return tuple(self._by_pin[StrategyPin(name=name, version=version)] for name, version in self._names())

    def _names(self) -> list[tuple[str, int]]:
        return sorted((pin.name, pin.version) for pin in self._by_pin)


def load_strategies(*directories: Path) -> Strategies:
    """Return the shipped strategies and those in the `*.toml` files of `directories`.

    Raises `Rejected` with the file's name before the place that is at fault ("mine.toml: SOFT/call/task_kind").
    """
    shelf = Strategies()
    for directory in (SHIPPED, *directories):
        for file in sorted(directory.glob("*.toml")):
            try:
                shelf.add(read_strategy(file.read_text(encoding="utf-8")))
            except Rejected as rejected:
                where = f"{file.name}: {rejected.field}" if rejected.field else file.name
                raise Rejected(
                    rejected.reason, f"{file.name}: {rejected.detail}", field=where, accepted=rejected.accepted
                ) from rejected
            except UnicodeDecodeError as error:
                raise Rejected(
                    "STRATEGY_UNREADABLE", f"{file.name} is not UTF-8", field=file.name, accepted="UTF-8"
                ) from error
    return shelf
