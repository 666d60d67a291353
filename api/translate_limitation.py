"""Limitation clocks, from the domain to the wire."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from google.type.date_pb2 import Date

from api import words
from api.translate_values import day_out
from domain.case.limitation_view import DebtLimitation, law_of, limitation_of, suit_barred
from domain.case.state import Case
from domain.ledger.book import LawBook
from domain.limitation.clock import Clock
from domain.limitation.happened import Act, Counted, Extension, NotCounted
from protos.escalera import v1 as pb

_DAY: Final = timedelta(days=1)


def limitation_out(case_id: UUID, case: Case, version: int, laws: LawBook, on: date) -> pb.CaseLimitation:
    """Return the clocks of a case as they show on a day."""
    pack, bar = law_of(case, laws, on), laws.suit_bar(case.country, on)
    return pb.CaseLimitation(
        case_id=str(case_id),
        version=version,
        on_date=day_out(on),
        law=pack.stamp if pack else "",
        suit_bar_citation=bar.cite if bar else "",
        suit_barred=suit_barred(case, laws, on),
        debts=[_debt(each) for each in limitation_of(case, laws, on)],
    )


def _debt(found: DebtLimitation) -> pb.DebtLimitation:
    return pb.DebtLimitation(
        obligation_id=found.obligation_id,
        reference=found.reference,
        instrument=found.instrument,
        owed=found.owed,
        pleaded=found.pleaded,
        barred=found.barred,
        clocks=[_clock(each) for each in found.clocks],
    )


def _clock(found: Clock) -> pb.LimitationClock:
    return pb.LimitationClock(
        action=found.action,
        standing=words.LIMITATION_STANDING_OUT[found.standing],
        begin_date=day_out(found.begins_on),
        last_date=_day_before(found.ends_on),
        barred_date=day_out(found.ends_on),
        days_left=found.days_left,
        years=found.years,
        rule=found.rule,
        instrument=found.instrument,
        citation=found.cite,
        confidence=found.confidence,
        due_date=day_out(found.due_on),
        counted=[_counted(each) for each in found.counted],
        not_counted=[_not_counted(each) for each in found.not_counted],
        suspended=[
            pb.LimitationStretch(first_date=day_out(each.first), last_date=day_out(each.last), days=each.days)
            for each in found.suspended
        ],
        suspended_days=found.suspended_days,
    )


def _counted(found: Counted) -> pb.LimitationMove:
    move = _move(found.what)
    move.begin_date.CopyFrom(day_out(found.begins_on))
    move.last_date.CopyFrom(_day_before(found.ends_on))
    return move


def _not_counted(found: NotCounted) -> pb.LimitationMove:
    move = _move(found.what)
    move.uncounted = words.LIMITATION_UNCOUNTED_OUT[found.why]
    return move


def _move(what: Act | Extension) -> pb.LimitationMove:
    if isinstance(what, Extension):
        return pb.LimitationMove(
            reference=what.reference, effective_date=day_out(what.on), due_date=day_out(what.due_on)
        )
    return pb.LimitationMove(
        kind=words.INTERRUPTION_OUT[what.kind],
        reference=what.reference,
        proof=what.proof,
        effective_date=day_out(what.on),
    )


def _day_before(day: date) -> Date:
    return day_out(day - _DAY)
