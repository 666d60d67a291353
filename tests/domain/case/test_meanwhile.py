"""What was done while a fact was true and nobody knew: named, with a remedy, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from domain.case.commands import AddCharge, CaseCommand, OpenCase, PlaceHold, RecordPayment, ReversePayment, Waive
from domain.case.decider import CASE
from domain.case.events import CaseEvent, ContactLogged, ContactOutcomeRecorded, ContactPermitted
from domain.case.meanwhile import ChargeMade, ContactMade, Known, Late, Remedy, fact_id, known_late
from domain.case.words import (
    Channel,
    Component,
    ContactOutcome,
    Direction,
    HoldReason,
    Obligation,
    Obligor,
    Role,
    Scope,
    StrategyPin,
)
from domain.money import Money

PERSON = UUID("11111111-2222-5333-8444-555555555555")
BY = "system:test"


def october(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC)


def pesos(minor: int) -> Money:
    return Money(minor, "PEN")


OPENING = OpenCase(
    creditor_id="acme",
    reference="F-1",
    portfolio="p",
    currency="PEN",
    country="PE",
    time_zone="America/Lima",
    language="es",
    strategy=StrategyPin(name="consumer", version=1),
    obligations=tuple(
        Obligation(obligation_id=name, reference="", principal=pesos(10_000), due_on=date(2026, 10, 1))
        for name in ("o-1", "o-2")
    ),
    obligors=(Obligor(person_id=PERSON, role=Role.PRINCIPAL),),
    at=october(1),
    by=BY,
)


class Told:
    """A history as it is told: commands and events, each known at once unless said otherwise."""

    def __init__(self) -> None:
        self.known: list[Known] = []
        self.decide(OPENING)

    def decide(self, command: CaseCommand, known_at: datetime | None = None) -> "Told":
        state = CASE.fold(each.event for each in self.known)
        return self.happened(*CASE.decide(command, state), known_at=known_at or command.at)

    def happened(self, *events: CaseEvent, known_at: datetime | None = None) -> "Told":
        self.known += [Known(event=event, recorded_at=known_at or event.at) for event in events]
        return self

    def contact(self, day: int, outcome: ContactOutcome = ContactOutcome.DELIVERED) -> "Told":
        permit = f"permit-{day}"
        return self.happened(
            ContactPermitted(
                at=october(day),
                permit_id=permit,
                person_id=PERSON,
                channel=Channel.SMS,
                step_key="1.a",
                template="t",
                rules="r",
            ),
            ContactOutcomeRecorded(at=october(day), permit_id=permit, outcome=outcome),
        )

    def fee(self, day: int, obligation: str = "o-1", minor: int = 500) -> "Told":
        return self.decide(
            AddCharge(
                charge_id=f"fee-{day}",
                obligation_id=obligation,
                component=Component.FEES,
                amount=pesos(minor),
                reason="LATE",
                at=october(day),
                by=BY,
            )
        )

    def paid(self, minor: int, day: int, known: int, obligation: str = "") -> "Told":
        payment = RecordPayment(payment_id="p-1", amount=pesos(minor), obligation_id=obligation, at=october(day), by=BY)
        return self.decide(payment, known_at=october(known))

    def late(self, payment_id: str = "") -> tuple[Late, ...]:
        return known_late(self.known, payment_id)


def remedies(late: Late) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for done in late.done:
        what = done.what
        found.append((what.contact_id if isinstance(what, ContactMade) else what.charge_id, done.remedy, done.reason))
    return found


def test_who_was_reminded_after_paying_all_is_owed_an_apology_and_the_fee_goes() -> None:
    told = Told().contact(3).contact(6).fee(7).paid(20_000, day=5, known=9).contact(10)
    (late,) = told.late("p-1")

    assert (late.since, late.known_at, fact_id(late.event)) == (october(5), october(9), "p-1")
    assert remedies(late) == [
        ("permit-6", Remedy.APOLOGIZE, "NOTHING_WAS_OWED"),
        ("fee-7", Remedy.REFUND, "CHARGED_AFTER_PAYMENT"),
    ]


def test_who_still_owed_something_is_told_the_right_sum() -> None:
    (late,) = Told().contact(6).paid(4_000, day=5, known=9).late("p-1")
    assert remedies(late) == [("permit-6", Remedy.CORRECT, "LESS_WAS_OWED")]


def test_a_contact_that_was_never_made_is_nothing_to_mend() -> None:
    (late,) = Told().contact(6, ContactOutcome.REFUSED).contact(7, ContactOutcome.EXPIRED).paid(1, 5, 9).late("p-1")
    assert late.done == ()


def test_calls_that_were_logged_count_and_those_of_the_debtor_do_not() -> None:
    def logged(day: int, direction: Direction) -> ContactLogged:
        return ContactLogged(
            at=october(day),
            contact_id=f"{direction}-{day}",
            person_id=PERSON,
            channel=Channel.PHONE,
            direction=direction,
            outcome=ContactOutcome.CONVERSATION,
        )

    told = Told().paid(20_000, day=5, known=9)
    told.happened(logged(6, Direction.OUTBOUND), logged(7, Direction.INBOUND), known_at=october(12))
    (late,) = told.late("p-1")

    assert remedies(late) == [("OUTBOUND-6", Remedy.APOLOGIZE, "NOTHING_WAS_OWED")]


def test_a_fee_on_another_debt_than_the_one_paid_stays() -> None:
    told = Told().fee(6, "o-2").fee(7, "o-1").paid(10_000, day=5, known=9, obligation="o-1")
    (late,) = told.late("p-1")
    assert [(each[0], each[1]) for each in remedies(late)] == [("fee-6", Remedy.NONE), ("fee-7", Remedy.REFUND)]


def test_a_fee_is_waived_as_long_as_it_is_open_and_once() -> None:
    told = Told().fee(15)
    pause = PlaceHold(
        hold_id="h-1",
        reason=HoldReason.HARDSHIP,
        scope=Scope.CHARGES,
        authority="supervisor:s-1",
        from_at=october(14),
        until=None,
        at=october(18),
        by=BY,
    )
    waiver = Waive(
        waiver_id="w-1",
        amount=pesos(500),
        reason="LATE_KNOWN",
        authority="supervisor:s-1",
        obligation_id="o-1",
        component=Component.FEES,
        at=october(20),
        by=BY,
    )
    (before,) = told.decide(pause).late()[0].done
    (after,) = told.decide(waiver).late()[0].done

    assert isinstance(before.what, ChargeMade)
    assert (before.remedy, before.what.open) == (Remedy.WAIVE, pesos(500))
    assert (after.remedy, after.reason) == (Remedy.NONE, "WAIVED_SINCE")


def test_a_cheque_that_bounced_without_our_knowing() -> None:
    told = Told().paid(20_000, day=5, known=5).contact(8)
    told.decide(ReversePayment(payment_id="p-1", reason="BOUNCED", at=october(7), by=BY), known_at=october(12))
    (late,) = told.late("p-1")

    assert type(late.event).__name__ == "PaymentReversed"
    assert remedies(late) == [("permit-8", Remedy.CORRECT, "MORE_WAS_OWED")]


def test_what_is_known_at_once_finds_nothing() -> None:
    assert Told().contact(5).paid(1_000, day=5, known=5).late() == ()


def test_a_pause_told_of_four_days_late_names_the_contacts_and_charges_in_between() -> None:
    """FIN-backdated: a pause recorded on the 18th from the 14th on; contacts of the 15th to the 17th are listed."""
    told = Told().contact(13).contact(15).contact(16).fee(16).contact(17)
    pause = PlaceHold(
        hold_id="h-1",
        reason=HoldReason.HARDSHIP,
        scope=Scope.ALL,
        authority="supervisor:s-1",
        from_at=october(14),
        until=october(30),
        at=october(18),
        by=BY,
    )
    told.decide(pause).contact(19)
    (late,) = told.late()

    assert [each[0] for each in remedies(late)] == ["permit-15", "permit-16", "fee-16", "permit-17"]
    assert {each[1:] for each in remedies(late)} == {
        (Remedy.APOLOGIZE, "HELD_SINCE_BEFORE"),
        (Remedy.WAIVE, "HELD_SINCE_BEFORE"),
    }


def test_a_hold_on_contacts_leaves_charges_alone_and_ends_when_it_ends() -> None:
    told = Told().contact(15).fee(15).contact(17)
    pause = PlaceHold(
        hold_id="h-1",
        reason=HoldReason.SUPERVISOR,
        scope=Scope.CONTACT,
        authority="a",
        from_at=october(14),
        until=october(16),
        at=october(18),
        by=BY,
    )
    (late,) = told.decide(pause).late()
    assert [each[0] for each in remedies(late)] == ["permit-15"]


def test_the_instants_at_the_borders() -> None:
    """What happens in the instant of the payment counts; what happens when it becomes known does not."""
    told = Told().contact(5).contact(9).paid(20_000, day=5, known=9)
    (late,) = told.late("p-1")

    assert [each[0] for each in remedies(late)] == ["permit-5"]
    assert late.known_at - late.since == timedelta(days=4)
