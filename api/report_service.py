"""Sums over all cases, and the proof that they are right."""

from collections.abc import AsyncIterator

from api.calls import Context
from api.query_service import patience
from api.services import Services
from api.translate_rows import funnel_out, stages_out
from protos.escalera import v1 as pb


class ReportService(pb.ReportServiceServicer):
    """Reports from the read tables, and their verification against the log."""

    def __init__(self, services: Services) -> None:
        self._reader = services.reader
        self._verifier = services.verifier

    async def _funnel(self, request: pb.GetFunnelRequest, context: Context) -> pb.Funnel:
        position = await self._reader.wait_for(request.min_position, patience(context))
        return funnel_out(await self._reader.funnel(portfolios=tuple(request.portfolios)), position)

    async def _stages(self, request: pb.GetStagesRequest, context: Context) -> pb.StagesReport:
        position = await self._reader.wait_for(request.min_position, patience(context))
        return stages_out(await self._reader.funnel(portfolios=tuple(request.portfolios)), position)

    async def _verify(self, request: pb.VerifyLogRequest, context: Context) -> AsyncIterator[pb.VerifyProgress]:
        async for progress in self._verifier.verify(portfolio=request.portfolio):
            yield pb.VerifyProgress(
                cases_checked=progress.cases,
                events_read=progress.events,
                persons_checked=progress.persons,
                contacts_in_flight=progress.in_flight,
                log_position=progress.upto,
                differences=[
                    pb.Difference(
                        case_id=str(found.case_id), field=found.field, replayed=found.replayed, shown=found.shown or ""
                    )
                    for found in progress.differences
                ],
                differences_total=progress.differences_total,
                done=progress.done,
            )

    GetFunnel = _funnel
    GetStages = _stages
    VerifyLog = _verify
