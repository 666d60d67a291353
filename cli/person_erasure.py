"""`escalera person forget|hold|unhold|export`: the right to be forgotten, what stands against it, and to be told."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.command import command
from cli.harmless import json_shown
from cli.person import PersonName, app
from cli.private_file import write_private
from cli.session import LEFT, USAGE, Session

if TYPE_CHECKING:
    from cli.plain import Plain
    from protos.escalera import v1 as pb

_REASONS = "ASKED, CONSENT_WITHDRAWN, PURPOSE_ENDED, UNLAWFUL or ORDERED."
ErasureReason = Annotated[str, typer.Option("--reason", help=_REASONS)]
Despite = Annotated[bool, typer.Option("--despite-open-cases", help="Open claims can do without the person.")]
HoldId = Annotated[str, typer.Option("--id", help="The hold's own id.")]


@command(app, "forget", writes=True)
def forget(
    session: Session,
    person: PersonName,
    reason: ErasureReason = "ASKED",
    identity: Annotated[str, typer.Option("--id", help="The request's own id; today and the reason by default.")] = "",
    despite_open_cases: Despite = False,
) -> None:
    """Destroy everything personal that is known of a person, for good; or say what stands against it (exit 4)."""
    from cli.ask import person_name
    from cli.plain import plain
    from protos.escalera import v1 as pb

    asked = erasure_of(identity, reason, despite_open_cases=despite_open_cases)
    request = pb.ForgetPersonRequest(person_name=person_name(person), command=asked, **session.common())
    answer = plain(session.doors.persons.ForgetPerson(request, timeout=session.timeout, metadata=session.metadata))
    tell_erasure(session, person, answer)


def erasure_of(identity: str, reason: str, *, despite_open_cases: bool) -> "pb.ForgetPerson":
    """Return a request to be forgotten; asked for again on the same day, for the same reason, it is the same one."""
    from datetime import UTC, datetime

    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    today = f"{datetime.now(UTC):%Y-%m-%d}-{reason.lower()}{'-despite' * despite_open_cases}"
    asked = from_plain({"erasure_id": identity or today, "reason": reason.upper()}, pb.ForgetPerson())
    asked.despite_open_cases = despite_open_cases
    return asked


def tell_erasure(session: Session, person: str, answer: "Plain") -> None:
    """Print what a request to be forgotten came to; end with status 4 where something stands against it."""
    if session.as_json:
        session.give(answer)
    else:
        for line, style in _told(session, person, answer):
            session.console.print(line, style=style)
    if not answer["forgotten"]:
        raise SystemExit(LEFT)


def _told(session: Session, person: str, answer: "Plain") -> list[tuple[str, str]]:
    from domain.person.erasure_words import NO_LAW

    words = session.words
    if answer["forgotten"]:
        key = "would_be_forgotten" if answer["validated_only"] else "forgotten"
        return [(words("erasure", key, person=person), "green")]
    until = answer["until_date"] or words("erasure", "no_day")
    lines = [(words("erasure", "refused", until=until), "yellow")]
    for block in answer["blocks"]:
        right = words("erasure", "no_law") if block["citation"] == NO_LAW else block["citation"]
        said = f"  {words.of('block', block['kind'])}: {right}"
        said += f" · {words('label', 'until')} {block['until_date'] or words('erasure', 'no_day')}"
        about = " · ".join(block[key] for key in ("case_id", "source", "reason") if block[key])
        lines += [(said, ""), (f"    {about}", "bright_black")] if about else [(said, "")]
    return lines


@command(app, "hold", writes=True)
def hold(
    session: Session,
    person: PersonName,
    identity: HoldId,
    reason: Annotated[str, typer.Option("--reason", help="Why. No personal data.")],
    cite: Annotated[str, typer.Option("--cite", help="The proceeding, order or article.")],
    until: Annotated[str, typer.Option("--until", help="ISO 8601; until it is released by default.")] = "",
) -> None:
    """What is known of the person is evidence: they must not be forgotten."""
    from cli.ask import to_person
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    written = {"hold_id": identity, "reason": reason, "citation": cite, "until_time": until or None}
    asked = from_plain(written, pb.PlaceLegalHold())
    to_person(session, session.doors.persons.PlaceLegalHold, pb.PlaceLegalHoldRequest, person, asked)


@command(app, "unhold", writes=True)
def unhold(
    session: Session,
    person: PersonName,
    identity: HoldId,
    reason: Annotated[str, typer.Option("--reason", help="Why. No personal data.")] = "",
) -> None:
    """The legal hold is over."""
    from cli.ask import to_person
    from protos.escalera import v1 as pb

    asked = pb.ReleaseLegalHold(hold_id=identity, reason=reason)
    to_person(session, session.doors.persons.ReleaseLegalHold, pb.ReleaseLegalHoldRequest, person, asked)


@command(app, "export", writes=True)
def export(
    session: Session,
    person: PersonName,
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="Write person.json and person.pdf here; JSON is printed if not.")
    ] = "",
    language: Annotated[str, typer.Option("--language", help="BCP 47; the person's own by default.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the record. No personal data.")] = "",
) -> None:
    """Hand out everything that is known of a person, to that person: as JSON, and as PDF in their language."""
    import sys
    from pathlib import Path

    from protos.escalera import v1 as pb

    if not out:
        sys.stdout.write(json_shown(_file(session, person, pb.EXPORT_FORMAT_JSON, language, reason).decode()))
        return
    folder = Path(out)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, wanted in (("person.json", pb.EXPORT_FORMAT_JSON), ("person.pdf", pb.EXPORT_FORMAT_PDF)):
        content = _file(session, person, wanted, language, reason)
        try:
            write_private(folder / name, content)
        except OSError as error:
            session.fail(USAGE, reason="NOT_WRITABLE", detail=f"{folder / name}: {error.strerror}", field="--out")
        if not session.as_json:
            session.console.print(session.words("erasure", "written", file=folder / name))
    if session.as_json:
        session.give({"files": [str(folder / name) for name in ("person.json", "person.pdf")]})


def _file(session: Session, person: str, wanted: int, language: str, reason: str) -> bytes:
    """Return an export; end with status 3 where it did not arrive whole."""
    from hashlib import sha256

    from cli.ask import person_name
    from cli.session import UNAVAILABLE
    from protos.escalera import v1 as pb

    common = session.common()
    request = pb.ExportPersonRequest(
        request_id=f"{common['request_id']}-{wanted}"[-128:],
        person_name=person_name(person),
        format=pb.ExportFormat.ValueType(wanted),
        language=language,
        reason=reason,
    )
    content, told = b"", ""
    for part in session.doors.persons.ExportPerson(request, timeout=session.timeout, metadata=session.metadata):
        content, told = content + part.content, part.sha256 or told
    if told != sha256(content).hexdigest():
        session.fail(UNAVAILABLE, reason="NOT_WHOLE", detail=session.words("erasure", "not_whole"))
    return content
