"""`python -m workers <api|web|worker|relay|projector|sealer|mail-in|mail-sink>`: one process each."""

import sys
from collections.abc import Callable
from importlib import import_module

from workers.process import Work, run

# Modules are imported by the process that needs them: a relay has no use for gRPC, nor an API for Temporal.
PROCESSES: dict[str, tuple[str, str]] = {
    "api": ("workers.api_server", "serve"),
    "web": ("workers.web_server", "serve"),
    "worker": ("workers.case_worker", "work"),
    "relay": ("workers.relay", "relay"),
    "projector": ("workers.projector", "project"),
    "sealer": ("workers.sealer", "seal"),
    "mail-in": ("workers.answers", "receive"),
    "mail-sink": ("workers.mail_sink", "receive"),
}


def main(arguments: list[str]) -> None:
    """Run the process that is named, until it is asked to stop."""
    if len(arguments) != 1 or arguments[0] not in PROCESSES:
        raise SystemExit(f"usage: python -m workers {'|'.join(PROCESSES)}")
    name = arguments[0]
    module, function = PROCESSES[name]
    work: Work = _found(getattr(import_module(module), function))
    run(name, work)


def _found(work: Callable[..., object]) -> Work:
    assert callable(work)
    return work  # type: ignore[return-value]  # found by name; each takes the settings and the event


if __name__ == "__main__":
    main(sys.argv[1:])
