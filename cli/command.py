"""How a command is registered: its own parameters, and those that all of them share, in one place."""

import inspect
import os
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Annotated, Any

import typer

from cli.language import choose
from cli.parse import Unreadable
from cli.places import running_address
from cli.session import UNNAMED, Session
from cli.spoken import Command

Server = Annotated[
    str,
    typer.Option("--server", envvar="ESCALERA_GRPC_ADDRESS", help="HOST:PORT; the running `escalera up` by default."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Lang = Annotated[str, typer.Option("--lang", help="en, es or pt; from LC_ALL or LANG by default.")]
Data = Annotated[str, typer.Option("--data", envvar="ESCALERA_DATA", help="Data folder whose server is meant.")]
Actor = Annotated[str, typer.Option("--as", envvar="ESCALERA_ACTOR", help="Who asks: role:id.")]
RequestId = Annotated[str, typer.Option("--request-id", help="Makes it safe to repeat; a new one by default.")]
At = Annotated[str, typer.Option("--at", help="When it happened (ISO 8601); now by default.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would follow; change nothing.")]
Timeout = Annotated[float, typer.Option("--timeout", help="Seconds to wait for an answer.")]

Token = Annotated[
    str,
    typer.Option(
        "--token",
        envvar="ESCALERA_TOKEN",
        help="A bearer token that says who asks. Written here, other users of the machine see it (`ps`).",
    ),
]
TokenFile = Annotated[
    str,
    typer.Option(
        "--token-file", envvar="ESCALERA_TOKEN_FILE", help="A file of yours alone with the token; - for standard input."
    ),
]
Ca = Annotated[
    str, typer.Option("--ca", envvar="ESCALERA_CA", help="PEM file of the server's authority; asks for TLS.")
]
Cert = Annotated[str, typer.Option("--cert", envvar="ESCALERA_CERT", help="PEM file of a client certificate.")]
CertKey = Annotated[str, typer.Option("--cert-key", envvar="ESCALERA_CERT_KEY", help="PEM file of its key.")]

_READS: tuple[tuple[str, Any, Any], ...] = (
    ("server", Server, ""),
    ("data", Data, ""),
    ("as_json", AsJson, False),
    ("lang", Lang, ""),
    ("timeout", Timeout, 30.0),
    ("token", Token, ""),
    ("token_file", TokenFile, ""),
    ("ca", Ca, ""),
    ("cert", Cert, ""),
    ("cert_key", CertKey, ""),
)
_WRITES: tuple[tuple[str, Any, Any], ...] = (
    ("actor", Actor, UNNAMED),
    ("request_id", RequestId, ""),
    ("at", At, ""),
    ("dry_run", DryRun, False),
)

Body = Callable[..., None]


def command(app: typer.Typer, name: str, *, writes: bool = False) -> Callable[[Body], Body]:
    """Register `function(session, ...)` under `name` with the shared options; `writes` adds those of commands.

    A parameter whose type is a dataclass stands for its fields: options that several commands have alike.
    """

    def register(function: Body) -> Body:
        shared = _READS + (_WRITES if writes else ())
        own = list(inspect.signature(function).parameters.values())[1:]
        together = [each for each in own if is_dataclass(each.annotation)]

        def run(**values: Any) -> None:
            taken = {key: values.pop(key) for key, _, _ in shared}
            address = taken.pop("server") or running_address(taken["data"])
            session = Session(address=address, words=choose(taken["lang"] or None, os.environ), **taken)
            for each in together:
                values[each.name] = each.annotation(**{key.name: values.pop(key.name) for key in _spread(each)})
            with session.errors():
                _one_token(session)
                function(session, **values)

        options = [_parameter(key, kind, default) for key, kind, default in shared]
        parameters = [key for each in own for key in _spread(each)] + options
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        run.__doc__ = function.__doc__
        app.command(name, cls=Command)(run)
        return function

    return register


def _one_token(session: Session) -> None:
    """Keep one of a token and a file with one: what is on the command line comes before the environment's.

    Raises:
        Unreadable: both come from the same place, and nobody can know which is meant.
    """
    if not (session.token and session.token_file):
        return
    from_environment = [
        os.environ.get(name) == value
        for name, value in (("ESCALERA_TOKEN", session.token), ("ESCALERA_TOKEN_FILE", session.token_file))
    ]
    match from_environment:
        case [True, False]:
            session.token = ""
        case [False, True]:
            session.token_file = ""
        case _:
            raise Unreadable("--token, --token-file", "two_tokens")


def _spread(parameter: inspect.Parameter) -> Iterator[inspect.Parameter]:
    """Yield what a parameter is on the command line: itself, or the fields that it stands for."""
    kind = parameter.annotation
    if is_dataclass(kind):
        yield from (_parameter(each.name, each.type, each.default) for each in fields(kind))
    else:
        yield parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)


def _parameter(name: str, kind: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
