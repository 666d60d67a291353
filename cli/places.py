"""Where things are on this machine: the data folder, and the server that runs on it."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
HOME = PROJECT / ".escalera"


def data_folder(asked: str) -> Path:
    """The data folder that was asked for, or the project's own."""
    return Path(asked).absolute() if asked else HOME / "data"


def running_file(folder: Path) -> Path:
    """What `escalera up` writes once it answers, and removes when it stops."""
    return folder / "running.json"


def running_address(asked: str) -> str:
    """The gRPC address of the server that runs on a data folder; "" if none does."""
    return str(_running(asked).get("grpc", ""))


def environment_of(asked: str) -> dict[str, str]:
    """The settings of the engine that runs on a data folder over this process's own environment."""
    return {**os.environ, **_running(asked).get("environment", {})}


def _running(asked: str) -> dict[str, Any]:
    try:
        running: dict[str, Any] = json.loads(running_file(data_folder(asked)).read_text())
        with suppress(PermissionError):  # another user's process is a process too
            os.kill(int(running["pid"]), 0)
    except (OSError, ValueError, KeyError):  # never started, stopped, killed, or half written
        return {}
    return running
