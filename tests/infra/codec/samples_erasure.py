"""One event of every kind on the way to forgetting a person, for the golden files."""

from datetime import UTC, date, datetime
from uuid import UUID

from application.ports import Event
from domain.person.erasure_events import (
    ErasureRefused,
    ErasureRequested,
    LegalHoldPlaced,
    LegalHoldReleased,
    PersonExported,
    PersonForgotten,
)
from domain.person.erasure_words import BlockKind, ErasureBlock, ErasureReason

_AT = datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC)
_CASE = UUID("66666666-7777-5888-9999-aaaaaaaaaaaa")
_ENTRY = UUID("77777777-8888-5999-aaaa-bbbbbbbbbbbb")

ERASURE_SAMPLES: tuple[Event, ...] = (
    ErasureRequested(
        at=_AT, erasure_id="er-1", reason=ErasureReason.ASKED, by="supervisor:s-17", despite_open_cases=True
    ),
    ErasureRefused(
        at=_AT,
        erasure_id="er-1",
        blocks=(
            ErasureBlock(
                kind=BlockKind.RETENTION,
                cite="12 CFR 1006.100",
                until=date(2029, 3, 1),
                case_id=_CASE,
                source="us.regf@0123456789abcdef:contacts",
            ),
            ErasureBlock(kind=BlockKind.LEGAL_HOLD, cite="Juzgado 3, 2026-114", source="lh-1", reason="LAWSUIT"),
        ),
        until=None,
    ),
    PersonForgotten(at=_AT, erasure_id="er-1", also=(_ENTRY,)),
    LegalHoldPlaced(
        at=_AT,
        hold_id="lh-1",
        reason="LAWSUIT",
        citation="Juzgado 3, 2026-114",
        until=datetime(2027, 3, 2, tzinfo=UTC),
        by="supervisor:s-17",
    ),
    LegalHoldReleased(at=_AT, hold_id="lh-1", reason="SETTLED", by="supervisor:s-17"),
    PersonExported(at=_AT, export_id="ex-1", format="JSON", reason="ASKED", by="supervisor:s-17"),
)
