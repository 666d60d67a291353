"""What commands and groups are made of: typer's own, which show their help and usage errors in the reader's language.

Imports nothing that takes long: pages, words and rich come in when something is to be shown.
"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from cli.language import language_of

if TYPE_CHECKING:  # typer carries its own click, and does not export these
    from typer._click import Context, HelpFormatter

_LANG, _PARAMETER = "--lang", "lang"


class Command(TyperCommand):
    """A command that shows its help in the language that its program was asked for, and speaks it itself."""

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """Read the arguments; a language that was said before the command holds where none is said after it."""
        left = super().parse_args(ctx, args)
        if ctx.params.get(_PARAMETER) == "":
            ctx.params[_PARAMETER] = _asked(ctx)
        return left

    def format_help(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """Print the page."""
        from cli.help_page import show_help

        show_help(self, ctx, language_of(_asked(ctx)))


class Group(TyperGroup):
    """A group of such commands; the one at the root also says in that language what was wrong in a call."""

    def format_help(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """Print the page."""
        from cli.help_page import show_help

        show_help(self, ctx, language_of(_asked(ctx)))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run what was called and end the process with its status; 2 where the call was not understood."""
        arguments = list(sys.argv[1:] if args is None else args)
        asked = asked_in(arguments)
        try:
            status = super().main(arguments, prog_name, complete_var, standalone_mode=False, obj=asked, **extra)
        except (typer.TyperException, typer.Abort) as error:
            from cli.help_page import show_error

            show_error(error, language_of(asked))
            sys.exit(getattr(error, "exit_code", 1))
        sys.exit(status if isinstance(status, int) else 0)


def asked_in(arguments: Sequence[str]) -> str:
    """Return the language that a command line asks for; "" for none. It may be one that cannot be parsed."""
    asked = ""
    for index, each in enumerate(arguments):
        if each == "--":
            break
        if each == _LANG:
            asked = arguments[index + 1] if index + 1 < len(arguments) else asked
        elif each.startswith(f"{_LANG}="):
            asked = each.partition("=")[2]
    return asked


def _asked(ctx: "Context") -> str:
    return ctx.obj if isinstance(ctx.obj, str) else ""
