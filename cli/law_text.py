"""What law packs and rate tables say, in sentences of the reader's language, and which rates run out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from cli.language import Words
from domain.ledger.book import LawBook
from domain.ledger.law import (
    AllocationRule,
    Article,
    CompensationRule,
    FeeRule,
    InterestRule,
    LawPack,
    LimitationRule,
    RateReference,
    SuitBar,
)
from domain.ledger.percent import percent
from domain.ledger.rates import RateTable
from domain.ledger.words import Nature

SOON: Final = timedelta(days=60)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsOut:
    """A rate table that has no rate for days that are near."""

    table: str
    last: date
    days_left: int  # negative: since so many days


def rules_of(pack: LawPack) -> Sequence[Article]:
    """Return every rule of a pack, in the order in which they matter."""
    parts: Iterable[Iterable[Article]] = (
        pack.allocations, pack.interest, pack.compensations, pack.fees, pack.limitations, pack.suit_bars
    )  # fmt: skip
    return [rule for part in parts for rule in part]


def tables_of(pack: LawPack, book: LawBook) -> list[RateTable]:
    """Return the rate tables that a pack's rules name, each once."""
    names = [
        reference.table
        for rule in pack.interest
        for reference in (rule.rate, rule.cap)
        if reference is not None and reference.table
    ]
    return [book.table(name) for name in dict.fromkeys(names)]


def running_out(tables: Iterable[RateTable], on: date) -> list[RunsOut]:
    """Return the tables whose last rate ends within sixty days of a day, or has ended."""
    return [
        RunsOut(table=each.id, last=each.rows[-1].last, days_left=(each.rows[-1].last - on).days)
        for each in tables
        if each.rows[-1].last < on + SOON
    ]


def gaps(table: RateTable) -> list[tuple[date, date]]:
    """Return the days between a table's first and last that have no rate."""
    return [(a.last + _DAY, b.first - _DAY) for a, b in pairwise(table.rows) if a.last + _DAY < b.first]


def warning(words: Words, found: RunsOut) -> str:
    """Say until when a table has rates."""
    key = "ran_out" if found.days_left < 0 else "runs_out"
    return words("law", key, table=found.table, last=found.last, days=words.number(abs(found.days_left)))


def validity(words: Words, first: date | None, last: date | None) -> str:
    """Say for which days something holds."""
    if first is None and last is None:
        return words("law", "always")
    return f"{first or '…'} – {last or '…'}"


def says(words: Words, rule: Article) -> str:
    """Say what a rule says."""
    match rule:
        case AllocationRule():
            return "; ".join(_allocation(words, rule))
        case InterestRule():
            return "; ".join(_interest(words, rule))
        case CompensationRule():
            amount = words.money(rule.amount.minor, rule.amount.currency)
            return words("law", "compensation", amount=amount, day=rule.from_day) + _natures(words, rule.natures)
        case FeeRule():
            return words("law", "fee", cap=rule.fee_cap)
        case LimitationRule():
            again = ", ".join(words.of("interruption", each.value) for each in sorted(rule.interrupted_by))
            action = words.of("law", f"action_{rule.action}")
            told = words("law", "limitation", instrument=rule.instrument, action=action, years=rule.years)
            return f"{told}; {words('law', 'again', by=again)}" if again else told
        case SuitBar():
            return words("law", "suit_bar")
        case _:
            return type(rule).__name__


def _allocation(words: Words, rule: AllocationRule) -> Iterator[str]:
    yield words("law", "order", order=", ".join(words.of("component", each) for each in rule.order))
    yield words.of("law", rule.spread.value)
    yield words("law", "choice", choice=words.of("law", f"choice_{rule.choice.value}"))
    if rule.custom:
        yield words("law", "custom")


def _interest(words: Words, rule: InterestRule) -> Iterator[str]:
    currency = f" {rule.currency}" if rule.currency else ""
    yield words.of("component", rule.component) + _natures(words, rule.natures) + currency
    if rule.effective_from or rule.effective_until:
        yield validity(words, rule.effective_from, rule.effective_until)
    yield words("law", "owed", rate=_rate(words, rule.rate)) if rule.rate else words("law", "if_agreed")
    if rule.cap:
        yield words("law", "cap", rate=_rate(words, rule.cap), excess=words.of("law", rule.excess.value))
    if not rule.agreed:
        yield words("law", "not_agreed")
    if rule.grace_days:
        yield words("law", "grace", days=rule.grace_days)
    yield f"{rule.day_count.value}, {words.of('law', f'compounding_{rule.compounding.value}')}"


def _rate(words: Words, reference: RateReference) -> str:
    told = reference.table if reference.fixed is None else f"{words.decimal(percent(reference.fixed))} %"
    times = "" if reference.times == 1 else f"{words.decimal(percent(reference.times / 100))} × "
    plus = f" + {words.decimal(percent(reference.plus))} %" if reference.plus else ""
    return f"{times}{told}{plus}"


def _natures(words: Words, natures: frozenset[Nature]) -> str:
    return f" ({', '.join(words.of('nature', each.value) for each in sorted(natures))})" if natures else ""
