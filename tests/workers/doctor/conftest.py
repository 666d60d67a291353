"""Installations to be looked over: one of files alone, and one on real servers."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from infra.keyring import master_key
from tests.infra.transparency.sealing import sealing
from workers.ports import free_port

__all__ = ["sealing"]


@pytest.fixture
def sound(tmp_path: Path) -> dict[str, str]:
    """Settings of an installation with which nothing is wrong."""
    for name in ("keys", "seal"):
        master_key(tmp_path / name)
    (tmp_path / "letters").mkdir(mode=0o700)
    return {
        "ESCALERA_KEY_FILE": str(tmp_path / "keys"),
        "ESCALERA_SEAL_KEY_FILE": str(tmp_path / "seal"),
        "ESCALERA_LOG_NAME": "collections.example.com/log",
        "ESCALERA_PUBLIC_LOG_FOLDER": str(tmp_path),
        "ESCALERA_PUBLIC_URL": "https://collections.example.com",
        "ESCALERA_LETTER_FOLDER": str(tmp_path / "letters"),
        "DATABASE_URL": "postgresql://nowhere/",
    }


@pytest.fixture
def installed(fresh_dsn: str, tmp_path: Path, temporal_address: str) -> dict[str, str]:
    """An installation on real servers, with none of its processes."""
    for name in ("keys", "seal"):
        master_key(tmp_path / name)
    return {
        "DATABASE_URL": fresh_dsn,
        "TEMPORAL_ADDRESS": temporal_address,
        "ESCALERA_KEY_FILE": str(tmp_path / "keys"),
        "ESCALERA_SEAL_KEY_FILE": str(tmp_path / "seal"),
        "ESCALERA_LOG_NAME": "escalera.example/test",
        "ESCALERA_PUBLIC_LOG_FOLDER": str(tmp_path / "public"),
        "ESCALERA_GRPC_ADDRESS": f"127.0.0.1:{free_port()}",
        "ESCALERA_WEB_ADDRESS": f"127.0.0.1:{free_port()}",
    }


@pytest.fixture
def for_all() -> Iterator[Path]:
    """A folder that other users get into too."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)
