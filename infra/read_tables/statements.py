"""The statements, for a version of the read tables: its schema's name is the only thing that differs."""

from dataclasses import dataclass

from psycopg.sql import SQL, Composed, Identifier

from infra.read_tables.rows import (
    CASE_COLUMNS,
    END_COLUMNS,
    ENTRY_COLUMNS,
    PERSON_COLUMNS,
    REFERENCE_COLUMNS,
    WORK_COLUMNS,
)


def _columns(names: tuple[str, ...]) -> Composed:
    return SQL(", ").join(Identifier(name) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """What is said to one schema."""

    lock: SQL | Composed
    position: Composed
    move: Composed
    parked: Composed
    park: Composed
    unpark: Composed
    put_cases: Composed
    drop_work: Composed
    add_work: Composed
    drop_people: Composed
    put_people: Composed
    drop_references: Composed
    put_references: Composed
    load_entries: Composed
    put_entries: Composed
    end_entries: Composed
    load_cases: Composed
    load_people: Composed
    load_references: Composed
    cases_of_ids: Composed
    work_of_ids: Composed
    people_of_ids: Composed
    references_of_ids: Composed
    entries_of_ids: Composed
    cases_of_person: Composed
    strangers: Composed


# Every writer of any version takes it: the switch must not happen between a writer's look and its write.
LOCK = SQL("SELECT pg_advisory_xact_lock(hashtextextended('escalera.read_tables', 0))")


def statements(schema: str) -> Statements:
    """Return the statements for the version in `schema`."""

    def said(text: str) -> Composed:
        return SQL(text).format(
            s=Identifier(schema),
            case_columns=_columns(CASE_COLUMNS),
            work_columns=_columns(WORK_COLUMNS),
            person_columns=_columns(PERSON_COLUMNS),
            reference_columns=_columns(REFERENCE_COLUMNS),
            entry_columns=_columns(ENTRY_COLUMNS),
            entry_ends=SQL(", ").join(
                SQL("{0} = told.{0}").format(Identifier(name)) for name in END_COLUMNS if name != "stream_id"
            ),
            case_changes=SQL(", ").join(
                SQL("{0} = excluded.{0}").format(Identifier(name)) for name in CASE_COLUMNS if name != "case_id"
            ),
        )

    load_cases = """INSERT INTO {s}.case_summary AS kept ({case_columns})
        SELECT {case_columns} FROM json_populate_recordset(null::{s}.case_summary, %s::json)"""
    load_people = """INSERT INTO {s}.person_cases AS kept ({person_columns})
        SELECT {person_columns} FROM json_populate_recordset(null::{s}.person_cases, %s::json)"""
    load_references = """INSERT INTO {s}.case_references AS kept ({reference_columns})
        SELECT {reference_columns} FROM json_populate_recordset(null::{s}.case_references, %s::json)"""
    load_entries = """INSERT INTO {s}.queued_entries ({entry_columns})
        SELECT {entry_columns} FROM json_populate_recordset(null::{s}.queued_entries, %s::json)"""
    return Statements(
        lock=LOCK,
        position=said("SELECT position FROM {s}.position"),
        move=said("UPDATE {s}.position SET position = %s"),
        parked=said("SELECT case_id, position, error FROM {s}.parked_cases ORDER BY position"),
        park=said("INSERT INTO {s}.parked_cases (case_id, position, error) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"),
        unpark=said("DELETE FROM {s}.parked_cases WHERE case_id = %s"),
        load_cases=said(load_cases),
        load_people=said(load_people),
        load_references=said(load_references),
        drop_references=said("""DELETE FROM {s}.case_references AS kept WHERE case_id = ANY(%s) AND NOT EXISTS (
            SELECT FROM json_populate_recordset(null::{s}.case_references, %s::json) AS named
            WHERE named.case_id = kept.case_id AND named.kind = kept.kind AND named.reference = kept.reference)"""),
        put_references=said(load_references + " ON CONFLICT (case_id, kind, reference) DO NOTHING"),
        load_entries=said(load_entries),
        # Received once: what a page tells again is there already.
        put_entries=said(load_entries + " ON CONFLICT (stream_id) DO NOTHING"),
        end_entries=said("""UPDATE {s}.queued_entries AS kept SET {entry_ends}
            FROM json_populate_recordset(null::{s}.queued_entries, %s::json) AS told
            WHERE kept.stream_id = told.stream_id"""),
        put_cases=said(load_cases + " ON CONFLICT (case_id) DO UPDATE SET {case_changes}"),
        drop_work=said("DELETE FROM {s}.worklist WHERE case_id = ANY(%s)"),
        add_work=said("""INSERT INTO {s}.worklist ({work_columns})
            SELECT {work_columns} FROM json_populate_recordset(null::{s}.worklist, %s::json)"""),
        drop_people=said("""DELETE FROM {s}.person_cases AS kept WHERE case_id = ANY(%s) AND NOT EXISTS (
            SELECT FROM json_populate_recordset(null::{s}.person_cases, %s::json) AS now_bound
            WHERE now_bound.person_id = kept.person_id AND now_bound.case_id = kept.case_id)"""),
        put_people=said(
            load_people
            + " ON CONFLICT (person_id, case_id) DO UPDATE SET role = excluded.role WHERE kept.role <> excluded.role"
        ),
        cases_of_ids=said("SELECT {case_columns} FROM {s}.case_summary WHERE case_id = ANY(%s)"),
        work_of_ids=said(
            "SELECT {work_columns} FROM {s}.worklist WHERE case_id = ANY(%s) ORDER BY case_id, kind, item_id"
        ),
        people_of_ids=said(
            "SELECT {person_columns} FROM {s}.person_cases WHERE case_id = ANY(%s) ORDER BY case_id, person_id"
        ),
        references_of_ids=said(
            "SELECT {reference_columns} FROM {s}.case_references WHERE case_id = ANY(%s)"
            " ORDER BY case_id, kind, reference"
        ),
        entries_of_ids=said("SELECT {entry_columns} FROM {s}.queued_entries WHERE stream_id = ANY(%s)"),
        strangers=said("""SELECT shown.id FROM (
            SELECT case_id AS id FROM {s}.case_summary UNION ALL SELECT stream_id FROM {s}.queued_entries
        ) AS shown WHERE NOT EXISTS (SELECT FROM events WHERE originator_id = shown.id) LIMIT 10"""),
        cases_of_person=said("SELECT case_id FROM {s}.person_cases WHERE person_id = %s ORDER BY case_id"),
    )
