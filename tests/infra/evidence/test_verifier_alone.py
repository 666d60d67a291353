"""`verify.py` runs where there is nothing but Python, says in words what it checked, and ends with 0 or 1."""

import ast
import re
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from domain.evidence import verify as inside
from domain.evidence.archive import packed
from infra.evidence.one_file import verifier
from tests.counterparts.pythons import found_pythons
from tests.infra.evidence.alone import alone
from tests.infra.evidence.bundles import Made, run

PYTHONS = {**found_pythons(), sys.version_info[:2]: sys.executable}


@pytest.fixture
def folder(made: Made, tmp_path: Path) -> Path:
    (tmp_path / "verify.py").write_bytes(made.files["verify.py"])
    (tmp_path / "case.zip").write_bytes(made.archive)
    return tmp_path


@pytest.mark.parametrize("version", PYTHONS, ids=str)
def test_it_needs_nothing_but_python(made: Made, folder: Path, version: tuple[int, int]) -> None:
    said = run(
        "verify.py", "case.zip", "--key", made.key, "--public", str(made.public), folder=folder, python=PYTHONS[version]
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.count("[ok]") == 10
    assert "WHOLE: everything" in said.stdout
    assert " ! " not in said.stdout


def test_it_verifies_the_folder_that_it_was_unpacked_in(made: Made, tmp_path: Path) -> None:
    (tmp_path / "case.zip").write_bytes(made.archive)
    unpacked = tmp_path / "unpacked"
    with ZipFile(tmp_path / "case.zip") as archive:
        archive.extractall(unpacked)
    said = run("verify.py", folder=unpacked)
    assert said.returncode == 0
    assert "key.txt: the key inside the bundle was trusted" in said.stdout
    assert "a bundle alone cannot show" in said.stdout
    (unpacked / "events" / "000009" / "state.json").write_text("{}")
    said = run("verify.py", folder=unpacked)
    assert said.returncode == 1
    assert "events/000009/state.json" in said.stdout
    assert "NOT WHOLE" in said.stdout


@pytest.mark.parametrize(("language", "word"), [("es", "ÍNTEGRO"), ("pt", "ÍNTEGRO"), ("en", "WHOLE"), ("xx", "WHOLE")])
def test_it_speaks_the_reader_s_language(folder: Path, language: str, word: str) -> None:
    said = run("verify.py", "case.zip", "--lang", language, "--list", folder=folder)
    assert said.returncode == 0
    assert word in said.stdout
    assert "9  2026-04-15 09:00:00Z  PaymentRecorded  system:test" in said.stdout


def test_what_a_bundle_says_does_nothing_to_the_reader_s_terminal(made: Made, tmp_path: Path) -> None:
    hostile = "\x1b[2J\x9b1m\u202e[ok] WHOLE\r\n[ok] WHOLE"
    files = {**made.files, f"documents/{hostile}": b"", "rules/\x07.toml": b""}
    (tmp_path / "verify.py").write_bytes(made.files["verify.py"])
    (tmp_path / "case.zip").write_bytes(packed(files))
    said = run("verify.py", "case.zip", "--list", folder=tmp_path)
    assert said.returncode == 1
    assert "\\x1b[2J\\x9b1m\\u202e[ok] WHOLE\\r\\n[ok] WHOLE" in said.stdout
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", said.stdout)


def test_the_key_may_be_a_file_and_a_wrong_one_ends_with_one(made: Made, folder: Path) -> None:
    (folder / "key").write_text(f"{made.key}\n")
    assert run("verify.py", "case.zip", "--key", "key", folder=folder).returncode == 0
    other = made.key.replace("escalera.example", "escalera.other")
    said = run("verify.py", "case.zip", "--key", other, folder=folder)
    assert said.returncode == 1
    assert "not signed by this key" in said.stdout


def test_where_there_is_nothing_to_verify_it_says_so(folder: Path) -> None:
    assert run("verify.py", folder=folder).returncode == 2
    said = run("verify.py", "nothing.zip", folder=folder)
    assert said.returncode == 2
    assert "Traceback" not in said.stdout + said.stderr
    said = run("verify.py", "case.zip", "--public", "nowhere", "--lang", "es", folder=folder)
    assert (said.returncode, said.stdout) == (
        2,
        "nowhere: aquí no hay ninguna copia pública de un registro, que tendría un archivo checkpoint\n",
    )


def test_an_older_python_is_told_which_it_takes_before_anything_else() -> None:
    head, _, rest = verifier().decode().partition("if sys.version_info < (3, 9):")
    assert [type(node) for node in ast.parse(head).body] == [ast.Expr, ast.ImportFrom, ast.Import]
    assert rest.lstrip().startswith('sys.exit("verify.py needs Python 3.9 or later')


def test_it_imports_the_standard_library_alone_opens_no_connection_and_writes_nothing() -> None:
    tree = ast.parse(verifier(), feature_version=(3, 9))
    imported = {
        (node.module or "").partition(".")[0] if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    assert imported <= set(sys.stdlib_module_names) | {"__future__"}
    assert imported.isdisjoint({"socket", "http", "urllib", "subprocess", "ctypes", "importlib", "tempfile", "shutil"})
    called = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert called.isdisjoint(
        {"write_bytes", "write_text", "unlink", "mkdir", "system", "popen", "rename", "extractall"}
    )


def test_it_is_the_code_of_the_engine_and_finds_what_that_finds(made: Made) -> None:
    public = alone().PublicFiles(made.public)
    one, other = alone().verify_files(made.files, made.key, public), inside.verify_files(made.files, made.key, public)
    assert [(check.code, check.counts) for check in one.checks] == [
        (check.code, check.counts) for check in other.checks
    ]
    for name in ("root_by_inclusion", "leaf_under", "is_signed", "read_note", "read_proof", "verify_files"):
        assert callable(getattr(alone(), name))
