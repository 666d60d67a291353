"""`escalera person learn|withdraw|consent|point`: what bears on contacts with a person."""

from typing import Annotated

import typer

from cli.command import command
from cli.person import PersonName, app
from cli.session import Session

_FACTS = "REPRESENTED_BY_ATTORNEY, CEASE_REQUESTED, INCONVENIENT_TIME, DECEASED ..."
FactName = Annotated[str, typer.Argument(metavar="FACT", help=_FACTS)]
FactId = Annotated[str, typer.Option("--id", help="Tells facts of one kind apart.")]
Source = Annotated[str, typer.Option("--source", help="How it became known.")]


@command(app, "learn", writes=True)
def learn(
    session: Session,
    person: PersonName,
    fact: FactName,
    source: Source = "",
    identity: FactId = "",
    cases: Annotated[list[str] | None, typer.Option("--case", help="Only about this case. Repeatable.")] = None,
    until: Annotated[str, typer.Option("--until", help="ISO 8601; without an end by default.")] = "",
    channel: Annotated[str, typer.Option("--channel", help="Only about this channel.")] = "",
    point: Annotated[str, typer.Option("--point", help="Only about this contact point.")] = "",
    place: Annotated[str, typer.Option("--place", help="HOME or WORK.")] = "",
    days: Annotated[str, typer.Option("--days", help="As mon-fri or sat,sun.")] = "",
    hours: Annotated[str, typer.Option("--hours", help="Local, as 15:00-17:00.")] = "",
    apart: Annotated[
        bool, typer.Option("--later-instrument", help="Asked for apart from the contract, later.")
    ] = False,
) -> None:
    """Record something that bears on contacts: a lawyer, a death, hours that do not suit."""
    from cli.ask import case_name, to_person
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    asked = from_plain({"fact": fact.upper(), "source": source, "fact_id": identity}, pb.LearnFact())
    terms = {
        "until_time": until,
        "channel": channel.upper(),
        "point_id": point,
        "place": place.upper(),
        "days": days.lower(),
        "hours": hours,
        "later_instrument": apart,
    }
    told = {key: value for key, value in terms.items() if value}
    if told or cases:
        from_plain(told, asked.terms)
        asked.terms.SetInParent()
        asked.terms.case_names.extend([case_name(each) for each in cases or []])
    to_person(session, session.doors.persons.LearnFact, pb.LearnFactRequest, person, asked)


@command(app, "withdraw", writes=True)
def withdraw(
    session: Session,
    person: PersonName,
    fact: FactName,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the event. No personal data.")] = "",
    identity: FactId = "",
) -> None:
    """Record that a fact is no longer so."""
    from cli.ask import to_person
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    asked = from_plain({"fact": fact.upper(), "reason": reason, "fact_id": identity}, pb.WithdrawFact())
    to_person(session, session.doors.persons.WithdrawFact, pb.WithdrawFactRequest, person, asked)


@command(app, "consent", writes=True)
def consent(
    session: Session,
    person: PersonName,
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="EMAIL, SMS, WHATSAPP ...")],
    source: Annotated[str, typer.Option("--source", help="How it was given: form, call, contract.")] = "",
) -> None:
    """Record that a person agrees to be contacted on a channel."""
    from cli.ask import to_person
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    asked = from_plain({"channel": channel.upper(), "source": source}, pb.GiveConsent())
    to_person(session, session.doors.persons.GiveConsent, pb.GiveConsentRequest, person, asked)


@command(app, "point", writes=True)
def point(
    session: Session,
    person: PersonName,
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="EMAIL, SMS, WHATSAPP, LETTER, PHONE or VISIT.")],
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="E-mail address, E.164 number, postal address.")],
    identity: Annotated[str, typer.Option("--id", help="Its own id; the channel's name by default.")] = "",
    place: Annotated[str, typer.Option("--place", help="HOME or WORK, where it is tied to one.")] = "",
) -> None:
    """Add a way to reach a person."""
    from cli.ask import to_person
    from cli.plain import from_plain
    from protos.escalera import v1 as pb

    written = {"point_id": identity or channel.lower(), "channel": channel.upper(), "address": address}
    asked = from_plain({**written, "place": place.upper() or None}, pb.AddContactPoint())
    to_person(session, session.doors.persons.AddContactPoint, pb.AddContactPointRequest, person, asked)
