"""What stories about interest are made of: cases under the shipped law, with terms, and what a statement says."""

from datetime import UTC, date, datetime, timedelta

from domain.case.bounds import Bounds
from domain.case.commands import CaseCommand, PostInterest, RecordPayment, RecordTerms, ReversePayment
from domain.case.decider import case_decider
from domain.case.events import CaseEvent
from domain.case.policy import Policy
from domain.case.state import Case
from domain.case.view import local_date
from domain.case.words import AgreedRate, Component, Obligation
from domain.ledger.stated import Statement
from domain.ledger.statement import statement
from domain.ledger.words import Nature
from domain.money import Money
from infra.laws import load_laws
from tests.domain.case.material import BY, Story, opening
from tests.scenario import Scenario

LAWS = load_laws()
POLICY = Policy(laws=LAWS, bounds=Bounds())
LAWFUL: Story = Scenario(case_decider(POLICY))
DUE = date(2026, 1, 10)
NOON = datetime(2026, 1, 10, 11, tzinfo=UTC)  # of the due date, in Madrid
Owed = dict[tuple[str, Component], int]


def day(number: int, hour: int = 0) -> datetime:
    """Return an instant so many days after the due date."""
    return NOON + timedelta(days=number, hours=hour)


def debt(obligation_id: str, minor: int, due_on: date = DUE, currency: str = "EUR") -> Obligation:
    return Obligation(
        obligation_id=obligation_id, reference=f"F-{obligation_id}", principal=Money(minor, currency), due_on=due_on
    )


def terms(
    percent: str = "", *, nature: Nature | None = None, terms_id: str = "t", at: datetime = NOON, **more: object
) -> RecordTerms:
    rates = (AgreedRate(component=Component.LATE_INTEREST, percent=percent),) if percent else ()
    fields: dict[str, object] = {"at": at, "by": BY, "terms_id": terms_id, "nature": nature, "rates": rates}
    return RecordTerms(**{**fields, **more})  # type: ignore[arg-type]  # tests change any field


def owing(*debts: Obligation, percent: str = "36.5", at: datetime = NOON, **fields: object) -> Story:
    """Return a case with these debts and a late interest of a thousandth a day."""
    return LAWFUL.after(opening(debts, at=at, **fields), terms(percent, at=at))


HUNDRED = owing(debt("1", 100_00))
"""A hundred euros that bear ten cents a day."""


def money(payment_id: str, minor: int, at: datetime, obligation_id: str = "", currency: str = "EUR") -> RecordPayment:
    amount = Money(minor, currency)
    return RecordPayment(at=at, by=BY, payment_id=payment_id, amount=amount, obligation_id=obligation_id)


def bounced(payment_id: str, at: datetime) -> ReversePayment:
    return ReversePayment(at=at, by=BY, payment_id=payment_id, reason="CHEQUE_BOUNCED")


def post(at: datetime) -> PostInterest:
    return PostInterest(at=at, by=BY)


def the_case(story: Story) -> Case:
    assert isinstance(story.state, Case)
    return story.state


def owed(story: Story) -> Owed:
    """Return what the books say is owed, by obligation and component."""
    return {
        (obligation_id, component): minor
        for obligation_id, debt in the_case(story).ledger.debts.items()
        for component, minor in debt.owed.items()
        if minor
    }


def stated(story: Story, on: date | datetime) -> Statement:
    """Return what anybody reads, from the whole history."""
    case = the_case(story)
    at = local_date(case, on) if isinstance(on, datetime) else on
    return statement(story.history, at=at, pack=LAWS.of_place(case.country, at), book=LAWS)


def by_component(found: Statement) -> Owed:
    """Return a statement's balances, by obligation and component."""
    return {
        (each.obligation_id, part.component): part.balance
        for each in found.obligations
        for part in each.components
        if part.balance
    }


def told(story: Story, *commands: CaseCommand) -> tuple[CaseEvent, ...]:
    """Return what follows from the last of the commands."""
    before = story.after(*commands[:-1])
    return before.decider.decide(commands[-1], before.state)
