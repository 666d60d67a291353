"""`escalera templates preview|list|check`: what is said to people, seen before it is said. Needs no server."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.command import command
from cli.session import REFUSED, USAGE, Session

if TYPE_CHECKING:
    from application.messages import Facts, Words
    from domain.case.words import Channel
    from infra.settings import Settings
    from infra.templates import TemplateCatalogue
    from infra.templates.check import Law, Problem

app = typer.Typer(no_args_is_help=True, help="The messages, letters and scripts that strategies use.")

Folders = Annotated[
    list[Path] | None,
    typer.Option(
        "--templates",
        metavar="FOLDER",
        help="A folder with templates on top; ESCALERA_TEMPLATES_DIR by default. Repeatable.",
    ),
]
SHOWN_MAX = 40


@command(app, "list")
def list_templates(session: Session, folders: Folders = None) -> None:
    """List every template: from which stage it may be used, on which channels, in which languages."""
    from cli.show import stage, table
    from infra.templates.check import spoken

    catalogue = _catalogue(session, folders)
    templates = [catalogue.template(name, catalogue.languages[0]) for name in catalogue.names()]
    if session.as_json:
        found = [
            {
                "template": each.name,
                "from_stage": each.from_stage.value,
                "channels": [channel.value for channel in spoken(each)],
                "checklist": each.checklist is not None,
            }
            for each in templates
        ]
        return session.give({"languages": list(catalogue.languages), "templates": found})
    words = session.words
    rows = []
    for each in templates:
        ways = [words.of("channel", channel.value) for channel in spoken(each)]
        ways += [words("label", "checklist")] if each.checklist else []
        rows.append((each.name, stage(words, each.from_stage.value), ", ".join(ways)))
    session.console.print(table(words, ("template", "from_stage", "channel"), rows))
    session.console.print(f"{words('label', 'language')}: {', '.join(catalogue.languages)}", style="bright_black")
    return None


@command(app, "preview")
def preview(
    session: Session,
    template: Annotated[str, typer.Argument(metavar="TEMPLATE", help="As in `templates list`.")],
    channel: Annotated[str, typer.Option("--channel", help="email, sms, whatsapp, letter, phone or visit.")] = "",
    language: Annotated[str, typer.Option("--language", help="The reader's, as a BCP 47 tag.")] = "en",
    jurisdiction: Annotated[
        str, typer.Option("--jurisdiction", help="Whose law holds (CO, US-MA): with all that it wants said.")
    ] = "",
    values: Annotated[str, typer.Option("--values", help="usual, longest or least.")] = "usual",
    html: Annotated[Path | None, typer.Option("--html", help="Write an e-mail's HTML to this file.")] = None,
    folders: Folders = None,
) -> None:
    """Show a message as its reader would get it, with made-up values."""
    catalogue = _catalogue(session, folders)
    on = _channel(session, catalogue, template, channel)
    facts = _facts(session, values, language, jurisdiction, on)
    words = _written(session, catalogue, template, on, facts)
    if html is not None:
        html.write_text(words.html, encoding="utf-8")
    if session.as_json:
        session.give(_plain(words, facts))
    else:
        _show(session, words, on)


@command(app, "check")
def check(session: Session, folders: Folders = None) -> None:
    """Check that all that strategies use can be said: everywhere, in every language. Exit status 1 if not."""
    from infra.strategies import load_strategies
    from infra.templates.check import problems

    settings = _settings()
    own = (Path(settings.strategies_dir),) if settings.strategies_dir else ()
    catalogue = _catalogue(session, folders)
    found = problems(catalogue, load_strategies(*own).all(), _laws())
    count = len(catalogue.names()) * len(catalogue.languages)
    if session.as_json:
        session.give({"templates": count, "problems": [_plain_problem(each) for each in found]})
    else:
        _show_problems(session, found, count)
    if found:
        raise SystemExit(REFUSED)


def _catalogue(session: Session, folders: list[Path] | None) -> "TemplateCatalogue":
    from domain.decider import Rejected
    from infra.templates import load_catalogue

    settings = _settings()
    own = folders or ([Path(settings.templates_dir)] if settings.templates_dir else [])
    try:
        return load_catalogue(*own)
    except Rejected as error:
        session.refuse(error)


def _settings() -> "Settings":
    from infra.settings import Settings

    return Settings.from_env()


def _laws() -> "tuple[Law, ...]":
    from infra.rules import load_rules
    from infra.templates.check import laws_of

    settings = _settings()
    return laws_of(load_rules(*((Path(settings.rules_dir),) if settings.rules_dir else ())).rule_sets)


def _channel(session: Session, catalogue: "TemplateCatalogue", name: str, channel: str) -> "Channel | None":
    """Return the channel that is meant; the template's first where none is named; None for a checklist."""
    from domain.case.words import Channel
    from infra.templates.check import spoken

    if name not in catalogue.names():
        accepted = ", ".join(catalogue.names())
        session.fail(USAGE, reason="TEMPLATE_UNKNOWN", detail=name, field="template", accepted=accepted, technical=True)
    channels = spoken(catalogue.template(name, catalogue.languages[0]))
    if not channel:
        return channels[0] if channels else None
    if channel.upper() not in channels:
        accepted = ", ".join(each.value.lower() for each in channels)
        session.fail(
            USAGE, reason="CHANNEL_WITHOUT_WORDS", detail=channel, field="channel", accepted=accepted, technical=True
        )
    return Channel(channel.upper())


