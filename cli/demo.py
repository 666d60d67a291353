"""`escalera demo`: run the story, show it, report it."""

import asyncio
import json
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from rich.console import Console

from cli.demo_report import outran, print_report
from cli.demo_screen import LiveScreen, PlainScreen
from cli.language import Words
from cli.places import HOME
from cli.screen import Screen
from cli.session import REFUSED, UNAVAILABLE, USAGE
from demo.figures import Figures
from demo.opening import OpeningRefused
from demo.story import Interrupted, Story
from infra.embedded import ServerError
from infra.embedded.process import is_alive
from infra.migrations import MigrationError

INTERRUPTED = 130


def show(story: Story, *, words: Words, json_file: str, data: str, keep: bool) -> int:
    """Run a story on a folder of its own and return the exit status: 0 only if everything was verified."""
    console = Screen(stderr=json_file == "-")
    folder = _folder(data)
    if folder is None:
        console.print(words("say", "not_empty", folder=data), style="red", markup=False)
        return USAGE
    keep = keep or bool(data)
    try:
        figures = _run(story, folder, console, words)
    except Interrupted:
        return INTERRUPTED
    except OpeningRefused as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return REFUSED
    except (ServerError, MigrationError) as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return UNAVAILABLE
    else:
        print_report(console, words, figures)
        if json_file:
            _write(figures, json_file)
        return 0 if figures.verified else REFUSED
    finally:
        if keep:
            console.print(words("demo", "kept", folder=folder), style="bright_black", soft_wrap=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _run(story: Story, folder: Path, console: Console, words: Words) -> Figures:
    title = words("demo", "title", cases=words.number(story.cases), days=story.days)
    screen: LiveScreen | PlainScreen
    if console.is_terminal and not console.is_dumb_terminal:
        screen = LiveScreen(console, words, title=title)
    else:
        console.print(title)
        screen = PlainScreen(console, words)
    with screen:
        return asyncio.run(story.run(folder, screen))


def _folder(data: str) -> Path | None:
    """An empty folder for the run; None when the one that was asked for is not empty."""
    if not data:
        HOME.mkdir(exist_ok=True)
        _sweep()
        return Path(tempfile.mkdtemp(prefix="demo-", dir=HOME))
    folder = Path(data).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return None if any(folder.iterdir()) else folder


def _sweep() -> None:
    """Remove what a killed demo left: one that ended, or was told to keep its folder, has emptied its lock."""
    for folder in HOME.glob("demo-*"):
        with suppress(OSError):
            owner = (folder / "lock").read_text().strip()
            if owner.isdecimal() and not is_alive(int(owner)):
                shutil.rmtree(folder, ignore_errors=True)


def _write(figures: Figures, json_file: str) -> None:
    found = asdict(figures) | {"verified": figures.verified, "clock_outran_the_machine": outran(figures.lateness)}
    text = json.dumps(found, ensure_ascii=False, indent=2, default=_written) + "\n"
    if json_file == "-":
        sys.stdout.write(text)
    else:
        Path(json_file).write_text(text, encoding="utf-8")


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the figures")
