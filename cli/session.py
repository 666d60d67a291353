"""One run of a command that talks to a server: its language, its channel, how it prints and how it ends.

Exit status: 0 done, 1 refused (or: not verified), 2 not understood, 3 no server, or one that failed, 4 done, and
something is left for a person.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import uuid4

from cli.harmless import harmless, json_text
from cli.language import Words
from cli.parse import Unreadable, parse_instant
from cli.refusal_words import told
from domain.decider import Rejected

if TYPE_CHECKING:  # both take long to import, and `--help` needs neither
    import grpc
    from rich.console import Console

    from api.client import Doors
    from api.shown import Shown

REFUSED, USAGE, UNAVAILABLE, LEFT = 1, 2, 3, 4
CONNECT_SECONDS = 5.0
UNNAMED = "operator:cli"  # who asks where nobody says so, and nobody asks
_NO_SERVER = frozenset({"UNAVAILABLE"})
_SILENCES = frozenset(
    {("psycopg", "OperationalError"), ("psycopg_pool", "PoolTimeout"), ("eventsourcing", "OperationalError")}
)
_FAILED = frozenset({"DEADLINE_EXCEEDED", "INTERNAL", "UNKNOWN", "UNIMPLEMENTED"})


@dataclass(kw_only=True)
class Session:
    """What a command gets to work with. `address` is "" when no server is known."""

    address: str
    words: Words
    as_json: bool
    lang: str = ""  # the language that was asked for, as written
    data: str = ""  # the data folder, as written
    token: str = field(default="", repr=False)
    token_file: str = ""  # where it is instead; read when a server is first asked
    ca: str = ""
    cert: str = ""
    cert_key: str = ""
    actor: str = UNNAMED
    request_id: str = ""
    at: str = ""  # when it happened, as written
    dry_run: bool = False
    timeout: float = 30.0
    _channel: "grpc.Channel | None" = field(default=None, repr=False)

    @cached_property
    def console(self) -> "Console":
        from cli.screen import Screen

        return Screen()

    @cached_property
    def doors(self) -> "Doors":
        """The services; exits with UNAVAILABLE where no server is known or none answers."""
        import grpc

        from api.client import OPTIONS, Doors

        if not self.address:
            self.fail(UNAVAILABLE, reason="NO_SERVER", detail=self.words("error", "unknown_address"))
        try:
            self._channel = self.shown.channel(self.address, OPTIONS)
        except OSError as error:
            self.fail(USAGE, reason="FILE_UNREADABLE", detail=f"{error.filename}: {error.strerror}", technical=True)
        try:
            grpc.channel_ready_future(self._channel).result(timeout=CONNECT_SECONDS)
        except grpc.FutureTimeoutError:
            self._no_server()
        return Doors(self._channel)

    @cached_property
    def shown(self) -> "Shown":
        """What proves who asks."""
        from api.shown import Shown
        from cli.token_file import read_token

        token = read_token(self.token_file) if self.token_file else self.token
        return Shown(token=token, authority=self.ca, certificate=self.cert, key=self.cert_key)

    def imported_by(self, importer: str) -> str:
        """Who imports: the importer, by name; "" where a proof has another one."""
        return "" if self.shown.anything else importer

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """Who asks, by name; by no name where a proof has one."""
        from api.client import acting_as

        return () if self.shown.anything and self.actor == UNNAMED else acting_as(self.actor)

    def common(self) -> dict[str, Any]:
        """The fields that every command's request has."""
        from google.protobuf.timestamp_pb2 import Timestamp

        fields: dict[str, Any] = {"request_id": self.request_id or f"cli-{uuid4()}", "validate_only": self.dry_run}
        if self.at:
            effective_time = Timestamp()
            effective_time.FromDatetime(parse_instant(self.at))
            fields["effective_time"] = effective_time
        return fields

    def give(self, data: object) -> None:
        """Print plain data as JSON."""
        sys.stdout.write(json_text(data))

    def fail(
        self, status: int, *, reason: str, detail: str, field: str = "", accepted: str = "", technical: bool = False
    ) -> NoReturn:
        """Say why on standard error and end with `status`.

        A `technical` detail is the English one of a refusal; the reason's own words come before it.
        """
        if self.as_json:
            error = {"reason": reason, "detail": detail, "field": field, "accepted": accepted}
            sys.stderr.write(json.dumps({"error": error}) + "\n")
        else:
            if ", " in field:  # several at once: each says its own field in the detail
                detail, field = detail.replace("; ", "\n"), ""
            lines = [f"{self.words('error', 'refused')}: {reason}" if status == REFUSED else ""]
            lines += told(self.words, reason, detail) if technical else [detail]
            lines += [f"  {self.words('error', 'field')}: {field}" if field else ""]
            lines += [f"  {self.words('error', 'accepted')}: {accepted}" if accepted else ""]
            sys.stderr.write(harmless("\n".join(line for line in lines if line)) + "\n")
        raise SystemExit(status)

    def refuse(self, refusal: Rejected) -> NoReturn:
        """Tell a refusal by what works without a server, and end."""
        field, accepted = refusal.field or "", refusal.accepted or ""
        self.fail(REFUSED, reason=refusal.reason, detail=refusal.detail, field=field, accepted=accepted, technical=True)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn whatever goes wrong inside into a message and an exit status."""
        import grpc

        from api.client import refused
        from application.sealing import CopyUnavailable
        from infra.settings import SettingInvalid

        try:
            yield
            sys.stdout.flush()
        except Unreadable as error:
            self.fail(USAGE, reason="NOT_UNDERSTOOD", detail=self._unreadable(error))
        except grpc.RpcError as error:
            said = refused(error)
            if said.code in _NO_SERVER and said.reason == said.code:
                self._no_server()
            if said.code == "DEADLINE_EXCEEDED":
                detail = self.words("error", "deadline", address=self.address)
                self.fail(UNAVAILABLE, reason=said.reason, detail=detail)
            at_the_door = said.code in ("UNAUTHENTICATED", "PERMISSION_DENIED")
            if at_the_door and self.words.has("access", said.reason):
                detail = self.words("access", said.reason)
                self.fail(REFUSED, reason=said.reason, detail=detail, accepted=said.accepted)
            status = UNAVAILABLE if said.code in _FAILED or said.code in _NO_SERVER else REFUSED
            self.fail(
                status,
                reason=said.reason,
                detail=said.detail,
                field=said.field,
                accepted=said.accepted,
                technical=True,
            )
        except Rejected as refusal:  # by what works without a server
            self.refuse(refusal)
        except SettingInvalid as invalid:
            self.fail(USAGE, reason="SETTING_INVALID", detail=str(invalid), technical=True)
        except CopyUnavailable as silent:
            self.fail(UNAVAILABLE, reason="PUBLIC_COPY_UNAVAILABLE", detail=str(silent), technical=True)
        except BrokenPipeError:  # `escalera cases | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(0) from None
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
            if error.filename is None:
                raise
            self.fail(USAGE, reason="FILE_UNUSABLE", detail=f"{error.filename}: {error.strerror}", technical=True)
        except Exception as error:
            if not _is_silence_of_database(error):
                raise
            self.fail(UNAVAILABLE, reason="DATABASE_UNREACHABLE", detail=self.words("error", "database"))
        finally:
            if self._channel is not None:
                self._channel.close()

    def _unreadable(self, error: Unreadable) -> str:
        try:
            return self.words("error", error.why, value=error.value, **error.values)
        except KeyError:  # a sentence of its own
            return self.words("error", "json", value=error.value, why=error.why)

    def _no_server(self) -> NoReturn:
        detail = self.words("error", "unavailable", address=self.address)
        self.fail(UNAVAILABLE, reason="UNAVAILABLE", detail=detail)


def _is_silence_of_database(error: Exception) -> bool:
    """Say whether a library tells that the database does not answer; none of them is imported for that."""
    names = {(kind.__module__.partition(".")[0], kind.__name__) for kind in type(error).__mro__}
    return not names.isdisjoint(_SILENCES)
