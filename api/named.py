"""What a request names: cases, persons and portfolios, found by the types of its fields.

A new message that names a case or a person is seen here without a word being added.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from google.protobuf.message import Message

from api.translate_values import case_named, person_named, uuid
from application.access import Named
from domain.case.identity import case_id
from protos.escalera import v1 as pb

_CASE = pb.CaseName.DESCRIPTOR.full_name
_PERSON = pb.PersonName.DESCRIPTOR.full_name


def named_by(request: Message) -> Named:
    """Return what a request names; raise `Rejected` where a name names nothing, as whoever answers it would."""
    cases: list[UUID] = []
    persons: list[pb.PersonName] = []
    owner: str | None = (
        None  # the creditor of a person who is named by reference alone: as the first case's name has it
    )
    for found in _names(request):
        if isinstance(found, pb.CaseName):
            cases.append(case_named(found))
            owner = found.creditor_id if owner is None else owner
        else:
            persons.append(found)
    people = [person_named(each, "person", owner or "") for each in persons]
    return Named(cases=tuple(cases), persons=tuple(people))


def named_by_entry(request: Any) -> Named:
    """Return what a request about a bank entry names: the entry, and whatever else."""
    named = named_by(request)
    return Named(cases=named.cases, persons=named.persons, entries=(uuid(request.queue_id, "queue_id"),))


def named_by_opening(request: pb.OpenCaseRequest | pb.OpenCasesItem) -> Named:
    """Return what an opening names, with all that is told beside it."""
    opening = request.command if isinstance(request, pb.OpenCaseRequest) else request.open
    owner = opening.creditor_id
    named = [each for each in _names(request) if isinstance(each, pb.PersonName)]
    # What has no creditor or reference is refused by whoever answers; here it is a case that is not there.
    return Named(
        cases=(case_id(owner, opening.reference),) if owner and opening.reference else (),
        persons=tuple([person_named(each, "person", owner) for each in named]),
        portfolios=(opening.portfolio,),
    )


def portfolios_of(request: Any) -> tuple[str, ...]:
    """Return the portfolios that a list or a report is asked for; () where it says none."""
    many = _filter(request)
    if many is not None:
        return tuple(many.portfolios)
    return (request.portfolio,) if request.portfolio else ()


def narrow(request: Any, portfolios: frozenset[str]) -> None:
    """Ask for the caller's portfolios where a request says none. One that can only say one stays as it is."""
    many = _filter(request)
    if many is not None:
        many.portfolios.extend(sorted(portfolios))
    elif len(portfolios) == 1:
        (request.portfolio,) = portfolios


def _filter(request: Any) -> Any:
    """Return the message within the request that has `portfolios`; None where the request has a single one."""
    fields = request.DESCRIPTOR.fields_by_name
    if "portfolios" in fields:
        return request
    if "filter" in fields:
        return request.filter
    assert "portfolio" in fields, f"{request.DESCRIPTOR.full_name} says no portfolio"
    return None


def _names(message: Message) -> Iterator[pb.CaseName | pb.PersonName]:
    for field, value in message.ListFields():
        kind = field.message_type
        if kind is None or not kind.full_name.startswith("escalera."):
            continue
        for each in value if field.is_repeated else (value,):
            if kind.full_name in (_CASE, _PERSON):
                yield each
            else:
                yield from _names(each)
