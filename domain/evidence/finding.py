"""What a verification looked at, and what it found wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that is not as it must be."""

    code: str  # a key of the words: FILE_ALTERED
    where: str  # the file of the bundle that is at fault, or what it is about
    detail: str = ""  # values only, no sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One check: what was counted, and what was wrong."""

    code: str  # a key of the words: FILES, SIGNATURE, EVENTS ...
    counts: Mapping[str, object] = field(default_factory=dict)
    wrong: Sequence[Wrong] = ()
    notes: Sequence[Wrong] = ()  # what the reader must know, and is not wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """All checks of a bundle, in order. Whole if nothing is wrong."""

    checks: Sequence[Checked]

    @property
    def whole(self) -> bool:
        """Whether everything that could be checked is right."""
        return not any(check.wrong for check in self.checks)

    @property
    def wrong(self) -> Sequence[Wrong]:
        """Everything that is wrong, in order."""
        return [each for check in self.checks for each in check.wrong]
