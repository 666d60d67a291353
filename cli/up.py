"""`escalera up`: start everything, say where it listens, serve until stopped."""

import asyncio
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from cli.language import Words
from cli.screen import Screen
from cli.session import REFUSED, UNAVAILABLE
from cli.show import facts
from infra.embedded import DataInUse, ServerError
from infra.migrations import MigrationError
from infra.settings import SettingInvalid
from infra.temporal_refusal import TemporalRefused
from workers.engine import Engine, EngineOptions, Places


def serve(folder: Path, options: EngineOptions, words: Words, *, as_json: bool) -> int:
    """Run an engine until SIGTERM, SIGINT or SIGHUP; return the exit status."""
    talk = Screen(stderr=True)
    try:
        return asyncio.run(_serve(folder, options, words, talk, as_json=as_json))
    except DataInUse as error:
        talk.print(str(error), style="red", markup=False, soft_wrap=True)
        return REFUSED
    except (ServerError, MigrationError, SettingInvalid, TemporalRefused) as error:
        talk.print(str(error), style="red", markup=False, soft_wrap=True)
        talk.print(words("error", "ask_doctor"), style="yellow", soft_wrap=True)
        return UNAVAILABLE


async def _serve(folder: Path, options: EngineOptions, words: Words, talk: Console, *, as_json: bool) -> int:
    began = time.monotonic()

    def starting(what: str) -> None:
        talk.print(words("say", "starting", what=what), style="bright_black")

    def changed(name: str, what: str) -> None:
        talk.print(f"{name}: {what}", style="yellow", markup=False)

    async with Engine(folder, options, on_start=starting, on_change=changed) as engine:
        places = await engine.start()
        if as_json:
            sys.stdout.write(json.dumps(asdict(places)) + "\n")
            sys.stdout.flush()
        else:
            console = Screen()
            console.print(_panel(words, places, time.monotonic() - began))
            console.print(words("say", "stop_hint"), style="bright_black")
        await engine.until_stopped()
        talk.print(words("say", "stopping"), style="bright_black")
    talk.print(words("say", "stopped", folder=folder), style="bright_black", soft_wrap=True)
    return 0


def _panel(words: Words, places: Places, seconds: float) -> Panel:
    rows: Table = facts(
        [
            (words("label", "grpc"), places.grpc),
            (words("label", "web"), places.web),
            (words("label", "temporal_page"), places.temporal_page),
            (words("label", "temporal"), places.temporal),
            (words("label", "mail_sink"), f"{places.smtp} → {places.mail}" if places.mail else places.smtp),
            (words("label", "data"), places.folder),
        ]
    )
    title = f"{words('say', 'ready')} ({seconds:.1f} s)"
    return Panel(rows, title=title, title_align="left", border_style="green", expand=False)
