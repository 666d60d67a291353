"""What stands against forgetting a person: open claims, records that a law wants kept, and legal holds.

By what right an open claim stands, and how long records are kept, say the rule sets of where the case is and of where
the person lives. Where none says anything, an open claim stands all the same, and no law is named for it.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from domain.calendar import local_day
from domain.case.words import HoldReason
from domain.compliance.amounts import keep_until
from domain.compliance.book import RuleBook
from domain.compliance.proposal import Scope
from domain.compliance.rule_words import READINGS, Reading
from domain.compliance.rules import Retention, RuleSet
from domain.decider import Rejected
from domain.person.erasure_commands import CaseKept, ForgetPerson
from domain.person.erasure_words import NO_LAW, BlockKind, ErasureBlock
from domain.person.state import Person

LAST_ACTIVITY = "last_collection_activity"
YEAR_END = "end_of_year"
BOOKS = "books"  # of a merchant: accounts, vouchers and letters
ELSEWHERE = READINGS[Reading.BOOKS][1]  # and not in the log
# Somebody else may still need what is known of the person: a court, an insolvency, whoever judges a dispute.
EVIDENCE = frozenset(
    (HoldReason.LEGAL, HoldReason.BANKRUPTCY, HoldReason.FRAUD, HoldReason.DISPUTE, HoldReason.MORATORIUM)
)


def blocks_of(command: ForgetPerson, person: Person, book: RuleBook) -> tuple[ErasureBlock, ...]:
    """Return everything that stands against forgetting the person on the day that it is where they live."""
    today = local_day(command.at, person.time_zone)
    blocks = list(_held(command, person))
    for case in sorted(command.cases, key=lambda each: str(each.case_id)):
        laws = _laws(case, person, book, today)
        if case.closed_on is None and not command.despite_open_cases:
            blocks.append(_claimed(case, laws))
        blocks += _held_case(case, today)
        blocks += _retained(case, laws, today)
    return tuple(blocks)


def laws_over(command: ForgetPerson, person: Person, book: RuleBook) -> tuple[str, ...]:
    """Return the stamps of the rule sets that have a say on the person's records that day, by name."""
    today = local_day(command.at, person.time_zone)
    return tuple(sorted({rules.stamp for case in command.cases for rules in _laws(case, person, book, today)}))


def until_of(blocks: tuple[ErasureBlock, ...]) -> date | None:
    """Return the last day on which one of them stands; None where that cannot be said of all."""
    days = [block.until for block in blocks]
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


def _held(command: ForgetPerson, person: Person) -> Iterator[ErasureBlock]:
    for hold_id, hold in person.legal_holds.items():
        if hold.released_at is not None or (hold.until is not None and hold.until <= command.at):
            continue
        until = None if hold.until is None else local_day(hold.until, person.time_zone)
        yield ErasureBlock(
            kind=BlockKind.LEGAL_HOLD, cite=hold.citation, until=until, source=hold_id, reason=hold.reason
        )


def _held_case(case: CaseKept, today: date) -> Iterator[ErasureBlock]:
    for hold in case.holds:
        if hold.reason in EVIDENCE and (hold.until is None or hold.until >= today):
            yield ErasureBlock(
                kind=BlockKind.LEGAL_HOLD,
                cite=hold.authority,
                until=hold.until,
                case_id=case.case_id,
                source=hold.hold_id,
                reason=hold.reason,
            )


def _laws(case: CaseKept, person: Person, book: RuleBook, today: date) -> tuple[RuleSet, ...]:
    """Return the law on records of the case's place and of the person's."""
    countries = frozenset({case.country, person.country} - {""})
    scope = Scope(jurisdictions=countries, actors=case.actors, creditor_id=case.creditor_id)
    return book.on_records(scope, today)


def _claimed(case: CaseKept, laws: Sequence[RuleSet]) -> ErasureBlock:
    rights = {rules.claim.cite: f"{rules.stamp}:claim" for rules in laws if rules.claim is not None}
    return ErasureBlock(
        kind=BlockKind.CASE_OPEN,
        cite="; ".join(rights) or NO_LAW,
        case_id=case.case_id,
        source=", ".join(rights.values()),
    )


def _retained(case: CaseKept, laws: Sequence[RuleSet], today: date) -> Iterator[ErasureBlock]:
    """Yield what the law wants kept of a case. What it lets be kept at most keeps nobody."""
    for rules in laws:
        for retention in rules.retention:
            for kept in retention.periods:
                if retention.at_most or (kept == BOOKS and rules.reading(Reading.BOOKS) == ELSEWHERE):
                    continue
                until = _kept_until(retention, kept, case)
                if until is None or until >= today:
                    yield ErasureBlock(
                        kind=BlockKind.RETENTION,
                        cite=retention.cite,
                        until=until,
                        case_id=case.case_id,
                        source=f"{rules.stamp}:{kept}",
                    )


def _kept_until(retention: Retention, kept: str, case: CaseKept) -> date | None:
    """Return the last day; None while the case is open, for then its time has not begun, and where the law says how
    long in words only."""
    if case.closed_on is None:
        return None
    last = max(case.last_activity_on, case.closed_on)
    since = {LAST_ACTIVITY: last, YEAR_END: date(last.year, 12, 31)}.get(retention.counted_from, case.closed_on)
    try:
        return keep_until(retention, kept, since)
    except Rejected:
        return None
