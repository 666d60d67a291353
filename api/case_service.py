"""Commands to a case: translated, handed to the desk, answered."""

from typing import Any
from uuid import UUID

from api.calls import Caller, Context, asked, caller_of, fields_of_the_command, question_of, said
from api.open_cases import OpenCases
from api.services import Services
from api.translate_case_command import command_of
from api.translate_commands import open_case
from api.translate_contact_log import log_contact, note_of, noted_contact, record_contact_outcome
from api.translate_values import case_named, instant
from application.request import Answer, Asked
from domain.case import commands
from domain.case.commands import CaseCommand
from domain.case.identity import case_id
from domain.case.state import Absent
from domain.case.words import HoldReason, Scope
from domain.decider import Rejected
from protos.escalera import v1 as pb

PAUSE = "pause:"  # how the holds that PauseCase places are named, before the request's id


class CaseService(pb.CaseServiceServicer):
    """Every command to a case that somebody outside may send."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._cases = services.cases
        self._open_cases = OpenCases(services)

    async def _open(self, request: pb.OpenCaseRequest, context: Context) -> pb.CommandResult:
        caller = caller_of(context)
        known = said(request, caller, self._services)
        with fields_of_the_command():
            command = open_case(request.command, known)
            stream_id = case_id(command.creditor_id, command.reference)
            ask = asked(request, caller, known, validate_only=request.validate_only)
            return _result(await self._cases.handle(stream_id, command, ask), ask)

    async def _command(self, request: Any, context: Context) -> pb.CommandResult:
        _, _, result = await self._handle(request, caller_of(context))
        return result

    async def _log_contact(self, request: pb.LogContactRequest, context: Context) -> pb.CommandResult:
        """Log it on the case, and count it for the person, if we know them; asked again, both are done once."""
        caller = caller_of(context)
        known = said(request, caller, self._services, creditor_id=request.case_name.creditor_id)
        stream_id = case_named(request.case_name)
        with fields_of_the_command():
            logged = log_contact(request.command, known)
            noted = noted_contact(request.command, logged, stream_id)
            ask = asked(request, caller, known, validate_only=request.validate_only)
            happened: tuple[CaseCommand, ...] = (logged, *note_of(request.command, logged))
            answer = await self._services.contacts.log(stream_id, logged.person_id, happened, noted, ask)
        return _result(answer, ask)

    async def _record_outcome(self, request: pb.RecordContactOutcomeRequest, context: Context) -> pb.CommandResult:
        """Record it on the case, and on the person, whose caps and contact points it bears on."""
        caller = caller_of(context)
        known = said(request, caller, self._services, creditor_id=request.case_name.creditor_id)
        stream_id = case_named(request.case_name)
        with fields_of_the_command():
            command = record_contact_outcome(request.command, known)
            ask = asked(request, caller, known, validate_only=request.validate_only)
            return _result(await self._services.contacts.record(stream_id, command, ask), ask)

    async def _pause(self, request: pb.PauseCaseRequest, context: Context) -> pb.CommandResult:
        caller = caller_of(context)
        known = said(request, caller, self._services)
        until = request.command.until_time if request.command.HasField("until_time") else None
        known.stamp("from_at", "authority")
        with fields_of_the_command():
            hold = commands.PlaceHold(
                hold_id=f"{PAUSE}{request.request_id}",
                reason=HoldReason.SUPERVISOR,
                scope=Scope.ALL,
                authority=caller.actor,
                from_at=known.at,
                until=None if until is None else instant(until, "until_time"),
                at=known.at,
                by=caller.actor,
            )
            ask = asked(request, caller, known, validate_only=request.validate_only)
            return _result(await self._cases.handle(case_named(request.case_name), hold, ask), ask)

    async def _resume(self, request: pb.ResumeCaseRequest, context: Context) -> pb.CommandResult:
        """Release every hold that is a pause. Which ones is seen now, so a repeat is known by its request alone."""
        caller = caller_of(context)
        known = said(request, caller, self._services)
        stream_id = case_named(request.case_name)
        case, _ = await self._cases.load(stream_id)
        if isinstance(case, Absent):
            raise Rejected("CASE_NOT_FOUND", "there is no such case", field="case_name")
        reason = request.command.reason
        releases = [
            commands.ReleaseHold(hold_id=hold_id, reason=reason, at=known.at, by=caller.actor)
            for hold_id in case.holds
            if hold_id.startswith(PAUSE)
        ]
        ask = asked(request, caller, known, validate_only=request.validate_only, question=question_of(request))
        with fields_of_the_command():
            return _result(await self._cases.handle_all(stream_id, releases, ask), ask)

    async def _handle(self, request: Any, caller: Caller) -> tuple[UUID, CaseCommand, pb.CommandResult]:
        known = said(request, caller, self._services, creditor_id=request.case_name.creditor_id)
        stream_id = case_named(request.case_name)
        with fields_of_the_command():
            command = command_of(request.command, known)
            ask = asked(request, caller, known, validate_only=request.validate_only)
            answer = await self._cases.handle(stream_id, command, ask)
        return stream_id, command, _result(answer, ask)

    def _bulk(self, request_iterator: Any, context: Context) -> Any:
        return self._open_cases.answer(request_iterator, caller_of(context))

    OpenCase = _open
    OpenCases = _bulk
    AddObligation = AddObligor = ReleaseObligor = _command
    AddNote = Assign = PlaceCase = CloseCase = ReopenCase = _command
    Escalate = Deescalate = CompleteTask = PinStrategy = _command
    PlaceHold = ReleaseHold = _command
    PauseCase = _pause
    ResumeCase = _resume
    RecordPayment = ReversePayment = AddCharge = Waive = _command
    MakePromise = CancelPromise = _command
    AgreePlan = CancelPlan = AgreeSettlement = CancelSettlement = _command
    OpenDispute = ResolveDispute = _command
    RecordTerms = ConsentToOrder = PostInterest = _command
    ExtendDueDate = AdvanceCost = GrantReward = _command
    OfferSettlement = ApproveOffer = RefuseOffer = AcceptOffer = WithdrawOffer = _command
    OfferDiscount = WithdrawDiscount = _command
    RequestApproval = GiveApproval = RefuseApproval = WithdrawApproval = _command
    InterruptLimitation = SuspendLimitation = PleadTimeBar = _command
    LogContact = _log_contact
    RecordContactOutcome = _record_outcome


def _result(answer: Answer, ask: Asked) -> pb.CommandResult:
    return pb.CommandResult(
        case_id=str(answer.stream_id),
        version=answer.version,
        position=answer.position,
        repeated=answer.repeated,
        events=[type(event).__name__ for event in answer.events],
        validated_only=ask.validate_only,
    )
