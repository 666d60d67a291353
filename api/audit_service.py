"""How the server was used: attempts that were refused at the door."""

from api.calls import Context
from api.services import Services
from api.translate_rows import PAGE_SIZE
from api.translate_values import instant, instant_out
from application.refused_attempts import AttemptFilter, RefusedAttempts
from protos.escalera import v1 as pb


class AuditService(pb.AuditServiceServicer):
    """What auditors and administrators ask about the server itself."""

    def __init__(self, services: Services) -> None:
        self._attempts = services.attempts

    async def _list_refused(
        self, request: pb.ListRefusedAttemptsRequest, context: Context
    ) -> pb.ListRefusedAttemptsResponse:
        page = await self._attempts.refused(
            _wanted(request.filter), page_size=request.page_size or PAGE_SIZE, page_token=request.page_token
        )
        refused = [_refused_out(each) for each in page.rows]
        return pb.ListRefusedAttemptsResponse(refused=refused, next_page_token=page.next_token)

    ListRefusedAttempts = _list_refused


def _wanted(told: pb.RefusedAttemptFilter) -> AttemptFilter:
    return AttemptFilter(
        from_at=instant(told.from_time, "filter.from_time") if told.HasField("from_time") else None,
        until=instant(told.until_time, "filter.until_time") if told.HasField("until_time") else None,
        principals=tuple(told.principals),
        methods=tuple(told.methods),
        reasons=tuple(told.reasons),
    )


def _refused_out(row: RefusedAttempts) -> pb.RefusedAttempts:
    return pb.RefusedAttempts(
        first_time=instant_out(row.first_at),
        last_time=instant_out(row.last_at),
        method=row.method,
        principal=row.principal,
        reason=row.reason,
        attempts=row.attempts,
    )
