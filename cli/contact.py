"""`escalera contact request|outcome|log`: the door for people who call and visit, and for other systems."""

from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from cli.case_reading import CaseName
from cli.command import command
from cli.session import REFUSED, Session

if TYPE_CHECKING:
    from cli.plain import Plain

app = typer.Typer(
    no_args_is_help=True, help="Contacts by hand: ask before, report after. CASE is a UUID or CREDITOR/REFERENCE."
)

Channel = Annotated[str, typer.Option("--channel", help="EMAIL, SMS, WHATSAPP, LETTER, PHONE or VISIT.")]
Person = Annotated[str, typer.Option("--person", help="UUID or customer number; the debtor by default.")]
Purpose = Annotated[str, typer.Option("--purpose", help="COLLECT by default; REPLY, REQUESTED_INFO ...")]
Recipient = Annotated[str, typer.Option("--recipient", help="Who is reached, if not the debtor: SPOUSE, ATTORNEY ...")]
Place = Annotated[str, typer.Option("--place", help="HOME or WORK.")]
Says = Annotated[list[str] | None, typer.Option("--says", help="What will be said: opt_out_notice ... Repeatable.")]
Template = Annotated[str, typer.Option("--template", help="The words to use; the task's own by default.")]
Outcome = Annotated[
    str,
    typer.Argument(metavar="OUTCOME", help="CONVERSATION, VOICEMAIL, NO_ANSWER, BUSY, WRONG_NUMBER, THIRD_PARTY ..."),
]
Detail = Annotated[str, typer.Option("--detail", help="A code; never personal data.")]


def proposed(session: Session, case: str, written: dict[str, Any]) -> Any:
    """Return the contact that was written on the command line; empty words are left out."""
    from cli.ask import case_name, person_name
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    person = str(written.pop("person", ""))
    said = {
        key: value.upper() if isinstance(value, str) and key != "template" else value for key, value in written.items()
    }
    contact = from_plain({key: value for key, value in said.items() if value}, pb.ProposedContact())
    if person:
        contact.person.CopyFrom(person_name(person, case_name(case).creditor_id))
    return contact


@command(app, "request", writes=True)
def request(
    session: Session,
    case: CaseName,
    channel: Channel,
    person: Person = "",
    task: Annotated[str, typer.Option("--task", help="The task that it is for, as the worklist names it.")] = "",
    purpose: Purpose = "",
    recipient: Recipient = "",
    place: Place = "",
    template: Template = "",
    says: Says = None,
) -> None:
    """Ask for the right to make one contact; get what to say and whom to call. Exit status 1 if it is not allowed."""
    from cli.ask import case_name
    from cli.plain import plain
    from protos.escalera import v1 as pb

    written = {"channel": channel, "person": person, "purpose": purpose, "recipient": recipient, "place": place}
    contact = proposed(session, case, {**written, "template": template, "content": says})
    if session.dry_run:
        return explained(session, case, contact, session.at)
    identity = session.request_id or f"cli-{uuid4()}"
    asked = pb.RequestContactRequest(request_id=identity, case_name=case_name(case), contact=contact, task_id=task)
    found = session.doors.contacts.RequestContact(asked, timeout=session.timeout, metadata=session.metadata)
    answer = plain(found)
    if session.as_json:
        session.give(answer)
    elif answer["permit"]:
        _print_permit(session, answer["permit"], channel.upper(), _zone(session, case))
    else:
        print_refusal(session, answer["refusal"], _zone(session, case))
    if not answer["permit"]:
        raise SystemExit(REFUSED)
    return None


@command(app, "outcome", writes=True)
def outcome(
    session: Session,
    case: CaseName,
    permit: Annotated[str, typer.Argument(metavar="PERMIT", help="The permit's id.")],
    result: Outcome,
    detail: Detail = "",
) -> None:
    """Say what became of a permitted contact. It completes the task that the contact was for."""
    from cli.ask import to_case
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    written = {"permit_id": permit, "outcome": result.upper(), "detail": detail}
    asked = from_plain(written, pb.RecordContactOutcome())
    to_case(session, session.doors.cases.RecordContactOutcome, pb.RecordContactOutcomeRequest, case, asked)


