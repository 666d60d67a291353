"""`escalera case plan-preview`, `escalera person promise|promised`: plans computed, promises over several cases."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.case_acting import Identity
from cli.case_reading import CaseName
from cli.case_reading import app as cases
from cli.command import command
from cli.parse import Unreadable
from cli.person import PersonName
from cli.person import app as persons
from cli.plan_options import Described
from cli.session import Session

if TYPE_CHECKING:
    from cli.plain import Plain

_CASE = "CASE, or CASE=AMOUNT for how much of it. Repeatable."
_Cases = Annotated[list[str] | None, typer.Option("--case", metavar="CASE[=AMOUNT]", help=_CASE)]


@command(cases, "plan-preview")
def preview(
    session: Session,
    case: CaseName,
    described: Described,
) -> None:
    """Compute a plan from what is owed today, as `case plan` would agree it; nothing is recorded."""
    from cli.ask import case_name
    from cli.case_known import shown
    from cli.plain import plain
    from protos.escalera import v1 as pb

    schedule = described.schedule(shown(session, case).currency)
    if schedule is None:
        raise Unreadable("-", "which_plan")
    asked = pb.ComputePlanRequest(case_name=case_name(case), schedule=schedule)
    answer = session.doors.agreements.ComputePlan(asked, timeout=session.timeout, metadata=session.metadata)
    found = plain(answer)
    if session.as_json:
        session.give(found)
    else:
        _show(session, found)


@command(persons, "promise", writes=True)
def promise(
    session: Session,
    person: PersonName,
    by: Annotated[str, typer.Argument(metavar="DAY", help="Paid by: YYYY-MM-DD.")],
    on: _Cases = None,
    amount: Annotated[str, typer.Option("--amount", help="The whole: 1234.50EUR; divided by what is owed.")] = "",
    grace: Annotated[int, typer.Option("--grace", help="Days of grace.")] = 0,
    identity: Identity = "",
) -> None:
    """Record one promise over several cases of a person: on all of them, or on none."""
    from cli.ask import day, person_name
    from cli.case_known import new_id, shown, sum_in
    from cli.plain import from_plain, plain
    from cli.show import sum_of
    from protos.escalera import v1 as pb

    named = [_named(each) for each in on or []]
    currency = shown(session, named[0][0]).currency if named else ""
    request = pb.MakeJointPromiseRequest(
        group_id=new_id(session, identity, "jp"),
        person=person_name(person),
        due_date=day(by),
        grace_days=grace,
        **session.common(),
    )
    shares = [{"case_name": _plain_name(case), "amount": sum_in(part, currency)} for case, part in named]
    from_plain({"shares": shares, "amount": sum_in(amount, currency)}, request)
    answer = session.doors.agreements.MakeJointPromise(request, timeout=session.timeout, metadata=session.metadata)
    found = plain(answer)
    if session.as_json:
        session.give(found)
        return
    words = session.words
    said = "valid" if found["validated_only"] else "already_done" if found["repeated"] else "done"
    session.console.print(words("say", said, what=request.group_id))
    _parts(session, [name for name, _ in named], [sum_of(words, part["amount"]) for part in found["parts"]])


@command(persons, "promised")
def promised(
    session: Session,
    group: Annotated[str, typer.Argument(metavar="PROMISE", help="Id of a promise over several cases.")],
    on: _Cases = None,
) -> None:
    """Say where a promise over several cases stands: kept only when every part is."""
    from cli.ask import case_name
    from cli.plain import plain
    from cli.show import sum_of
    from protos.escalera import v1 as pb

    named = [_named(each)[0] for each in on or []]
    request = pb.GetJointPromiseRequest(group_id=group, case_names=[case_name(each) for each in named])
    found = plain(session.doors.agreements.GetJointPromise(request, timeout=session.timeout))
    if session.as_json:
        session.give(found)
        return
    words = session.words
    session.console.print(f"{words('label', 'promise')} {group}: {words.of('stands', found['standing'])}")
    cases = [part["case_id"] for part in found["parts"]]
    _parts(session, cases, [sum_of(words, part["amount"]) for part in found["parts"]])


def _named(written: str) -> tuple[str, str]:
    """Divide CASE=AMOUNT; without an amount the second is empty."""
    case, _, amount = written.partition("=")
    return case, amount


def _plain_name(case: str) -> "Plain":
    from cli.ask import case_name

    name = case_name(case)
    return {"case_id": name.case_id, "creditor_id": name.creditor_id, "reference": name.reference}


def _parts(session: Session, cases: list[str], amounts: list[str]) -> None:
    from cli.show import table

    session.console.print(table(session.words, ("case", "amount"), zip(cases, amounts, strict=True)))


def _show(session: Session, found: "Plain") -> None:
    """Print a computed plan: each date with what it pays, and what it all comes to."""
    from cli.show import facts, sum_of, table

    words = session.words
    rows = [
        (
            each["due_date"],
            sum_of(words, each["amount"]),
            sum_of(words, each["principal"]),
            sum_of(words, each["interest"]),
            sum_of(words, each["left"]),
        )
        for each in found["installments"]
    ]
    session.console.print(table(words, ("due", "amount", "principal", "interest", "left_owed"), rows))
    sums = [(words("label", key), sum_of(words, found[field])) for key, field in _SUMS]
    session.console.print(facts(sums))


_SUMS = (("balance", "owed"), ("interest", "interest"), ("plan_total", "total"))
