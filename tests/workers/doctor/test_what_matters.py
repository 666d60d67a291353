"""The doctor speaks of rates that somebody needs, and takes no time for what it does not look at."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest

from infra.laws import load_laws, own_tables
from tests.workers.doctor.installation import offline, online, told
from workers.doctor import content
from workers.doctor.rates import rates_that_end

PROJECT = Path(__file__).resolve().parents[3]
# A case's row of which nothing but this is of interest.
ANY_ROW = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT column_name FROM information_schema.columns
        WHERE table_schema = 'read_tables' AND table_name = 'case_summary' AND is_nullable = 'NO'
    LOOP EXECUTE format('ALTER TABLE read_tables.case_summary ALTER COLUMN %I DROP NOT NULL', name); END LOOP;
END $$;
INSERT INTO read_tables.case_summary (case_id, country, currency, closed_at) VALUES
    (gen_random_uuid(), 'UY', 'UYU', NULL), (gen_random_uuid(), 'CO', 'COP', now());
"""


def test_rates_that_end_are_found_where_an_open_case_needs_them() -> None:
    def ending(*owing: tuple[str, str], own: tuple[str, ...] = (), on: date = date(2027, 6, 1)) -> list[str]:
        found = list(rates_that_end(load_laws(), on, owing, own))
        assert {each.code for each in found} <= {"RATES_END"}
        return [each.values["table"] for each in found]

    assert ending(("CO", "COP")) == ["co.ibc.consumo"]
    assert ending(("ES-CT", "EUR")) == ["es.demora", "eu.ecb"]
    assert ending(("PE", "USD"), ("DE", "EUR")) == [], "neither that currency nor that country has one"
    assert ending(("PE", "PEN")) == ["pe.bcrp.pen"]
    assert ending() == []
    assert ending(own=("pe.bcrp.pen", "own.table")) == ["pe.bcrp.pen"]
    assert ending(("CO", "COP"), on=date(1990, 1, 1)) == []


def test_where_nobody_knows_what_cases_there_are_rates_that_end_are_told_of_at_once() -> None:
    first, second = rates_that_end(load_laws(), date(2027, 6, 1), None, {"es.demora"})
    assert (first.code, first.values["table"]) == ("RATES_END", "es.demora")
    assert "co.ibc.consumo" in told([first, second], "RATES_END_SOMEWHERE")["tables"]
    assert "es.demora" not in second.values["tables"]
    assert list(rates_that_end(load_laws(), date(1990, 1, 1), None)) == []


def test_a_table_of_ones_own_is_one_with_rows_or_named_by_a_law_in_ones_own_folder(tmp_path: Path) -> None:
    (tmp_path / "rates.toml").write_text(
        '[[rates]]\nid = "es.demora"\ncite = "BOE"\nconfidence = "text"\n'
        "rows = [{ first = 2026-07-01, last = 2026-12-31, percent = 10.15 }]\n"
    )
    assert own_tables(tmp_path) == {"es.demora"}
    assert own_tables() == frozenset()


async def test_words_that_are_shipped_are_not_tried_again_offline_and_ones_own_are(
    sound: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    monkeypatch.setattr(content, "insist", lambda *_: tried.append("insisted"))
    await offline(sound)
    assert tried == []
    (tmp_path / "templates").mkdir()
    await offline(sound | {"ESCALERA_TEMPLATES_DIR": str(tmp_path / "templates")})
    assert tried == ["insisted"]


def test_what_is_not_looked_at_is_not_imported() -> None:
    asked = (
        "import sys; from workers.doctor import diagnose; import asyncio;"
        "asyncio.run(diagnose({}, folder=None, running=False, offline=True));"
        "print(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-P", "-c", asked], capture_output=True, text=True, check=True, cwd=PROJECT)
    modules = set(done.stdout.split())
    assert "workers.doctor.content" in modules
    assert not modules & {"workers.wiring", "api.server", "temporalio.worker"}


async def test_of_a_running_engine_rates_are_told_of_by_its_open_cases(
    installed: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "laws").mkdir()
    soon = date.today() + timedelta(days=3)  # noqa: DTZ011 -- no hour matters
    (tmp_path / "laws" / "own.toml").write_text(
        '[[rates]]\nid = "own.bank"\nquoted = "nominal"\ncite = "own"\nconfidence = "text"\n'
        f"rows = [{{ first = 2020-01-01, last = {soon}, percent = 9 }}]\n"
    )
    with psycopg.connect(installed["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(ANY_ROW)
    diagnosis = await online(installed | {"ESCALERA_LAWS_DIR": str(tmp_path / "laws")})
    ends = [each.values["table"] for each in diagnosis.findings if each.code.startswith("RATES_END")]
    assert ends == ["own.bank"], "what nobody needs, because its cases are closed or elsewhere, is not told of"
    with psycopg.connect(installed["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("UPDATE read_tables.case_summary SET closed_at = NULL")
    diagnosis = await online(installed)
    ends = [each.values["table"] for each in diagnosis.findings if each.code.startswith("RATES_END")]
    shipped = rates_that_end(load_laws(), date.today(), [("CO", "COP")])  # noqa: DTZ011 -- no hour matters
    assert ends == [each.values["table"] for each in shipped]
