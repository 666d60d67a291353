"""What looking an installation over has found. The words for it are the command line's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is."""

    WRONG = "WRONG"  # something does not work, or is not safe
    DOUBTFUL = "DOUBTFUL"  # it works, and somebody should know


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be. `values` are put into its words; no secrets and no personal data."""

    code: str  # UPPER_SNAKE, stable
    severity: Severity
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Everything that was found, and what could not be looked at."""

    findings: tuple[Finding, ...]
    looked_at: tuple[str, ...]  # names of the parts
    not_looked_at: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return all(finding.severity is not Severity.WRONG for finding in self.findings)


def wrong(code: str, **values: object) -> Finding:
    """Return a finding of something that does not work, or is not safe."""
    return Finding(code=code, severity=Severity.WRONG, values={key: str(value) for key, value in values.items()})


def doubtful(code: str, **values: object) -> Finding:
    """Return a finding of something that works, and that somebody should know of."""
    return Finding(code=code, severity=Severity.DOUBTFUL, values={key: str(value) for key, value in values.items()})
