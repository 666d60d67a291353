"""The launcher: knows when there is nothing to do, trusts what the lock names, and passes on what is not its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).resolve().parents[2]


def test_an_environment_that_is_up_to_date_is_left_alone() -> None:
    assert run.is_ready("run")
    assert run.is_ready("dev")


def test_a_changed_lock_or_a_moved_folder_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "changed.lock"
    changed.write_text("# nothing\n")
    with monkeypatch.context() as patch:
        patch.setitem(run.LOCKS, "run", changed)
        assert not run.is_ready("run")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    assert not run.is_ready("run")


def test_the_installer_itself_is_pinned_by_hash() -> None:
    pin = run.pin_of("uv", ROOT / "requirements-dev.lock").splitlines()
    assert pin[0].startswith("uv==")
    assert len(pin) > 5
    assert all(line.strip().startswith("--hash=sha256:") for line in pin[1:])


@pytest.mark.parametrize("arguments", [["-n0"], ["-n", "4"], ["--numprocesses=1"], ["--pdb"]])
def test_who_says_how_many_processes_is_heeded(arguments: list[str]) -> None:
    assert run.parallel(arguments) == ()
    assert run.parallel(["tests/domain"]) != ()


def test_a_folder_called_like_one_of_ours_does_not_hide_it(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "__init__.py").write_text("raise SystemExit('a stranger')\n")
    answer = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "check", "no-such-check"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "HOME": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 2
    assert "no such check: no-such-check" in answer.stdout
    assert not (tmp_path / "none").exists()
