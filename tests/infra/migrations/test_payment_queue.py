"""The references of cases that were there before their table came are found in the log."""

import shutil
from pathlib import Path
from uuid import UUID

import psycopg

from infra.codec import EventCodec
from infra.migrations import apply
from infra.migrations.runner import FOLDER
from tests.conftest import Databases
from tests.infra.codec.samples import CASE_ID, SAMPLES

BEFORE = 7
OTHER = UUID("66666666-7777-5888-9999-bbbbbbbbbbbb")
_EVENT = (
    "INSERT INTO events (originator_id, originator_version, topic, state, effective_at, recorded_at, metadata)"
    " VALUES (%s, %s, %s, %s, now(), now(), '{}')"
)


def test_obligations_of_cases_that_are_shown_lead_to_them(databases: Databases, tmp_path: Path) -> None:
    dsn = databases.create()
    for file in sorted(FOLDER.glob("*.sql"))[:BEFORE]:
        shutil.copy(file, tmp_path)
    apply(dsn, folder=tmp_path)
    codec = EventCodec()
    with psycopg.connect(dsn, autocommit=True) as connection:
        for stream in (CASE_ID, OTHER):  # the read tables have not seen the other one yet
            for version, name in enumerate(("CaseOpened", "ObligationAdded", "PaymentRecorded"), start=1):
                connection.execute(_EVENT, (stream, version, name, codec.encode(SAMPLES[name])[1]))
        columns = connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'read_tables' AND table_name = 'case_summary' AND is_nullable = 'NO'"
        ).fetchall()
        plain = {"text": "x", "integer": 0, "bigint": 3, "boolean": False, "timestamp with time zone": "2026-01-01"}
        row = {name: plain.get(kind, str(CASE_ID)) for name, kind in columns}
        row["creditor_id"] = "aguas"
        names = ", ".join(row)
        places = ", ".join(["%s"] * len(row))
        connection.execute(
            f"INSERT INTO read_tables.case_summary ({names}) VALUES ({places})".encode(), list(row.values())
        )
        applied = apply(dsn)
        found = connection.execute("SELECT case_id, kind, reference, creditor_id FROM read_tables.case_references")
        rows = set(found.fetchall())

    opened, added = SAMPLES["CaseOpened"], SAMPLES["ObligationAdded"]
    expected = {each.reference for each in (*opened.obligations, added.obligation)}  # type: ignore[union-attr]
    assert "0008_payment_queue.sql" in applied
    assert rows == {(CASE_ID, "OBLIGATION", reference, "aguas") for reference in expected if reference}
    assert rows