def _facts(session: Session, values: str, language: str, jurisdiction: str, channel: "Channel | None") -> "Facts":
    from infra.templates.samples import least, longest, usual

    makers = {"usual": usual, "longest": longest, "least": least}
    if values not in makers:
        session.fail(
            USAGE, reason="NOT_UNDERSTOOD", detail=values, field="values", accepted=", ".join(makers), technical=True
        )
    jurisdiction = jurisdiction.upper()
    enclosing = {jurisdiction, *(jurisdiction[:place] for place, mark in enumerate(jurisdiction) if mark == "-")}
    laws = [law for law in _laws() if law.jurisdiction and law.jurisdiction in enclosing] if jurisdiction else []
    duties = tuple(dict.fromkeys(duty for law in laws if channel for duty in law.duties_on(channel)))
    return makers[values](language, jurisdiction, duties)


def _written(
    session: Session, catalogue: "TemplateCatalogue", template: str, channel: "Channel | None", facts: "Facts"
) -> "Words":
    from infra.templates import Missing

    try:
        if channel is not None:
            return catalogue.words(template, channel, facts)
        words = catalogue.script(template, None, facts)
    except Missing as missing:
        session.fail(
            REFUSED, reason="WORDS_MISSING", detail=str(missing), field="values", accepted="usual", technical=True
        )
    assert words is not None, f"{template} has neither words nor a checklist"
    return words


def _plain(words: "Words", facts: "Facts") -> dict[str, object]:
    from infra.templates.draft import unfulfilled
    from infra.templates.segments import segments

    size = segments(words.body)
    return {
        "language": words.language,
        "subject": words.subject,
        "body": words.body,
        "segments": {"alphabet": size.alphabet, "units": size.units, "count": size.count},
        "content": sorted(words.content),
        "unfulfilled": list(unfulfilled(facts.duties, words.content)),
        "provider_template": words.provider_template,
        "provider_language": words.provider_language,
        "parameters": list(words.parameters),
        "template_hash": words.template_hash,
    }


def _show(session: Session, words: "Words", channel: "Channel | None") -> None:
    from rich.panel import Panel
    from rich.text import Text

    from cli.show import facts
    from infra.templates.segments import foreign, segments

    say = session.words
    title = Text(words.subject) if words.subject else None
    session.console.print(Panel(Text(words.body.rstrip()), title=title, title_align="left", width=100))
    size = segments(words.body)
    weight = say("say", "parts", count=size.count, units=size.units, alphabet=size.alphabet)
    other = foreign(words.body)
    is_sms = channel is not None and channel.value == "SMS"
    pairs = [
        ("language", words.language),
        ("parts", weight + (f" ({' '.join(other)})" if other else "") if is_sms else ""),
        ("provider_template", f"{words.provider_template} · {words.provider_language}" if words.parameters else ""),
        ("parameters", " · ".join(f"{place}: {value}" for place, value in enumerate(words.parameters, start=1))),
        ("content", ", ".join(sorted(words.content))),
        ("template_hash", Text(words.template_hash, overflow="fold")),
    ]
    session.console.print(facts((say("label", key), value) for key, value in pairs))


def _plain_problem(problem: "Problem") -> dict[str, str]:
    channel = problem.channel.value if problem.channel else ""
    return {"where": problem.where, "channel": channel, "jurisdiction": problem.jurisdiction, "what": problem.what}


def _show_problems(session: Session, found: "tuple[Problem, ...]", count: int) -> None:
    from cli.show import table

    words = session.words
    if not found:
        return session.console.print(words("say", "templates_fit", count=words.number(count)))
    rows = [
        (each.where, words.of("channel", each.channel.value) if each.channel else "", each.jurisdiction, each.what)
        for each in found[:SHOWN_MAX]
    ]
    session.console.print(table(words, ("place", "channel", "jurisdiction", "why"), rows))
    if len(found) > SHOWN_MAX:
        session.console.print(words("say", "more_problems", count=words.number(len(found) - SHOWN_MAX)))
    return None
