"""How the demo's debtors behave: pay when due, late, in part, after a promise, after a dispute, or not at all.

The share of late payers, how late they pay and how much more often a disputed invoice is late follow IBM's
accounts-receivable sample. Three things do not, because there everybody pays in
the end, and a ladder must be climbed:
 - 23 % of its invoices are disputed, of ours 6 %: a dispute stops the ladder, and too few cases would show it;
 - it has no partial payments, promises or silence: their shares below are ours;
 - a third of our late payers pays nothing at all within the demo, so that some cases reach the court.
No public data has call attempts, promises and outcomes together; these shares are a story, not a measurement.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from demo.cast import CAST, Role
from demo.deeds import Dispute, Happening, Pay, Promise, Resolve
from demo.portfolio import STARTS_AT, Account, Portfolio, draw
from domain.case.words import DisputeOutcome
from domain.money import Money

# Days late of those who pay late: minimum, 10 %, 25 %, 50 %, 75 %, 90 %, 95 %, 99 %, maximum.
LATE_QUANTILES = ((0, 1), (0.1, 2), (0.25, 4), (0.5, 8), (0.75, 14), (0.9, 20), (0.95, 24), (0.99, 30), (1, 45))
EARLY_DAYS_MAX = 9  # those who pay in time do so up to so many days before
DISPUTED_SHARE = 0.06
LATE_IF_DISPUTED = 0.68  # in IBM's sample; among its undisputed invoices 0.26 are late
PATIENCE_DAYS = 3  # a broken promise is followed by silence or money after this


def behave(portfolio: Portfolio, *, days: int, seed: int) -> tuple[Happening, ...]:
    """Return all that happens in `days` of business time, in order; the same arguments give the same story."""
    ends_at = STARTS_AT + timedelta(days=days)
    chance = random.Random(f"debtors:{seed}")
    deeds: list[Happening] = []
    waiting = list(CAST)
    for account in portfolio.accounts:
        if waiting and account.late and len(account.invoices) == 1 and account.due_on < STARTS_AT.date():
            deeds.extend(_of_the_cast(waiting.pop(0), account, days))
        else:
            deeds.extend(_of_the_crowd(chance, account))
    return tuple(sorted((deed for deed in deeds if deed.at < ends_at), key=lambda deed: (deed.at, deed.account)))


def _of_the_cast(role: Role, account: Account, days: int) -> Sequence[Happening]:
    def when(share: float) -> datetime:
        return _local(account, (STARTS_AT + timedelta(days=days * share)).date(), time(11, 30))

    return role(account, when)


def _of_the_crowd(chance: random.Random, account: Account) -> Iterator[Happening]:
    resolved_on = None
    if chance.random() < DISPUTED_SHARE * (
        LATE_IF_DISPUTED / 0.3556 if account.late else (1 - LATE_IF_DISPUTED) / 0.6444
    ):
        dispute, resolution = _dispute(chance, account)
        yield from (dispute, resolution)
        resolved_on = resolution.at.date()
    if not account.late:
        paid_on = account.due_on - timedelta(days=chance.randint(0, EARLY_DAYS_MAX))
        yield _pay(chance, account, max(paid_on, resolved_on + timedelta(days=1)) if resolved_on else paid_on, 1, None)
        return
    paid_on = account.due_on + timedelta(days=round(draw(chance, LATE_QUANTILES)))
    paid_on = max(paid_on, STARTS_AT.date() + timedelta(days=chance.randint(1, 14)))
    if resolved_on:
        paid_on = max(paid_on, resolved_on + timedelta(days=chance.randint(2, 12)))
    habit = chance.choices(("LATE", "PARTIAL", "KEEPS", "BREAKS", "SILENT"), (30, 14, 12, 14, 30))[0]
    match habit:
        case "LATE":
            yield _pay(chance, account, paid_on, 1, None)
        case "PARTIAL":
            yield _pay(chance, account, paid_on, 1, _share(account, chance.choice((30, 40, 50))))
            yield _pay(chance, account, paid_on + timedelta(days=chance.randint(8, 40)), 2, None)
        case "KEEPS":
            yield _promise(chance, account, paid_on - timedelta(days=6), paid_on, 60)
            yield _pay(chance, account, paid_on, 1, None)
        case "BREAKS":
            yield _promise(chance, account, paid_on - timedelta(days=5), paid_on, 80)
            if chance.random() < 0.5:  # some of them pay in the end
                yield _pay(chance, account, paid_on + timedelta(days=PATIENCE_DAYS + chance.randint(5, 30)), 1, None)
        case _:
            return


def _dispute(chance: random.Random, account: Account) -> tuple[Dispute, Resolve]:
    """A dispute before the due date, or soon after the start; a week or so later it is rejected."""
    opened_on = max(account.due_on - timedelta(days=14), STARTS_AT.date() + timedelta(days=1))
    dispute_id = f"{account.reference}-D1"
    reason = chance.choice(("GOODS_NOT_RECEIVED", "WRONG_AMOUNT", "ALREADY_PAID"))
    opened = Dispute(
        at=_someday(chance, account, opened_on), account=account.reference, dispute_id=dispute_id, reason=reason
    )
    resolved = Resolve(
        at=_someday(chance, account, opened_on + timedelta(days=chance.randint(4, 12))),
        account=account.reference,
        dispute_id=dispute_id,
        outcome=DisputeOutcome.REJECTED,
        reason="PROOF_OF_DELIVERY_SENT",
    )
    return opened, resolved


def _pay(chance: random.Random, account: Account, on: date, number: int, amount: Money | None) -> Pay:
    payment_id = f"{account.reference}-P{number}"
    return Pay(at=_someday(chance, account, on), account=account.reference, payment_id=payment_id, amount=amount)


def _promise(chance: random.Random, account: Account, on: date, due_on: date, percent: int) -> Promise:
    first_day = STARTS_AT.date() + timedelta(days=1)
    at = _someday(chance, account, max(on, first_day))
    due_on = max(due_on, max(on, first_day) + timedelta(days=2))
    amount = _share(account, percent)
    return Promise(at=at, account=account.reference, promise_id=f"{account.reference}-A1", amount=amount, due_on=due_on)


def _share(account: Account, percent: int) -> Money:
    """A part of the first invoice, rounded to what people pay."""
    principal, step = account.invoices[0].principal, account.debtor.place.round_to
    return Money(max(1, principal.minor * percent // 100 // step) * step, principal.currency)


def _someday(chance: random.Random, account: Account, on: date) -> datetime:
    """Some minute of the debtor's waking day; never before the demo's first noon."""
    on = max(on, STARTS_AT.date() + timedelta(days=1))
    return _local(account, on, time(chance.randint(8, 20), chance.randint(0, 59)))


def _local(account: Account, on: date, at: time) -> datetime:
    """The instant (UTC) at which the debtor's clock shows `at` on that day."""
    there = datetime.combine(on, at, ZoneInfo(account.debtor.place.time_zone))
    return there.astimezone(STARTS_AT.tzinfo)
