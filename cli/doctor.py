"""`escalera doctor`: what is wrong with an installation, why it matters, and what to do about it."""

import tomllib
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.command import command
from cli.session import REFUSED, Session

if TYPE_CHECKING:
    from application.diagnosis import Diagnosis, Finding

_WORDS = Path(__file__).with_name("words") / "doctor"


def register(app: typer.Typer) -> None:
    """Put the command on the root."""
    command(app, "doctor")(doctor)


def doctor(
    session: Session,
    offline: Annotated[bool, typer.Option("--offline", help="Files and settings only; connect to nothing.")] = False,
) -> None:
    """Look an installation over, and explain what is wrong. Changes and sends nothing. Exit status 1 if anything is."""
    import asyncio

    from cli.places import data_folder, environment_of, running_address
    from workers.doctor import diagnose

    folder = data_folder(session.data)
    found = asyncio.run(
        diagnose(
            environment_of(session.data),
            folder=folder if folder.is_dir() else None,
            running=bool(running_address(session.data)),
            offline=offline,
        )
    )
    if session.as_json:
        session.give(_plain(found, session))
    else:
        _print(found, session)
    if not found.well:
        raise SystemExit(REFUSED)


@cache
def explanations(language: str) -> Mapping[str, Mapping[str, str]]:
    """Return what is said of each finding, by code: `what`, `why`, `do`."""
    return tomllib.loads((_WORDS / f"{language}.toml").read_text(encoding="utf-8"))


def explained(finding: "Finding", language: str) -> dict[str, str]:
    """Return what a finding is, why it matters and what to do."""
    said = explanations(language)[finding.code]
    return {key: said[key].format(**finding.values) for key in ("what", "why", "do")}


def _plain(found: "Diagnosis", session: Session) -> dict[str, Any]:
    return {
        "well": found.well,
        "looked_at": list(found.looked_at),
        "not_looked_at": list(found.not_looked_at),
        "findings": [
            {
                "code": each.code,
                "severity": each.severity.value,
                "values": dict(each.values),
                **explained(each, session.words.language),
            }
            for each in found.findings
        ],
    }


def _print(found: "Diagnosis", session: Session) -> None:
    from rich.text import Text

    from application.diagnosis import Severity

    words = session.words
    say = partial(session.console.print, soft_wrap=True)
    for each in sorted(found.findings, key=lambda finding: finding.severity is not Severity.WRONG):
        said, is_wrong = explained(each, words.language), each.severity is Severity.WRONG
        mark = words("doctor", "wrong" if is_wrong else "doubtful")
        say(Text(f"{mark}: {said['what']}", style="bold red" if is_wrong else "yellow"))
        say(Text(f"  {said['why']}", style="bright_black"))
        say(Text(f"  → {said['do']}"))
    if found.not_looked_at:
        parts = ", ".join(words("doctor", part) for part in found.not_looked_at)
        say(words("doctor", "not_looked_at", parts=parts), style="bright_black")
    parts = ", ".join(words("doctor", part) for part in found.looked_at)
    say(words("doctor", "looked_at", parts=parts), style="bright_black")
    verdict = words("doctor", "well" if found.well else "ill")
    say(verdict, style="green" if found.well else "bold red")
