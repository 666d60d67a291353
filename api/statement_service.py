"""Balances, explained: as a tree, and as a document for the debtor."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from hashlib import sha256

from api.calls import OWN_RECORD, Context
from api.query_service import log_has
from api.services import Services
from api.translate_statement import statement_out
from api.translate_values import case_named, day, day_out, instant
from domain.decider import Rejected
from protos.escalera import v1 as pb

Request = pb.GetStatementRequest | pb.GetStatementDocumentRequest


class StatementService(pb.StatementServiceServicer):
    """What is owed, and where every cent of it comes from."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._statements = services.statements

    async def _get(self, request: pb.GetStatementRequest, context: Context) -> pb.Statement:
        await log_has(self._store, request.min_position, context)
        case_id = case_named(request.case_name)
        with _fields_of_the_request():
            found = await self._statements.explain(case_id, on=_on(request), known_at=_known_at(request))
        return await asyncio.to_thread(statement_out, found)

    async def _document(self, request: pb.GetStatementDocumentRequest, context: Context) -> pb.StatementDocument:
        await log_has(self._store, request.min_position, context)
        case_id, language = case_named(request.case_name), request.language.replace("_", "-")
        with _fields_of_the_request():
            found = await self._statements.document(
                case_id,
                language=language,
                on=_on(request),
                known_at=_known_at(request),
                for_person=OWN_RECORD.get(),
            )
        return pb.StatementDocument(
            content=found.content,
            media_type=found.media_type,
            sha256=sha256(found.content).hexdigest(),
            language=found.language,
            on_date=day_out(found.explained.statement.at),
            version=len(found.explained.recorded),
        )

    GetStatement = _get
    GetStatementDocument = _document


@contextmanager
def _fields_of_the_request() -> Iterator[None]:
    """Give refusals the name that the day has here."""
    try:
        yield
    except Rejected as refusal:
        if refusal.field == "at":
            refusal.field = "on_date"
        raise


def _on(request: Request) -> date | None:
    return day(request.on_date, "on_date") if request.HasField("on_date") else None


def _known_at(request: Request) -> datetime | None:
    return instant(request.known_time, "known_time") if request.HasField("known_time") else None
