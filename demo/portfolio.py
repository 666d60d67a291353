"""The demo's portfolio: invoices in seven currencies, the same for the same seed, shaped like real late payers.

Amounts and days late are drawn from the quantiles of IBM's accounts-receivable sample (2,466 invoices, 35.6 % late,
none more than 45 days); only those few numbers are used, no row of it. Names, companies and addresses are invented.
"""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from demo.places import FAMILY_NAMES, GIVEN_NAMES, PLACES, Place
from domain.money import Money, exponent

# A Monday, 06:00 UTC: past midnight everywhere in the portfolio, before anybody's office hours.
STARTS_AT = datetime(2026, 1, 5, 6, tzinfo=UTC)
CREDITOR = "andes"
# What the creditor tells its debtors. Where the law asks for it (CL: how to pay, whom to ask) nothing is sent without.
PARTICULARS = """
[andes]
name = "Créditos Andes"
contact_at = "atencion@andes.example, +56 2 2555 0100"
pay_at = "https://pagar.andes.example/{reference}"
"""
LATE_SHARE = 0.3556
# Dollars that this share of the invoices stays below.
AMOUNT_QUANTILES = (
    (0, 5.26),
    (0.1, 32.86),
    (0.25, 46.4),
    (0.5, 60.57),
    (0.75, 73.77),
    (0.9, 85.99),
    (0.99, 104.52),
    (1, 128.28),
)
BUSINESS_SHARE = 0.4
BUSINESS_FACTOR = 24  # a company's invoice is larger than a household's
SECOND_CASE_SHARE = 0.15  # so many cases belong to somebody who has another one: caps count across cases
SECOND_INVOICE_SHARE = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    """Somebody who owes; `reference` is the creditor's customer number."""

    reference: str
    name: str
    email: str
    phone: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    obligation_id: str
    reference: str
    principal: Money
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What becomes one case: one debtor's invoices. `late` says that they will not be paid when due."""

    reference: str
    portfolio: str  # also names the strategy
    debtor: Debtor
    invoices: tuple[Invoice, ...]
    late: bool

    @property
    def principal(self) -> Money:
        total = self.invoices[0].principal
        for invoice in self.invoices[1:]:
            total = total + invoice.principal
        return total

    @property
    def due_on(self) -> date:
        """When the first of its invoices is due."""
        return min(invoice.due_on for invoice in self.invoices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    debtors: tuple[Debtor, ...]
    accounts: tuple[Account, ...]


def generate(*, cases: int, days: int, seed: int) -> Portfolio:
    """Make `cases` accounts whose due dates let them live through `days`; the same arguments make the same one."""
    chance = random.Random(f"escalera:{seed}")
    late = set(chance.sample(range(cases), round(cases * LATE_SHARE)))
    debtors: list[Debtor] = []
    accounts = []
    for number in range(cases):
        business = chance.random() < BUSINESS_SHARE
        if debtors and chance.random() < SECOND_CASE_SHARE:
            debtor = chance.choice(debtors)
        else:
            debtor = _debtor(chance, len(debtors) + 1, business=business)
            debtors.append(debtor)
        accounts.append(_account(chance, number + 1, debtor, business=business, late=number in late, days=days))
    return Portfolio(debtors=tuple(debtors), accounts=tuple(accounts))


def _debtor(chance: random.Random, number: int, *, business: bool) -> Debtor:
    place = chance.choices(PLACES, [place.weight for place in PLACES])[0]
    family = chance.choice(FAMILY_NAMES[place.language])
    given = chance.choice(GIVEN_NAMES[place.language])
    return Debtor(
        reference=f"C-{number:06d}",
        name=place.company.format(family) if business else f"{given} {family}",
        email=f"c{number:06d}@debtors.example",  # a domain that cannot exist
        phone=f"{place.calling_code}555{number:07d}",
        place=place,
    )


def _account(chance: random.Random, number: int, debtor: Debtor, *, business: bool, late: bool, days: int) -> Account:
    # Late payers start up to three weeks past due, so that the upper stages are reached; the others have time to pay.
    earliest, latest = (-20, round(days * 0.25)) if late else (3, max(4, round(days * 0.6)))
    first = (STARTS_AT + timedelta(days=chance.randint(earliest, latest))).date()
    count = 2 if chance.random() < SECOND_INVOICE_SHARE else 1
    invoices = tuple(
        Invoice(
            obligation_id=f"I-{number:06d}-{place + 1}",
            reference=f"F-2026-{number:06d}-{place + 1}",
            principal=_amount(chance, debtor.place, business=business),
            due_on=first + timedelta(days=30 * place),
        )
        for place in range(count)
    )
    return Account(
        reference=f"F-{number:06d}",
        portfolio="business" if business else "consumer",
        debtor=debtor,
        invoices=invoices,
        late=late,
    )


def _amount(chance: random.Random, place: Place, *, business: bool) -> Money:
    dollars = draw(chance, AMOUNT_QUANTILES) * (BUSINESS_FACTOR if business else 1)
    minor = dollars * place.per_unit * 10 ** exponent(place.currency)
    return Money(max(1, round(minor / place.round_to)) * place.round_to, place.currency)


def draw(chance: random.Random, quantiles: Sequence[tuple[float, float]]) -> float:
    """Return a value from a distribution known by (share, value) pairs, straight lines between them."""
    share = chance.random()
    for (low, least), (high, most) in itertools.pairwise(quantiles):
        if share <= high:
            return least + (most - least) * (share - low) / (high - low)
    return quantiles[-1][1]
