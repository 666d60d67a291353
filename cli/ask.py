"""Sending one command to the engine and saying what became of it."""

from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.message import Message
from google.type.date_pb2 import Date
from google.type.money_pb2 import Money

from api.client import refused
from api.translate_values import day_out, money_out
from cli.parse import is_id, parse_date, parse_money, parse_name
from cli.plain import plain
from cli.session import Session
from protos.escalera import v1 as pb

Method = Any  # a stub's method; its requests share their fields but no type


def case_name(value: str) -> pb.CaseName:
    """Name a case by what was written: a UUID or CREDITOR/REFERENCE."""
    identity, creditor, reference = parse_name(value)
    return pb.CaseName(case_id=identity, creditor_id=creditor, reference=reference)


def person_name(value: str, creditor: str = "") -> pb.PersonName:
    """Name a person; with `creditor` known, the customer number alone is enough."""
    if creditor and "/" not in value and not is_id(value):
        return pb.PersonName(creditor_id=creditor, reference=value)
    identity, creditor, reference = parse_name(value)
    return pb.PersonName(person_id=identity, creditor_id=creditor, reference=reference)


def day(value: str) -> Date:
    return day_out(parse_date(value))


def to_case(session: Session, method: Method, request: Callable[..., Message], case: str, command: Message) -> None:
    """Send a command to a case and print the answer."""
    asked = request(case_name=case_name(case), command=command, **session.common())
    answer = method(asked, timeout=session.timeout, metadata=session.metadata)
    tell(session, case, plain(answer))


def to_person(session: Session, method: Method, request: Callable[..., Message], person: str, command: Message) -> None:
    """Send a command about a person and print the answer."""
    asked = request(person_name=person_name(person), command=command, **session.common())
    answer = method(asked, timeout=session.timeout, metadata=session.metadata)
    tell(session, person, plain(answer))


def tell(session: Session, name: str, answer: dict[str, Any]) -> None:
    """Print what a command changed."""
    words = session.words
    if session.as_json:
        session.give(answer)
        return
    what = ", ".join(answer["events"])
    if answer["validated_only"]:
        session.console.print(words("say", "valid") + (f" ({what})" if what else ""))
    elif answer["repeated"] or not what:
        session.console.print(words("say", "already_done", what=what or name))
    else:
        session.console.print(words("say", "done", what=what))
    if not answer["validated_only"]:
        line = words("say", "version_now", reference=name, version=answer["version"], position=answer["position"])
        session.console.print(line, style="bright_black")


def money_for(session: Session, case: str, written: str) -> Money:
    """Read a sum; without a currency it is the case's, which the server is asked for.

    Whoever may act on a case and not look at it, as a debtor, writes the currency.
    """
    currency = ""
    if written and not written.strip()[-1:].isalpha():
        request = pb.GetCaseRequest(case_name=case_name(case))
        try:
            currency = session.doors.queries.GetCase(request, timeout=session.timeout).currency
        except grpc.RpcError as error:
            if refused(error).reason != "METHOD_NOT_PERMITTED":
                raise
    money = parse_money(written, currency)
    return money_out(money.minor, money.currency)
