"""The terms that a case's events tell, as the law asks for them."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from domain.case.happened import Happened
from domain.case.terms_events import TermsRecorded
from domain.ledger.law import Terms


def terms_told(history: Iterable[Happened], obligation_ids: Iterable[str]) -> Mapping[str, Terms]:
    """Return the terms of the obligations that have any: the last recorded for each counts.

    Terms for () are those of all obligations, also of such as were added later.
    """
    recorded = [event for event in history if isinstance(event, TermsRecorded)]
    found: dict[str, Terms] = {}
    if not recorded:
        return found
    for obligation_id in obligation_ids:
        mine = [event for event in recorded if not event.obligation_ids or obligation_id in event.obligation_ids]
        if mine:
            found[obligation_id] = _terms(mine[-1])
    return found


def _terms(recorded: TermsRecorded) -> Terms:
    return Terms(
        nature=recorded.nature,
        rates={rate.component: Fraction(rate.percent) / 100 for rate in recorded.rates},
        quoted=recorded.quoted,
        day_count=recorded.day_count,
        grace_days=recorded.grace_days,
    )
