"""Commands to a person's record, and the record."""

from typing import Any

from api.calls import Context, asked, caller_of, fields_of_the_command, said
from api.services import Services
from api.translate_person import person_command_of, person_out
from api.translate_values import person_named
from domain.decider import Rejected
from domain.person.state import Unregistered
from protos.escalera import v1 as pb


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
        return person_out(stream_id, person, version)

    RegisterPerson = ChangePlace = _command
    AddContactPoint = RemoveContactPoint = _command
    GiveConsent = OptOut = _command
    LearnFact = WithdrawFact = _command
    GetPerson = _get
