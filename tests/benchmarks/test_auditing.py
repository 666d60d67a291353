"""The measurement of the audit, in short: what it seeds is a log that an audit finds whole, and memory is measured."""

from pathlib import Path

from benchmarks.auditing import PARTS, measured, seeded

COHORT = 20


def test_a_portfolio_is_audited_in_every_part_by_processes_of_their_own(fresh_dsn: str, tmp_path: Path) -> None:
    settings = seeded(fresh_dsn, tmp_path / "log", 1, cohort=COHORT)
    counted = {part: audited(settings) for part, audited in PARTS.items()}
    assert len(set(counted.values())) == 1  # each looks at every event, or finds something and fails
    (events,) = set(counted.values())
    assert events == COHORT * 60
    found = measured(PARTS["whole_2_processes"], settings)
    assert found["per_second"] > 0
    assert found["peak_mb"] > 50  # of a process that has read the rules
