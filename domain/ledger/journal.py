"""Double entry: every money event of a case as postings that add up to nothing.

Debits are positive, credits negative, in minor units of the case's one currency. What is owed on a component of an
obligation is the balance of its RECEIVABLE account at any point of the history.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.case.events import (
    AmountWaived,
    CaseOpened,
    ChargeAdded,
    CreditApplied,
    ObligationAdded,
    PaymentReallocated,
    PaymentRecorded,
    PaymentReversed,
    RewardGranted,
    WaiverReversed,
)
from domain.case.happened import Happened
from domain.case.words import Component, Obligation, Part


class Kind(StrEnum):
    """What an account holds."""

    RECEIVABLE = "RECEIVABLE"  # owed by the debtor, by obligation and component
    CREDIT = "CREDIT"  # the debtor's money that pays nothing yet
    BANK = "BANK"  # money that came in and stands
    HANDED_OVER = "HANDED_OVER"  # principal, as the creditor brought it
    CHARGED = "CHARGED"  # interest, fees and costs that were added
    WAIVED = "WAIVED"  # given up
    REWARDED = "REWARDED"  # given up because the debtor paid punctually


@dataclass(frozen=True, slots=True)
class Account:
    """One account; obligation and component are empty where the kind has none."""

    kind: Kind
    obligation_id: str = ""
    component: Component | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """A debit (positive) or a credit (negative) of one account."""

    account: Account
    minor: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What one event moved; its postings add up to nothing."""

    number: int  # of the event in the history that was given, the first being 1
    at: datetime
    event: str  # "PaymentRecorded"
    reference: str  # the event's own id: payment, charge, waiver or obligation
    postings: tuple[Posting, ...]
    reason: str = ""  # of a charge, waiver or reversal; a payment's method
    period: str = ""  # of a charge


_BANK = Account(Kind.BANK)
_CREDIT = Account(Kind.CREDIT)


def journal(events: Iterable[Happened], *, before: datetime | None = None) -> tuple[Entry, ...]:
    """Return the entries of a case's history, in order; events that move no money have none.

    before: only of what had happened earlier than that; what is left out keeps its number.
    """
    return tuple(_Clerk().entries(events, before))


def balances(entries: Iterable[Entry]) -> Mapping[Account, int]:
    """Return debits less credits of every account that was ever posted to."""
    sums: dict[Account, int] = {}
    for entry in entries:
        for posting in entry.postings:
            sums[posting.account] = sums.get(posting.account, 0) + posting.minor
    return sums


