"""What the ledger's stories are made of: the shipped law, and cases in any currency."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache

from domain.case.events import (
    AmountWaived,
    CaseEvent,
    CaseOpened,
    ChargeAdded,
    HoldPlaced,
    PaymentRecorded,
    PaymentReversed,
    WaiverReversed,
)
from domain.case.words import (
    Component,
    HoldReason,
    Obligation,
    Obligor,
    Part,
    Role,
    Scope,
    StrategyPin,
)
from domain.ledger.book import LawBook
from domain.ledger.law import LawPack, Terms
from domain.ledger.read import read_law
from domain.ledger.words import Nature
from domain.money import Money
from infra.laws import load_laws
from tests.domain.case.material import DEBTOR

COMMERCIAL = Terms(nature=Nature.COMMERCIAL)
CIVIL = Terms(nature=Nature.CIVIL)
LATE, USE = Component.LATE_INTEREST, Component.INTEREST
PRINCIPAL, COSTS, FEES = Component.PRINCIPAL, Component.COSTS, Component.FEES
OPENED = datetime(2020, 1, 2, 15, tzinfo=UTC)


@cache
def shipped() -> LawBook:
    return load_laws()


def law(place: str, on: date = date(2026, 1, 1)) -> LawPack:
    return shipped().of_place(place, on)


def written(rule: str, rows: str = "") -> tuple[LawPack, LawBook]:
    """Return a law of a place called ZZ with one interest rule, and its book."""
    text = f"""
[law]
id = "zz.money"
jurisdiction = "ZZ"

[[law.interest]]
id = "rule"
cite = "art. 1"
{rule}
{rows}
"""
    file = read_law(text, "zz.toml")
    return file.packs[0], LawBook([file])


def agreed(percent: float | Fraction, **terms: object) -> Terms:
    """Return terms with a late interest of so many percent a year."""
    rate = Fraction(str(percent)) / 100
    return Terms(rates={LATE: rate}, **terms)  # type: ignore[arg-type]  # any terms


def at(day: date, hour: int = 15) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def owing(*debts: tuple[str, int, date], currency: str = "EUR", country: str = "ES", zone: str = "UTC") -> CaseOpened:
    """Return the opening of a case with debts: id, minor units, due date."""
    return CaseOpened(
        at=OPENED,
        creditor_id="acme",
        reference="K-1",
        portfolio="retail",
        currency=currency,
        country=country,
        time_zone=zone,
        language="es",
        strategy=StrategyPin(name="consumer", version=1),
        obligations=tuple(
            Obligation(obligation_id=each, reference=f"F-{each}", principal=Money(minor, currency), due_on=due_on)
            for each, minor, due_on in debts
        ),
        obligors=(Obligor(person_id=DEBTOR, role=Role.PRINCIPAL),),
    )


def paid(
    payment_id: str, minor: int, day: date, *parts: tuple[str, Component, int], currency: str = "EUR"
) -> CaseEvent:
    return PaymentRecorded(
        at=at(day), payment_id=payment_id, amount=Money(minor, currency), method="TRANSFER", parts=_parts(parts)
    )


def bounced(payment_id: str, day: date) -> CaseEvent:
    return PaymentReversed(at=at(day), payment_id=payment_id, reason="CHEQUE_BOUNCED")


def posted(charge_id: str, minor: int, day: date, *, period: str = "", currency: str = "EUR") -> CaseEvent:
    """Return late interest that the law let accrue, posted."""
    return ChargeAdded(
        at=at(day),
        charge_id=charge_id,
        obligation_id="1",
        component=LATE,
        amount=Money(minor, currency),
        reason="LAW",
        period=period,
    )


def waived(waiver_id: str, day: date, *parts: tuple[str, Component, int]) -> CaseEvent:
    found = _parts(parts)
    return AmountWaived(
        at=at(day),
        waiver_id=waiver_id,
        parts=found,
        amount=Money(sum(part.minor for part in found), "EUR"),
        reason="GOODWILL",
        authority="supervisor:s-17",
    )


def unwaived(waiver_id: str, day: date, *parts: tuple[str, Component, int]) -> CaseEvent:
    return WaiverReversed(at=at(day), waiver_id=waiver_id, parts=_parts(parts), reason="PAYMENT_REVERSED")


def held(reason: HoldReason, first: date, days: int, scope: Scope = Scope.ALL) -> CaseEvent:
    return HoldPlaced(
        at=at(first, 0),
        hold_id="h",
        reason=reason,
        scope=scope,
        authority="court",
        from_at=at(first, 0),
        until=at(first + timedelta(days=days), 0),
    )


def _parts(parts: tuple[tuple[str, Component, int], ...]) -> tuple[Part, ...]:
    return tuple(Part(obligation_id=each, component=component, minor=minor) for each, component, minor in parts)
