"""Migrations are applied once each, in order, by one of several who try, and not edited afterwards."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from infra.migrations import ChangedMigration, MigrationError, apply
from infra.migrations.runner import FOLDER, migrations_in
from tests.conftest import Databases


@pytest.fixture
def empty_dsn(databases: Databases) -> Iterator[str]:
    made = databases.create()
    yield made
    databases.drop(made)


def put(folder: Path, name: str, sql: str) -> None:
    (folder / name).write_text(sql)


def tables(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {str(name) for (name,) in rows}


def test_our_own_are_applied_once(empty_dsn: str) -> None:
    assert apply(empty_dsn) == [each.name for each in migrations_in(FOLDER)]
    assert apply(empty_dsn) == []
    assert {"events", "receipts", "person_keys"} <= tables(empty_dsn)


def test_of_several_who_start_at_once_one_applies_them(empty_dsn: str) -> None:
    with ThreadPoolExecutor(4) as starters:
        applied = list(starters.map(apply, [empty_dsn] * 4))

    assert sorted(map(len, applied)) == [0, 0, 0, len(migrations_in(FOLDER))]


def test_only_what_is_new_is_applied(empty_dsn: str, tmp_path: Path) -> None:
    put(tmp_path, "0001_one.sql", "CREATE TABLE one ();")
    assert apply(empty_dsn, folder=tmp_path) == ["0001_one.sql"]
    put(tmp_path, "0002_two.sql", "CREATE TABLE two (); CREATE TABLE three ();")

    assert apply(empty_dsn, folder=tmp_path) == ["0002_two.sql"]

    assert tables(empty_dsn) == {"migrations", "one", "two", "three"}


def test_an_edited_file_is_refused(empty_dsn: str, tmp_path: Path) -> None:
    put(tmp_path, "0001_one.sql", "CREATE TABLE one ();")
    apply(empty_dsn, folder=tmp_path)
    put(tmp_path, "0001_one.sql", "CREATE TABLE one (more text);")

    with pytest.raises(ChangedMigration, match="0001_one"):
        apply(empty_dsn, folder=tmp_path)


def test_a_file_that_fails_leaves_nothing_and_those_before_it_stay(empty_dsn: str, tmp_path: Path) -> None:
    put(tmp_path, "0001_one.sql", "CREATE TABLE one ();")
    put(tmp_path, "0002_two.sql", "CREATE TABLE two (); SELECT 1 / 0;")

    with pytest.raises(psycopg.errors.DivisionByZero):
        apply(empty_dsn, folder=tmp_path)

    assert tables(empty_dsn) == {"migrations", "one"}
    put(tmp_path, "0002_two.sql", "CREATE TABLE two ();")
    assert apply(empty_dsn, folder=tmp_path) == ["0002_two.sql"]


def test_a_database_that_is_newer_than_the_program_is_refused(empty_dsn: str, tmp_path: Path) -> None:
    put(tmp_path, "0001_one.sql", "CREATE TABLE one ();")
    put(tmp_path, "0002_two.sql", "CREATE TABLE two ();")
    apply(empty_dsn, folder=tmp_path)
    (tmp_path / "0002_two.sql").unlink()

    with pytest.raises(MigrationError, match="newer"):
        apply(empty_dsn, folder=tmp_path)


def test_numbers_without_gaps_are_insisted_on(tmp_path: Path) -> None:
    put(tmp_path, "0001_one.sql", "")
    put(tmp_path, "0003_three.sql", "")

    with pytest.raises(MigrationError, match=r"\[1, 3\]"):
        migrations_in(tmp_path)
