"""Payments that banks tell of: taken in by the batch, matched by people, looked at again when they were known late."""

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

from api.calls import Caller, Context, caller_of
from api.query_service import patience
from api.services import Services
from api.translate_payments import STANDS, bank_entry, outcome_out, queued_out
from api.translate_review import review_out
from api.translate_rows import PAGE_SIZE
from api.translate_values import case_named, meaning, uuid
from application.payment_hold import hold_to_verify
from application.payment_review import review
from application.payment_taken import Became, Taken
from application.queue_ports import EntryFilter
from application.request import Answer, Asked
from domain.case.commands import AssignAccount, CaseCommand
from domain.case.payment_reference import in_groups, payment_reference
from domain.case.state import Case
from domain.decider import Rejected
from domain.suspense.entry import BankEntry
from domain.suspense.words import EntryStands, Why
from protos.escalera import v1 as pb

ENTRIES_MAX: Final = 500
CLAIM: Final = "claim:"  # how the holds that VerifyPayment places are named, before the request's id


class PaymentQueueService(pb.PaymentQueueServiceServicer):
    """The way from a bank's entry to a case."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._cases = services.cases
        self._intake = services.payments.intake
        self._queue = services.payments.queue
        self._entries = services.payments.entries

    async def _import(
        self, requests: AsyncIterator[pb.ImportEntriesRequest], context: Context
    ) -> AsyncIterator[pb.ImportEntriesResponse]:
        caller = caller_of(context)
        await self._intake.ready()
        async for request in requests:
            yield await self._batch(request, caller)

    async def _batch(self, request: pb.ImportEntriesRequest, caller: Caller) -> pb.ImportEntriesResponse:
        for field, many in (("entries", len(request.entries)), ("queue_ids", len(request.queue_ids))):
            if many > ENTRIES_MAX:
                accepted = f"up to {ENTRIES_MAX} entries"
                raise Rejected("BATCH_TOO_MANY", f"a batch of {many} entries", field=field, accepted=accepted)
        read: list[BankEntry] = []
        early: list[Taken | None] = []
        for told in request.entries:
            try:
                entry = bank_entry(told)
            except Rejected as refusal:
                early.append(_refused(refusal))
                continue
            if told.standing == pb.ENTRY_STANDING_BOOKED:
                read.append(entry)
                early.append(None)
            else:
                early.append(Taken(became=Became.PASSED_OVER, stream_id=entry.stream_id, detail=_standing(told)))
        asked = _asked(caller, "", validate_only=request.validate_only)
        taken = iter(await self._intake.take(read, asked, creditor_id=request.creditor_id))
        outcomes = [one if one is not None else next(taken) for one in early]
        waited = tuple([uuid(each, "queue_ids") for each in request.queue_ids])
        again = await self._intake.again(waited, asked, creditor_id=request.creditor_id)
        told_again = await self._queue.received(waited)
        ids = [*(told.entry_id for told in request.entries), *(told_again[each].entry_id for each in waited)]
        return pb.ImportEntriesResponse(
            outcomes=[
                outcome_out(entry_id, one, self._titles(one))
                for entry_id, one in zip(ids, (*outcomes, *again), strict=True)
            ],
            position=max((one.position for one in (*outcomes, *again)), default=0),
        )

    def _titles(self, taken: Taken) -> dict[UUID, str]:
        """Return how the candidates are called: the cases were looked at a moment ago, and are kept."""
        kept = {each.case_id: self._cases.kept(each.case_id) for each in taken.candidates}
        return {
            case_id: f"{one.state.creditor_id}/{one.state.reference}"
            for case_id, one in kept.items()
            if one is not None and isinstance(one.state, Case)
        }

    async def _list(self, request: pb.ListEntriesRequest, context: Context) -> pb.ListEntriesResponse:
        position = await self._services.reader.wait_for(request.min_position, patience(context))
        stands = tuple(meaning(STANDS, each, "stands") for each in request.stands)
        wanted = EntryFilter(
            stands=stands or (EntryStands.WAITING,),
            whys=tuple(_why(each) for each in request.whys),
            account=request.account or None,
            case_id=case_named(request.case_name) if request.HasField("case_name") else None,
            portfolios=tuple(request.portfolios),
        )
        page = await self._entries.entries(
            wanted, page_size=request.page_size or PAGE_SIZE, page_token=request.page_token
        )
        case_ids = {candidate.case_id for row in page.rows for candidate in row.candidates}
        rows = await self._services.reader.case_rows(tuple(case_ids)) if case_ids else ()
        titles = {row.case_id: f"{row.creditor_id}/{row.reference}" for row in rows}
        streams = tuple(row.stream_id for row in page.rows)
        told = await self._queue.received(streams) if request.include_personal_data else {}
        return pb.ListEntriesResponse(
            entries=[queued_out(row, titles, told.get(row.stream_id)) for row in page.rows],
            next_page_token=page.next_token,
            position=position,
        )

    async def _match(self, request: pb.MatchEntryRequest, context: Context) -> pb.EntryResult:
        asked = _asked(caller_of(context), request.request_id, validate_only=request.validate_only)
        entry, case_id = uuid(request.queue_id, "queue_id"), case_named(request.case_name)
        return _result(await self._queue.match(entry, case_id, asked, payment_id=request.payment_id), asked)

    async def _return(self, request: pb.ReturnEntryRequest, context: Context) -> pb.EntryResult:
        asked = _asked(caller_of(context), request.request_id, validate_only=request.validate_only)
        return _result(await self._queue.give_back(uuid(request.queue_id, "queue_id"), request.reason, asked), asked)

    async def _dismiss(self, request: pb.DismissEntryRequest, context: Context) -> pb.EntryResult:
        asked = _asked(caller_of(context), request.request_id, validate_only=request.validate_only)
        return _result(await self._queue.dismiss(uuid(request.queue_id, "queue_id"), request.reason, asked), asked)

    async def _verify(self, request: pb.VerifyPaymentRequest, context: Context) -> pb.CommandResult:
        caller, now = caller_of(context), self._services.clock.now()
        case_id = case_named(request.case_name)
        case, _ = await self._cases.load(case_id)
        if not isinstance(case, Case):
            raise Rejected("CASE_NOT_FOUND", "there is no such case", field="case_name")
        hold = hold_to_verify(
            case,
            f"{CLAIM}{request.request_id}",
            self._services.payments.calendar_of,
            at=now,
            by=caller.actor,
            authority=caller.actor,
        )
        asked = _asked(caller, request.request_id, "at", "from_at", "until", validate_only=request.validate_only)
        return await self._case_command(case_id, hold, asked)

    async def _assign(self, request: pb.AssignAccountRequest, context: Context) -> pb.CommandResult:
        caller = caller_of(context)
        command = AssignAccount(account=request.account, at=self._services.clock.now(), by=caller.actor)
        asked = _asked(caller, request.request_id, validate_only=request.validate_only)
        return await self._case_command(case_named(request.case_name), command, asked)

    async def _case_command(self, case_id: UUID, command: CaseCommand, asked: Asked) -> pb.CommandResult:
        answer = await self._cases.handle(case_id, command, asked)
        return pb.CommandResult(
            case_id=str(case_id),
            version=answer.version,
            position=answer.position,
            repeated=answer.repeated,
            events=[type(event).__name__ for event in answer.events],
            validated_only=asked.validate_only,
        )

    async def _reference(self, request: pb.GetPaymentReferenceRequest, context: Context) -> pb.PaymentReference:
        case_id = case_named(request.case_name)
        case, _ = await self._cases.load(case_id)
        if not isinstance(case, Case):
            raise Rejected("CASE_NOT_FOUND", "there is no such case", field="case_name")
        reference = payment_reference(case_id)
        return pb.PaymentReference(
            case_id=str(case_id),
            rf_reference=reference,
            rf_reference_printed=in_groups(reference),
            accounts=sorted(case.accounts),
        )

    async def _review(self, request: pb.ReviewPaymentRequest, context: Context) -> pb.PaymentReview:
        case_id = case_named(request.case_name)
        return review_out(case_id, await review(self._services.store, case_id, request.payment_id))

    def _import_entries(self, request_iterator: Any, context: Context) -> Any:
        return self._import(request_iterator, context)

    ImportEntries = _import_entries
    ListEntries = _list
    MatchEntry = _match
    ReturnEntry = _return
    DismissEntry = _dismiss
    VerifyPayment = _verify
    AssignAccount = _assign
    GetPaymentReference = _reference
    ReviewPayment = _review


def _asked(caller: Caller, request_id: str, *stamped: str, validate_only: bool) -> Asked:
    return Asked(
        request_id=request_id,
        actor=caller.actor,
        trace_id=caller.trace_id,
        validate_only=validate_only,
        stamped=stamped or ("at",),
    )


def _result(answer: Answer, asked: Asked) -> pb.EntryResult:
    return pb.EntryResult(
        queue_id=str(answer.stream_id),
        version=answer.version,
        position=answer.position,
        repeated=answer.repeated,
        events=[type(event).__name__ for event in answer.events],
        validated_only=asked.validate_only,
    )


def _refused(refusal: Rejected) -> Taken:
    return Taken(became=Became.REFUSED, stream_id=UUID(int=0), detail=f"{refusal.reason} {refusal.field or ''}".strip())


def _standing(told: pb.BankEntry) -> str:
    return pb.EntryStanding.Name(told.standing).removeprefix("ENTRY_STANDING_")


def _why(text: str) -> Why:
    try:
        return Why(text)
    except ValueError:
        detail = "entries wait for no such reason"
        raise Rejected("VALUE_UNKNOWN", detail, field="whys", accepted=", ".join(Why)) from None
