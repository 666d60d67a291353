"""docs/reference/cli.md: every command with its arguments and options, from the command line itself."""

import inspect
from collections.abc import Iterator
from typing import Any

import typer

from cli.app import app
from cli.command import command as with_shared_options
from cli.help_page import VALUES
from tools.pages.source import GENERATED, opening, sentences, table

SHARED = "Commands that talk to the server have these; the second table is of those that change something."


def page() -> str:
    """Return the page's text."""
    return "\n".join(_parts()).rstrip() + "\n"


def _parts() -> Iterator[str]:
    root = typer.main.get_command(app)
    shared = _shared()
    yield f"# The command line\n\n{GENERATED}\n\n{opening('cli')}"
    yield f"## Options that many commands share\n\n{SHARED}\n"
    for options in shared:
        yield _table(options)
    names = {option.name for options in shared for option in options}
    yield from _below(root, "escalera", names)


def _shared() -> tuple[list[Any], list[Any]]:
    """Return the options of every command that reads, and those that commands which change something have besides."""
    reads, writes = typer.Typer(add_completion=False), typer.Typer(add_completion=False)

    def nothing(session: object) -> None:
        """Do nothing."""

    with_shared_options(reads, "nothing")(nothing)
    with_shared_options(writes, "nothing", writes=True)(nothing)
    both = [typer.main.get_command(each).params for each in (reads, writes)]
    seen = {option.name for option in both[0]}
    kept = [[option for option in options if option.name != "help"] for options in both]
    return kept[0], [option for option in kept[1] if option.name not in seen]


def _below(group: Any, path: str, shared: set[str]) -> Iterator[str]:
    """Describe the commands of a group, the plain ones first."""
    members = sorted(group.commands.items(), key=lambda item: hasattr(item[1], "commands"))
    for name, member in members:
        if hasattr(member, "commands"):
            yield f"## {path} {name}\n\n{sentences(_help(member))}\n"
            yield from _below(member, f"{path} {name}", shared)
        else:
            yield from _command(member, f"{path} {name}", shared)


def _command(command: Any, path: str, shared: set[str]) -> Iterator[str]:
    own = [each for each in command.params if each.name != "help" and each.name not in shared]
    common = len(own) < len([each for each in command.params if each.name != "help"])
    arguments = [each for each in own if each.param_type_name == "argument"]
    words = "".join(f" {_argument(each)}" for each in arguments)
    options = " [OPTIONS]" if own != arguments or common else ""
    yield f"### {path}\n\n```\n{path}{words}{options}\n```\n\n{sentences(_help(command))}\n"
    if own:
        yield _table(own)


def _argument(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper()
    name = f"{name}..." if argument.nargs == -1 else name
    return name if argument.required else f"[{name}]"


def _table(parameters: list[Any]) -> str:
    return table(("", "default", "meaning"), ((_name(each), _default(each), _about(each)) for each in parameters))


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{_argument(parameter)}`"
    names = ", ".join(f"`{name}`" for name in parameter.opts)
    return (
        names if parameter.is_flag else f"{names} {parameter.metavar or VALUES[parameter.type_descriptor.annotation]}"
    )


def _default(parameter: Any) -> str:
    default = int(parameter.default) if isinstance(parameter.default, float) else parameter.default
    if parameter.required:
        return "required"
    return "" if default in (None, False, "", (), [], 0) or callable(default) else f"`{default}`"


def _about(parameter: Any) -> str:
    variable = f" Or `{parameter.envvar}`." if getattr(parameter, "envvar", None) else ""
    return f"{parameter.help or ''}{variable}"


def _help(command: Any) -> str:
    return " ".join(inspect.cleandoc(command.help or "").split())
