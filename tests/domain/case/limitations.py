"""What the stories about limitation are made of: acts with their proof, pleas, alarms, and laws to count by."""

from datetime import date, datetime

from domain.case.commands import (
    Escalate,
    InterruptLimitation,
    PleadTimeBar,
    RaiseLimitationAlarm,
    SuspendLimitation,
)
from domain.case.decider import case_decider
from domain.case.events import (
    DueDateExtended,
)
from domain.case.limitation_view import limitation_of
from domain.case.policy import NOTHING_SET, Policy
from domain.case.state import Case
from domain.case.words import Stage
from domain.ledger.book import LawBook
from domain.ledger.read import read_law
from domain.ledger.words import Interruption
from infra.laws import SHIPPED, load_laws
from tests.domain.case.material import (
    BY,
    MAY_1,
    SUPERVISOR,
    Story,
    case_of,
)
from tests.scenario import Scenario

LAWS = load_laws()
DEMANDED = date(2026, 4, 20)
# A state of the United States with six years, as a house would write it for itself.
STATE = """
[law]
id = "acme.us-ma"
jurisdiction = "US-MA"
[[law.limitation]]
id = "c260s2"
years = 6
interrupted_by = ["payment"]
cite = "M.G.L. c. 260 s. 2"
"""
US_LAWS = LawBook([read_law((SHIPPED / "us.toml").read_text(encoding="utf-8"), "us.toml"), read_law(STATE, "ma.toml")])


def demand(name: str = "i-1", on: date = DEMANDED, **more: object) -> InterruptLimitation:
    terms: dict[str, object] = {"kind": Interruption.DEMAND, "proof": "burofax-1", "at": MAY_1, **more}
    return InterruptLimitation(by=BY, interruption_id=name, on=on, **terms)  # type: ignore[arg-type]  # terms by name


def suspension(first: date, last: date, name: str = "s-1", **more: object) -> SuspendLimitation:
    terms: dict[str, object] = {"reason": "MEDIATION", "proof": "masc-1", "at": MAY_1, **more}
    return SuspendLimitation(by=BY, suspension_id=name, first=first, last=last, **terms)  # type: ignore[arg-type]  # by name


def plea(*obligation_ids: str, name: str = "pl-1", at: datetime = MAY_1) -> PleadTimeBar:
    return PleadTimeBar(at=at, by=BY, plea_id=name, proof="letter-1", obligation_ids=obligation_ids)


def alarm(days_left: int, ends_on: date = date(2026, 5, 31), at: datetime = MAY_1) -> RaiseLimitationAlarm:
    return RaiseLimitationAlarm(
        at=at, by="ladder", obligation_id="1", action="ordinary", ends_on=ends_on, days_left=days_left
    )


def to_legal(at: datetime = MAY_1, by: str = SUPERVISOR) -> Escalate:
    return Escalate(at=at, by=by, stage=Stage.LEGAL, reason="ASKED")


def under(laws: LawBook) -> Story:
    """Return a story without a case yet, told under laws."""
    return Scenario(case_decider(Policy(laws=laws, bounds=NOTHING_SET.bounds)))


def extended(story: Story, previous_due_on: date = date(2026, 4, 1)) -> Case:
    """Return the case after more time was given, on the first of May, until the end of the year."""
    event = DueDateExtended(
        at=MAY_1,
        extension_id="e-1",
        obligation_id="1",
        due_on=date(2026, 12, 31),
        previous_due_on=previous_due_on,
        reason="ASKED",
        authority=SUPERVISOR,
    )
    return case_of(story.given(event))


def ends(case: Case, obligation_id: str = "1", on: date = date(2026, 5, 1)) -> dict[str, date]:
    found = next(each for each in limitation_of(case, LAWS, on) if each.obligation_id == obligation_id)
    return {each.action: each.ends_on for each in found.clocks}
