"""Commands to a person's record, and the record: as it is known now, handed out whole, and forgotten."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any, Final

from api.calls import Context, asked, caller_of, fields_of_the_command, said
from api.services import Services
from api.translate_person import block_out, forget_person, person_command_of, person_out, waiting_out
from api.translate_person_approval import (
    FORMAT,
    give_person_approval,
    person_request_out,
    request_filter,
    request_person_approval,
)
from api.translate_rows import PAGE_SIZE
from api.translate_values import day_out, person_named
from application.erasure_desk import Erased
from application.request import Asked
from domain.access import Role
from domain.decider import Rejected
from domain.person.state import Unregistered
from protos.escalera import v1 as pb

PART_BYTES: Final = 256 * 1024
OF_THE_HOUSE: Final = ("legal_holds", "approvals")  # of a record, what agencies need not know to do their work


class PersonService(pb.PersonServiceServicer):
    """Persons whom debts concern."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def _command(self, request: Any, context: Context) -> pb.PersonResult:
        caller = caller_of(context)
        known = said(request, caller, self._services)
        stream_id = person_named(request.person_name, "person_name")
        with fields_of_the_command():
            command = person_command_of(request.command, known)
            ask = asked(request, caller, known, validate_only=request.validate_only)
            answer = await self._services.persons.handle(stream_id, command, ask)
        return pb.PersonResult(
            person_id=str(answer.stream_id),
            version=answer.version,
            position=answer.position,
            repeated=answer.repeated,
            events=[type(event).__name__ for event in answer.events],
            validated_only=ask.validate_only,
        )

    async def _get(self, request: pb.GetPersonRequest, context: Context) -> pb.Person:
        stream_id = person_named(request.person_name, "person_name")
        person, version = await self._services.persons.load(stream_id)
        if isinstance(person, Unregistered):
            raise Rejected("PERSON_NOT_FOUND", "there is no such person", field="person_name")
        shown = person_out(stream_id, person, version, self._services.clock.now())
        if caller_of(context).actor.partition(":")[0] == Role.AGENCY:
            for field in OF_THE_HOUSE:
                shown.ClearField(field)
        return shown

    async def _forget(self, request: pb.ForgetPersonRequest, context: Context) -> pb.ForgetPersonResult:
        caller = caller_of(context)
        known = said(request, caller, self._services)
        stream_id = person_named(request.person_name, "person_name")
        with fields_of_the_command():
            command = forget_person(request.command, known)
            ask = asked(request, caller, known, validate_only=request.validate_only)
            erased = await self._services.erasures.forget(stream_id, command, ask)
        return pb.ForgetPersonResult(**_erased(erased, validated_only=ask.validate_only))

    async def _request(self, request: pb.RequestPersonApprovalRequest, context: Context) -> pb.PersonApprovalResult:
        caller = caller_of(context)
        known = said(request, caller, self._services)
        stream_id = person_named(request.person_name, "person_name")
        with fields_of_the_command():
            command = request_person_approval(request.command, known)
            ask = asked(request, caller, known, validate_only=request.validate_only)
            erased = await self._services.erasures.ask(stream_id, command, ask)
        return pb.PersonApprovalResult(**_erased(erased, validated_only=ask.validate_only))

    async def _give(self, request: pb.GivePersonApprovalRequest, context: Context) -> pb.PersonApprovalResult:
        caller = caller_of(context)
        known = said(request, caller, self._services)
        stream_id = person_named(request.person_name, "person_name")
        with fields_of_the_command():
            command = give_person_approval(request.command, known)
            ask = asked(request, caller, known, validate_only=request.validate_only)
            erased = await self._services.erasures.approve(stream_id, command, ask)
        return pb.PersonApprovalResult(**_erased(erased, validated_only=ask.validate_only))

    async def _waiting(
        self, request: pb.ListWaitingErasuresRequest, context: Context
    ) -> pb.ListWaitingErasuresResponse:
        page = await self._services.waiting.page(
            page_size=request.page_size or PAGE_SIZE, page_token=request.page_token
        )
        waiting = [waiting_out(each) for each in page.rows]
        return pb.ListWaitingErasuresResponse(waiting=waiting, next_page_token=page.next_token)

    async def _requests(
        self, request: pb.ListPersonApprovalsRequest, context: Context
    ) -> pb.ListPersonApprovalsResponse:
        now = self._services.clock.now()
        page = await self._services.requests.page(
            request_filter(request), now, page_size=request.page_size or PAGE_SIZE, page_token=request.page_token
        )
        found = [person_request_out(each, now) for each in page.rows]
        return pb.ListPersonApprovalsResponse(requests=found, next_page_token=page.next_token)

    async def _export(self, request: pb.ExportPersonRequest, context: Context) -> AsyncIterator[pb.PersonExportPart]:
        caller = caller_of(context)
        stream_id = person_named(request.person_name, "person_name")
        file = await self._services.exports.export(
            stream_id,
            FORMAT[request.format],
            Asked(request_id=request.request_id, actor=caller.actor, trace_id=caller.trace_id),
            language=request.language.replace("_", "-"),
            reason=request.reason,
        )
        content = file.content
        for start in range(0, len(content), PART_BYTES):
            yield pb.PersonExportPart(content=content[start : start + PART_BYTES])
        yield pb.PersonExportPart(
            media_type=file.media_type, sha256=sha256(content).hexdigest(), language=file.language
        )

    RegisterPerson = ChangePlace = _command
    AddContactPoint = RemoveContactPoint = _command
    GiveConsent = OptOut = _command
    LearnFact = WithdrawFact = _command
    PlaceLegalHold = ReleaseLegalHold = _command
    GetPerson = _get
    ForgetPerson = _forget
    ListWaitingErasures = _waiting
    ListPersonApprovals = _requests
    ExportPerson = _export
    RequestPersonApproval = _request
    GivePersonApproval = _give
    RefusePersonApproval = WithdrawPersonApproval = _command


def _erased(erased: Erased, *, validated_only: bool) -> dict[str, Any]:
    """Return what a request about forgetting came to, field by field."""
    answer = erased.answer
    return {
        "person_id": str(answer.stream_id),
        "version": answer.version,
        "position": answer.position,
        "repeated": answer.repeated,
        "events": [type(event).__name__ for event in answer.events],
        "validated_only": validated_only,
        "forgotten": erased.forgotten,
        "blocks": [block_out(block) for block in erased.blocks],
        "until_date": None if erased.until is None else day_out(erased.until),
    }