class _Clerk:
    """Books events one after another, remembering what each payment and waiver moved."""

    def __init__(self) -> None:
        self._number = 0
        self._opened = False
        self._debts: set[str] = set()
        self._paid: dict[str, tuple[int, list[Part]]] = {}  # what stands: the sum, and what it has paid so far
        self._forgiven: dict[str, Kind] = {}  # waivers and rewards that stand
        self._accounts: dict[tuple[str, Component], Account] = {}

    def entries(self, events: Iterable[Happened], before: datetime | None) -> Iterator[Entry]:
        for number, event in enumerate(events, start=1):
            if before is not None and event.at >= before:
                continue
            self._number = number
            entry = self._entry(event)
            if entry is not None:
                assert not sum(posting.minor for posting in entry.postings), "an entry balances"
                yield entry

    def _entry(self, event: Happened) -> Entry | None:
        match event:
            case CaseOpened(obligations=obligations) if not self._opened:
                self._opened = True
                return self._made(event, "", [each for terms in obligations for each in self._handed_over(terms)])
            case ObligationAdded(obligation=terms):
                return self._made(event, terms.obligation_id, self._handed_over(terms))
            case ChargeAdded(charge_id=charge_id, obligation_id=obligation_id, component=component, amount=amount):
                charged = Account(Kind.CHARGED, component=component)
                owed = Posting(self._account(obligation_id, component), amount.minor)
                return self._made(event, charge_id, [owed, Posting(charged, -amount.minor)])
            case PaymentRecorded(payment_id=payment_id, amount=amount, parts=parts):
                self._paid[payment_id] = (amount.minor, list(parts))
                left = amount.minor - sum(part.minor for part in parts)
                return self._made(event, payment_id, [Posting(_BANK, amount.minor), *self._moved(parts, -1, left)])
            case CreditApplied(payment_id=payment_id, parts=parts) if payment_id in self._paid:
                self._paid[payment_id][1].extend(parts)
                used = sum(part.minor for part in parts)
                return self._made(event, payment_id, [Posting(_CREDIT, used), *self._moved(parts, -1)])
            case PaymentReallocated(payment_id=payment_id, parts=parts) if payment_id in self._paid:
                minor, before = self._paid[payment_id]
                self._paid[payment_id] = (minor, list(parts))
                freed = sum(part.minor for part in before) - sum(part.minor for part in parts)
                moved = [*self._moved(before, 1), *self._moved(parts, -1, freed)]
                return self._made(event, payment_id, _netted(moved))
            case PaymentReversed(payment_id=payment_id) if payment_id in self._paid:
                minor, paid = self._paid.pop(payment_id)
                left = minor - sum(part.minor for part in paid)
                return self._made(event, payment_id, [Posting(_BANK, -minor), *self._moved(paid, 1, left)])
            case AmountWaived(waiver_id=waiver_id, parts=parts):
                self._forgiven[waiver_id] = Kind.WAIVED
                return self._made(event, waiver_id, self._given_up(Kind.WAIVED, parts, 1))
            case WaiverReversed(waiver_id=waiver_id, parts=parts) if waiver_id in self._forgiven:
                return self._made(event, waiver_id, self._given_up(self._forgiven.pop(waiver_id), parts, -1))
            case RewardGranted(reward_id=reward_id, parts=parts):
                self._forgiven[reward_id] = Kind.REWARDED
                return self._made(event, reward_id, self._given_up(Kind.REWARDED, parts, 1))
            case _:
                return None

    def _made(self, event: Happened, reference: str, postings: Iterable[Posting]) -> Entry | None:
        moved = tuple([posting for posting in postings if posting.minor])
        if not moved:
            return None
        reason = event.method if isinstance(event, PaymentRecorded) else getattr(event, "reason", "")
        period = event.period if isinstance(event, ChargeAdded) else ""
        return Entry(self._number, event.at, type(event).__name__, reference, moved, reason, period)

    def _handed_over(self, terms: Obligation) -> list[Posting]:
        if terms.obligation_id in self._debts:
            return []
        self._debts.add(terms.obligation_id)
        owed = self._account(terms.obligation_id, Component.PRINCIPAL)
        return [Posting(owed, terms.principal.minor), Posting(Account(Kind.HANDED_OVER), -terms.principal.minor)]

    def _moved(self, parts: Iterable[Part], sign: int, credit: int = 0) -> list[Posting]:
        moved = [Posting(self._account(part.obligation_id, part.component), sign * part.minor) for part in parts]
        return [*moved, Posting(_CREDIT, sign * credit)]

    def _given_up(self, kind: Kind, parts: Iterable[Part], sign: int) -> list[Posting]:
        waived = [Posting(Account(kind, component=part.component), sign * part.minor) for part in parts]
        return [*waived, *self._moved(parts, -sign)]

    def _account(self, obligation_id: str, component: Component) -> Account:
        key = (obligation_id, component)
        found = self._accounts.get(key)
        if found is None:
            found = self._accounts[key] = Account(Kind.RECEIVABLE, obligation_id, component)
        return found


def _netted(postings: Iterable[Posting]) -> list[Posting]:
    """Return one posting for each account, of all that is posted to it."""
    sums: dict[Account, int] = {}
    for posting in postings:
        sums[posting.account] = sums.get(posting.account, 0) + posting.minor
    return [Posting(account, minor) for account, minor in sums.items()]
