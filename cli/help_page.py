"""A help page, and what is said of a call that was not understood."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.columns import Columns
from rich.console import RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from cli.help_words import HelpWords, subject_of
from cli.screen import Screen

if TYPE_CHECKING:  # typer carries its own click, and does not export these
    from typer._click import Context

    Parameter = TyperArgument | TyperOption

# How a value is called that has no name of its own.
VALUES: dict[Any, str] = {int: "NUMBER", float: "NUMBER", str: "TEXT", Path: "FILE"}
VALUES |= {list[str]: "TEXT", list[Path]: "FILE"}
_NAME, _VALUE, _NOTE, _REQUIRED = "bold cyan", "bold yellow", "dim", "red"


def show_help(command: TyperCommand | TyperGroup, ctx: "Context", language: str) -> None:
    """Print a command's page on standard output."""
    words, path = HelpWords(language), _path(ctx)
    screen = Screen()
    screen.print(Padding(_usage(command, ctx, words), 1))
    for paragraph in words.paragraphs(command.help, subject_of(path)):
        screen.print(Padding(paragraph, (0, 1, 1, 1)))
    shown = [each for each in command.get_params(ctx) if not getattr(each, "hidden", False)]
    for title, kind in (("Arguments", TyperArgument), ("Options", TyperOption)):
        of_kind = [each for each in shown if isinstance(each, kind)]
        if of_kind:
            screen.print(_panel(words.own(title), _parameters(of_kind, words, subject_of(path))))
    if isinstance(command, TyperGroup):
        members = [each for each in command.commands.values() if not each.hidden]
        screen.print(_panel(words.own("Commands"), _commands(members, words, path)))
    for paragraph in words.paragraphs(command.epilog, subject_of(path)):
        screen.print(Padding(paragraph, 1))


def show_error(error: typer.TyperException | typer.Abort, language: str) -> None:
    """Say on standard error why a call was not understood, and how it is made."""
    words, screen = HelpWords(language), Screen(stderr=True)
    if isinstance(error, typer.Abort):
        screen.print(words.own("Aborted."), style=_REQUIRED)
        return
    message = error.format_message()
    if not message:  # nothing was asked for, and the page of what there is has been shown
        return
    ctx: Context | None = getattr(error, "ctx", None)
    if ctx is not None:
        screen.print(_usage(ctx.command, ctx, words))
        screen.print(words.own(f"Try '{ctx.command_path} {ctx.help_option_names[0]}' for help."), style=_NOTE)
    screen.print(Panel(words.own(message), title=words.own("Error"), title_align="left", border_style=_REQUIRED))
    sys.stderr.flush()


def _path(ctx: "Context") -> list[str]:
    """Return the names of the groups and the command, below the program's."""
    return [] if ctx.parent is None else [*_path(ctx.parent), str(ctx.info_name)]


def _usage(command: Any, ctx: "Context", words: HelpWords) -> Text:
    """Return the one line: "Usage: escalera case pay [OPTIONS] CASE AMOUNT"."""
    pieces = [_in_a_call(each, words) for each in command.get_params(ctx) if isinstance(each, TyperArgument)]
    pieces += [words.names("COMMAND"), f"[{words.names('ARGS')}]..."] if isinstance(command, TyperGroup) else []
    head = Text(f"{words.own('Usage')}: ", style="yellow")
    return head.append(" ".join((ctx.command_path, f"[{words.names('OPTIONS')}]", *pieces)), style="bold")


def _in_a_call(argument: TyperArgument, words: HelpWords) -> str:
    name = _value(argument, words)
    return name if argument.required else f"[{name}]"


def _value(parameter: "Parameter", words: HelpWords) -> str:
    """Return how the value of a parameter is called; "" for a flag, which has none."""
    if isinstance(parameter, TyperOption):
        if parameter.is_flag:
            return ""
        return words.names(parameter.metavar or VALUES[parameter.type_descriptor.annotation])
    name = parameter.metavar or parameter.name.upper()
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
    return words.names(name.removesuffix("...")) + ("..." if parameter.nargs != 1 else "")


def _panel(title: str, table: Table) -> Panel:
    return Panel(table, title=title, title_align="left", border_style="dim")


def _table() -> Table:
    return Table(box=None, show_header=False, expand=True, pad_edge=False, padding=(0, 1))


def _parameters(parameters: Sequence[Any], words: HelpWords, subject: str) -> Table:
    table = _table()
    starred = any(each.required for each in parameters)
    if starred:
        table.add_column(style=_REQUIRED, width=1)
    options = isinstance(parameters[0], TyperOption)
    table.add_column(style=_NAME, no_wrap=True)
    if options:
        table.add_column(style=_VALUE, no_wrap=True)
    table.add_column(ratio=1)
    for each in parameters:
        names = (
            [",".join((*each.opts, *each.secondary_opts)), _value(each, words)] if options else [_value(each, words)]
        )
        star = [("*" if each.required else "")] if starred else []
        table.add_row(*star, *names, Columns(list(_about(each, words, subject))))
    return table


def _about(parameter: "Parameter", words: HelpWords, subject: str) -> Iterable[RenderableType]:
    """Yield what a parameter is for, and in brackets what else is to be known of it."""
    yield " ".join(words.paragraphs(parameter.help, subject))
    notes = []
    if parameter.show_envvar and parameter.envvar:
        notes.append(f"env var: {parameter.envvar}")
    least, most = parameter.min, parameter.max
    if least is not None or most is not None:
        notes.append(f"≥ {least}" if most is None else f"≤ {most}" if least is None else f"{least}–{most}")
    if parameter.show_default and parameter.default not in (None, False, "", (), [], 0):
        default = parameter.default
        notes.append(f"default: {int(default) if isinstance(default, float) and default.is_integer() else default}")
    if parameter.required:
        notes.append("required")
    yield from (Text(f"[{words.own(note)}]", style=_NOTE) for note in notes)


def _commands(members: Sequence[Any], words: HelpWords, path: Sequence[str]) -> Table:
    table = _table()
    table.add_column(style=_NAME, no_wrap=True)
    table.add_column(ratio=1)
    for each in members:
        name = str(each.name)
        table.add_row(name, words.paragraphs(each.help, subject_of([*path, name]))[0])
    return table