@command(app, "log", writes=True)
def log(
    session: Session,
    case: CaseName,
    channel: Channel,
    result: Outcome,
    person: Annotated[str, typer.Option("--person", help="UUID or customer number.")],
    inbound: Annotated[bool, typer.Option("--inbound", help="The person contacted us.")] = False,
    text: Annotated[str, typer.Option("--text", help="What was said; kept under the person's key.")] = "",
    answers: Annotated[str, typer.Option("--answers", help="The permit whose message is answered.")] = "",
    recipient: Recipient = "",
    place: Place = "",
    purpose: Purpose = "",
    point: Annotated[str, typer.Option("--point", help="The contact point that was used.")] = "",
    also: Annotated[list[str] | None, typer.Option("--also", help="Another case that was spoken of.")] = None,
    detail: Detail = "",
    identity: Annotated[str, typer.Option("--id", help="Its own id; a new one by default.")] = "",
) -> None:
    """Record a contact that happened without a permit; the person's caps count it."""
    from cli.ask import case_name, person_name, to_case
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    written = {
        "contact_id": identity or f"c-{uuid4().hex[:12]}",
        "channel": channel.upper(),
        "direction": "INBOUND" if inbound else "OUTBOUND",
        "outcome": result.upper(),
        "detail": detail,
        "text": text,
        "in_reply_to": answers,
        "recipient": recipient.upper() or None,
        "place": place.upper() or None,
        "purpose": purpose.upper() or None,
        "point_id": point,
    }
    asked = from_plain(written, pb.LogContact())
    asked.person.CopyFrom(person_name(person, case_name(case).creditor_id))
    if also:
        asked.discussed.extend([case_name(each) for each in (case, *also)])
    to_case(session, session.doors.cases.LogContact, pb.LogContactRequest, case, asked)


def explained(session: Session, case: str, contact: Any, at: str) -> None:
    """Say whether a contact would be allowed, and why; exit status 1 if it would not."""
    from cli.ask import case_name
    from cli.parse import parse_instant
    from cli.plain import plain
    from protos.escalera import v1 as pb

    asked = pb.ExplainContactRequest(case_name=case_name(case), contact=contact)
    if at:
        asked.at_time.FromDatetime(parse_instant(at))
    verdict = plain(session.doors.contacts.ExplainContact(asked, timeout=session.timeout))
    if session.as_json:
        session.give(verdict)
    elif verdict["allowed"]:
        at = _when(verdict["at_time"], _zone(session, case))
        session.console.print(session.words("contact", "allowed", at=at), style="green")
        _print_grounds(session, verdict)
    else:
        print_refusal(session, verdict, _zone(session, case))
        _print_grounds(session, verdict)
    if not verdict["allowed"]:
        raise SystemExit(REFUSED)


def _zone(session: Session, case: str) -> str:
    """Return the clock that the case's people look at."""
    from cli.ask import case_name
    from protos.escalera import v1 as pb

    asked = pb.GetCaseRequest(case_name=case_name(case))
    return str(session.doors.queries.GetCase(asked, timeout=session.timeout).time_zone)


def _when(told: str, zone: str) -> str:
    """An instant on the clock of a place, which is named: whoever reads it may be elsewhere."""
    from cli.show import instant

    return f"{instant(told, zone)} ({zone})"


def print_refusal(session: Session, refusal: "Plain", zone: str) -> None:
    """Say why not, by which rules, and from when."""
    from cli.show import instant, table

    words = session.words
    reason = refusal["reason"]
    why = words.of("why", reason) if words.has("why", reason) else refusal["detail"] or reason
    session.console.print(words("contact", "not_allowed", why=why), style="bold red")
    rows = [
        (
            denial["rule"],
            words.of("rule_kind", denial["kind"] or "UNKNOWN"),
            instant(denial["until_time"], zone) or words("contact", "until_fact"),
            denial["citation"],
        )
        for denial in refusal["denials"]
    ]
    if rows:
        session.console.print(table(words, ("rule", "kind", "until", "citation"), rows))
    next_allowed = refusal["next_allowed_time"]
    said = words("contact", "next", at=_when(next_allowed, zone)) if next_allowed else words("contact", "never")
    session.console.print(said)


def _print_grounds(session: Session, verdict: "Plain") -> None:
    from cli.show import facts

    words = session.words
    pairs = [
        (words("label", "disclosures"), ", ".join(verdict["disclosures"])),
        (words("label", "zones"), ", ".join(verdict["time_zones"])),
        (words("label", "rule_sets"), ", ".join(verdict["rule_sets"])),
    ]
    session.console.print(facts(pairs))


def _print_permit(session: Session, permit: "Plain", channel: str, zone: str) -> None:
    from rich.panel import Panel
    from rich.text import Text

    from cli.show import facts

    words = session.words
    session.console.print(words("contact", "permitted", until=_when(permit["valid_until_time"], zone)), style="green")
    said_elsewhere = set(permit["disclosures_in_script"])
    beside = [each for each in permit["disclosures"] if each not in said_elsewhere]
    pairs = [
        (words.of("channel", channel), Text(permit["address"], style="bold")),
        (words("label", "must_say"), ", ".join(beside)),
        (words("label", "permit"), permit["permit_id"]),
    ]
    session.console.print(facts(pairs), soft_wrap=True)
    if permit["script"]:
        session.console.print(Panel(Text(permit["script"]), title=Text(permit["subject"]), title_align="left"))
