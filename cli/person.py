"""`escalera person register|show|opt-out`. PERSON is a UUID or CREDITOR/CUSTOMER."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.command import command
from cli.language import Words
from cli.session import Session

if TYPE_CHECKING:
    from cli.plain import Plain

app = typer.Typer(no_args_is_help=True, help="People whom a debt concerns. PERSON is a UUID or CREDITOR/CUSTOMER.")

PersonName = Annotated[str, typer.Argument(metavar="PERSON", help="UUID or CREDITOR/CUSTOMER.")]


@command(app, "register", writes=True)
def register(
    session: Session,
    person: PersonName,
    name: Annotated[str, typer.Option("--name", help="How the person or company is called.")],
    country: Annotated[str, typer.Option("--country", help="ISO 3166-1.")],
    zone: Annotated[str, typer.Option("--zone", help="IANA time zone.")],
    language: Annotated[str, typer.Option("--language", help="BCP 47.")] = "es",
    email: Annotated[str, typer.Option("--email", help="E-mail address.")] = "",
    phone: Annotated[str, typer.Option("--phone", help="E.164 number, for calls and SMS.")] = "",
) -> None:
    """Make a person known, with how to reach them."""
    from cli.ask import person_name, tell
    from cli.plain import plain
    from protos.escalera import v1 as pb

    common, named = session.common(), person_name(person)
    known = pb.RegisterPerson(name=name, language=language, country=country, time_zone=zone)
    request = pb.RegisterPersonRequest(person_name=named, command=known, **common)
    answer = plain(session.doors.persons.RegisterPerson(request, timeout=session.timeout, metadata=session.metadata))
    points = [("email", pb.CHANNEL_EMAIL, email), ("phone", pb.CHANNEL_PHONE, phone), ("sms", pb.CHANNEL_SMS, phone)]
    if not session.dry_run:  # a person who is not registered yet has no record to try points on
        for point_id, channel, address in points:
            if address:
                # The same points each time: registering again with the same request id adds nothing.
                point = {**common, "request_id": f"{common['request_id']}-{point_id}"[:128]}
                added = pb.AddContactPoint(point_id=point_id, channel=channel, address=address)
                adding = pb.AddContactPointRequest(person_name=named, command=added, **point)
                more = plain(
                    session.doors.persons.AddContactPoint(adding, timeout=session.timeout, metadata=session.metadata)
                )
                answer = {**more, "events": [*answer["events"], *more["events"]], "repeated": answer["repeated"]}
    tell(session, person, answer)


@command(app, "show")
def show(session: Session, person: PersonName) -> None:
    """Show what is known of a person."""
    from cli.ask import person_name
    from cli.plain import plain
    from cli.show import facts, table
    from protos.escalera import v1 as pb

    found = plain(
        session.doors.persons.GetPerson(pb.GetPersonRequest(person_name=person_name(person)), timeout=session.timeout)
    )
    if session.as_json:
        return session.give(found)
    words = session.words
    refused = [words.of("channel", channel) for channel in found["opt_outs"]]
    pairs = [
        (words("label", "name"), words.personal(found["name"])),
        (words("label", "country"), f"{found['country']} · {found['time_zone']} · {found['language']}"),
        (words("label", "consents"), ", ".join(words.of("channel", channel) for channel in found["consents"])),
        (words("label", "opt_outs"), words("scope", "ALL") if found["opted_out_of_all"] else ", ".join(refused)),
        (words("label", "known_facts"), "; ".join(_fact(words, each) for each in found["known_facts"])),
        (words("label", "person"), f"{found['person_id']} · {words('label', 'version')} {found['version']}"),
    ]
    session.console.print(facts(pairs))
    points = [
        (
            words.of("channel", each["channel"] or ""),
            each["point_id"],
            words.personal(each["address"]),
            words.of("place", each["place"]) if each["place"] else "",
            words("label", "opted_out") if each["opted_out"] else words.of("outcome", "BOUNCED") * each["bounced"],
        )
        for each in found["contact_points"]
    ]
    if points:
        session.console.print(table(words, ("channel", "point", "address", "place", ""), points))
    zone, forgotten = found["time_zone"], bool(found["forget_time"])
    requests = [request_row(words, each, zone=zone, forgotten=forgotten) for each in found["approvals"]]
    if requests:
        title = words("label", "approvals")
        session.console.print(table(words, ("id", "wanted", "expires", "state", "approval"), requests, title))
    return None


def request_row(words: Words, asked: "Plain", *, zone: str = "UTC", forgotten: bool = False) -> tuple[str, ...]:
    """A request for a second person's word: its id, what is wanted, until when, where it stands, who may or did say."""
    from cli.case_card_money import decision
    from cli.show import instant

    forget, state = asked["forget"], asked["state"] or "WAITING"
    wanted = words.of("person_wanted", "FORGET" if forget else "EXPORT")
    reason = (forget or asked["export"])["reason"] or ""
    done = bool(forget and forgotten)
    stands = words.of("asked_for", "APPROVED" if state == "GIVEN" and not done else state)
    if asked["handed_out_formats"]:
        stands = words("person_wanted", "handed_out", formats=", ".join(asked["handed_out_formats"]))
    expires = instant(asked["expire_time"], zone)
    return asked["approval_id"], f"{wanted} ({reason})", expires, stands, decision(words, asked)


def _fact(words: Words, known: "Plain") -> str:
    """A fact with what it is about: "not at certain times (mon-fri 15:00-17:00)"."""
    terms = known["terms"] or {}
    parts = [words.of("channel", terms["channel"])] if terms.get("channel") else []
    parts += [words.of("place", terms["place"])] if terms.get("place") else []
    parts += [str(terms[key]) for key in ("point_id", "days", "hours") if terms.get(key)]
    parts += [f"{words('label', 'until')} {terms['until_time']}"] if terms.get("until_time") else []
    parts += [each["case_id"] for each in terms.get("case_names", [])]
    about = f" ({' '.join(parts)})" if parts else ""
    return words.of("fact", known["fact"] or "") + about


@command(app, "opt-out", writes=True)
def opt_out(
    session: Session,
    person: PersonName,
    channel: Annotated[str, typer.Option("--channel", help="EMAIL, SMS, WHATSAPP ...; all of them by default.")] = "",
    point: Annotated[str, typer.Option("--point", help="Only this contact point.")] = "",
    source: Annotated[str, typer.Option("--source", help="How the person said so.")] = "",
) -> None:
    """Record that a person wants no more contact."""
    from cli.ask import to_person
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    asked = from_plain({"channel": channel.upper() or None, "source": source, "point_id": point}, pb.OptOut())
    to_person(session, session.doors.persons.OptOut, pb.OptOutRequest, person, asked)
