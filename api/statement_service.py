"""Balances, explained: as a tree, and as a document for the debtor."""

from datetime import date, datetime
from hashlib import sha256

from api.calls import Context
from api.query_service import log_has
from api.services import Services
from api.translate_statement import statement_out
from api.translate_values import case_named, day, day_out, instant
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
        return statement_out(await self._statements.explain(case_id, on=_on(request), known_at=_known_at(request)))

    async def _document(self, request: pb.GetStatementDocumentRequest, context: Context) -> pb.StatementDocument:
        await log_has(self._store, request.min_position, context)
        found = await self._statements.document(
            case_named(request.case_name),
            language=request.language.replace("_", "-"),
            on=_on(request),
            known_at=_known_at(request),
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


def _on(request: Request) -> date | None:
    return day(request.on_date, "on_date") if request.HasField("on_date") else None


def _known_at(request: Request) -> datetime | None:
    return instant(request.known_time, "known_time") if request.HasField("known_time") else None
