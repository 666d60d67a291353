"""Computed installments between the wire and the domain, and sums that go into a case as bare minor units."""

from collections.abc import Iterable
from dataclasses import dataclass

from google.type.money_pb2 import Money as WireMoney

from api import words
from api.translate_values import day, day_out, meaning, money, money_out
from domain.case.words import Every, Installment, Schedule
from domain.decider import Rejected
from protos.escalera import v1 as pb


@dataclass(slots=True)
class OneCurrency:
    """Reads sums of one request, which must all be in one currency: the first one's, unless it is known before.

    The commands keep some sums as minor units alone, so this is where a sum in another currency would get lost.
    """

    currency: str = ""

    def minor(self, amount: WireMoney, field: str) -> int:
        """Return a sum in minor units, 0 for one that was left out; raise `Rejected` CURRENCY_MISMATCH."""
        if not amount.currency_code and not amount.units and not amount.nanos:
            return 0
        found = money(amount, field)
        if self.currency and found.currency != self.currency:
            detail = f"it is in {found.currency}, other sums are in {self.currency}"
            raise Rejected("CURRENCY_MISMATCH", detail, field=f"{field}.currency_code", accepted=self.currency)
        self.currency = found.currency
        return found.minor


def installments(listed: Iterable[pb.Installment]) -> tuple[Installment, ...]:
    """Return the payments of a plan or a promise."""
    return tuple([_installment(found, f"installments[{place}]") for place, found in enumerate(listed)])


def schedule(body: pb.Schedule, sums: OneCurrency, field: str = "schedule") -> Schedule:
    """Return what installments are to be computed from; months apart, unless told otherwise."""
    return Schedule(
        shape=meaning(words.PLAN_SHAPE, body.shape, f"{field}.shape"),
        first_on=day(body.first_date, f"{field}.first_date"),
        every=meaning(words.EVERY, body.every, f"{field}.every") if body.every else Every.MONTH,
        count=body.count,
        amount_minor=sums.minor(body.amount, f"{field}.amount"),
        down_minor=sums.minor(body.down_payment, f"{field}.down_payment"),
        down_on=day(body.down_date, f"{field}.down_date") if body.HasField("down_date") else None,
        step_percent=body.step_percent,
        balloon_minor=sums.minor(body.balloon, f"{field}.balloon"),
        rate_percent=body.rate_percent,
    )


def schedule_out(found: Schedule, currency: str) -> pb.Schedule:
    """Return what installments were computed from, for the wire; sums of nothing are left out."""
    return pb.Schedule(
        shape=words.PLAN_SHAPE_OUT[found.shape],
        first_date=day_out(found.first_on),
        every=words.EVERY_OUT[found.every],
        count=found.count,
        amount=sum_out(found.amount_minor, currency),
        down_payment=sum_out(found.down_minor, currency),
        down_date=day_out(found.down_on) if found.down_on else None,
        step_percent=found.step_percent,
        balloon=sum_out(found.balloon_minor, currency),
        rate_percent=found.rate_percent,
    )


def sum_out(minor: int, currency: str) -> WireMoney | None:
    """Return a sum for the wire, None where it is nothing."""
    return money_out(minor, currency) if minor else None


def _installment(found: pb.Installment, field: str) -> Installment:
    amount = money(found.amount, f"{field}.amount")
    interest = OneCurrency(amount.currency).minor(found.interest, f"{field}.interest")
    return Installment(due_on=day(found.due_date, f"{field}.due_date"), amount=amount, interest=interest)
