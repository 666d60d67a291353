"""What kind of claim a debt is and what was agreed on interest: as somebody has it in writing.

Terms hold since the obligation fell due, whenever they become known. Recording them on a case on which money was paid
works out again what it paid (`rederive`), because the law's order asks what interest was owed.
"""

import re
from decimal import Decimal

from domain.case.commands import RecordTerms
from domain.case.events import CaseEvent, TermsRecorded
from domain.case.refusal import other_terms, require_grace, require_obligation, require_open, require_text
from domain.case.state import Case
from domain.case.words import Component
from domain.decider import Rejected

PERCENT_MAX = 1000  # a year; more is a mistake, even where inflation is high
_BEARS = (Component.INTEREST, Component.LATE_INTEREST)
_PERCENT = re.compile(r"[0-9]{1,4}(\.[0-9]{1,9})?")


def record_terms(command: RecordTerms, case: Case) -> tuple[CaseEvent, ...]:
    """Record terms: what kind of claim it is, or what was agreed, or both."""
    recorded = TermsRecorded(
        at=command.at,
        terms_id=command.terms_id,
        obligation_ids=command.obligation_ids,
        nature=command.nature,
        rates=command.rates,
        quoted=command.quoted,
        day_count=command.day_count,
        grace_days=command.grace_days,
        source=command.source,
    )
    for known in case.terms:
        if known.terms_id == command.terms_id:
            if _content(known) == _content(recorded):
                return ()
            raise other_terms("TERMS")
    require_open(case)
    require_text(command.terms_id, "terms_id")
    if command.nature is None and not command.rates:
        accepted = "what kind of claim it is, or an agreed rate"
        raise Rejected("TERMS_EMPTY", "they say nothing", field="nature", accepted=accepted)
    _require_rates(command)
    require_grace(command.grace_days)
    for obligation_id in command.obligation_ids:
        require_obligation(case, obligation_id, "obligation_ids")
    if len(set(command.obligation_ids)) < len(command.obligation_ids):
        raise Rejected("OBLIGATION_TWICE", "obligations are listed twice", field="obligation_ids", accepted="each once")
    return (recorded,)


def _require_rates(command: RecordTerms) -> None:
    components = [rate.component for rate in command.rates]
    if len(set(components)) < len(components):
        raise Rejected("RATE_TWICE", "one component has two rates", field="rates", accepted="each component once")
    for rate in command.rates:
        if rate.component not in _BEARS:
            accepted = ", ".join(_BEARS)
            raise Rejected(
                "COMPONENT_INVALID", f"{rate.component} bears no rate of its own", field="rates", accepted=accepted
            )
        if not _PERCENT.fullmatch(rate.percent) or Decimal(rate.percent) > PERCENT_MAX:
            accepted = f"percent a year, such as 24.5; at most {PERCENT_MAX}"
            raise Rejected("RATE_INVALID", "a rate is no such number", field="rates", accepted=accepted)


def _content(terms: TermsRecorded) -> tuple[object, ...]:
    return tuple([getattr(terms, name) for name in TermsRecorded.__dataclass_fields__ if name != "at"])
