"""Files with personal data are their owner's alone, whatever was there before under that name."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.private_file import open_private, write_private
from workers.exporting import Export, export_to

CLI = Path(__file__).resolve().parents[2] / "cli"


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """A person whose new files are everybody's."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_new_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    write_private(tmp_path / "new", b"x")
    assert (mode(tmp_path / "new"), (tmp_path / "new").read_bytes()) == (0o600, b"x")


def test_a_file_that_everybody_could_read_is_shut_before_anything_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "old"
    file.write_bytes(b"something longer")
    file.chmod(0o666)
    with open_private(file) as new:
        assert (mode(file), file.read_bytes()) == (0o600, b"")
        new.write(b"x")
    assert file.read_bytes() == b"x"


def test_a_link_leads_nowhere(tmp_path: Path) -> None:
    other, link = tmp_path / "other", tmp_path / "link"
    other.write_bytes(b"somebody's")
    link.symlink_to(other)
    with pytest.raises(OSError, match="link"):
        write_private(link, b"x")
    assert other.read_bytes() == b"somebody's"


def test_an_export_for_process_mining_follows_no_link_either_and_is_its_owner_s_alone(tmp_path: Path) -> None:
    class Written(Export):
        def write(self, form: str, out: object) -> object:  # type: ignore[override]  # the file alone is of interest
            out.write("x")  # type: ignore[attr-defined]  # a text file
            return None

    victim, out = tmp_path / "victim", tmp_path / "log.xes"
    victim.write_bytes(b"somebody's")
    (tmp_path / ".log.xes.part").symlink_to(victim)
    out.symlink_to(victim)
    export_to(out, Written(dsn="", pseudonym=lambda kind, name: name), "xes")  # type: ignore[arg-type]  # any will do
    assert victim.read_bytes() == b"somebody's"
    assert not out.is_symlink()
    assert (mode(out), out.read_text()) == (0o600, "x")


def test_no_command_opens_a_file_of_that_kind_by_itself() -> None:
    others = {file.name for file in CLI.rglob("*.py") if "os.open(" in file.read_text()}
    assert others == {"private_file.py", "session.py"}  # a session opens /dev/null
