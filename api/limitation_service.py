"""Until when each debt of a case may be sued on, and how that is derived."""

from api.calls import Context
from api.query_service import log_has
from api.services import Services
from api.translate_limitation import limitation_out
from api.translate_values import case_named, day
from domain.case.state import Case
from domain.case.view import local_date
from domain.decider import Rejected
from protos.escalera import v1 as pb


class LimitationService(pb.LimitationServiceServicer):
    """Limitation, explained."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def _get(self, request: pb.GetLimitationRequest, context: Context) -> pb.CaseLimitation:
        await log_has(self._services.store, request.min_position, context)
        case_id = case_named(request.case_name)
        case, version = await self._services.cases.load(case_id)
        if not isinstance(case, Case):
            raise Rejected("CASE_NOT_FOUND", "there is no such case", field="case_name")
        on = (
            day(request.on_date, "on_date")
            if request.HasField("on_date")
            else local_date(case, self._services.clock.now())
        )
        return limitation_out(case_id, case, version, self._services.laws, on)

    GetLimitation = _get
