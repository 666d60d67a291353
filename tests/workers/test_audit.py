"""The audit of everything: whole where nobody touched it; whatever was done to it is found, and where, by any number of
processes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from application.ports import UnreadableEvent
from application.seal_audit import Flaw
from application.state_audit import StateFlaw
from infra.closed_log import closed_events_named
from infra.read_tables import PostgresTables, open_pool
from infra.settings import Settings
from projections.runner import Runner
from tests.infra.evidence.story import told
from workers.audit import LogAudit, audit_log
from workers.replaying import digested_now
from workers.sealer import sealed_now, signer_of

TABLES = ("events", "sealed_heads", "state_digests")


@pytest.fixture(scope="module")
def house(migrated_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A log that is sealed and digested, and its read tables."""

    async def live() -> Settings:
        async with told(migrated_dsn, tmp_path_factory.mktemp("house")) as story:
            async with open_pool(migrated_dsn, size=2) as pool:
                await Runner(story.store, PostgresTables(pool)).catch_up()
            await sealed_now(story.settings)
            await digested_now(story.settings)
            return story.settings

    return asyncio.run(live())


def audited(settings: Settings, *, jobs: int = 1, sealed: bool = True) -> LogAudit:
    return audit_log(settings, signer_of(settings).key if sealed else None, jobs=jobs)


@contextmanager
def spoiled(settings: Settings, *statements: str) -> Iterator[None]:
    """Do what only the owner of the database can, and put everything back."""
    kept = (*TABLES, "sealed_bundles", "read_tables.case_summary")
    with psycopg.connect(settings.database_url, autocommit=True) as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only".encode())
        for place, table in enumerate(kept):
            owner.execute(f"CREATE TABLE kept_{place} AS TABLE {table}".encode())
        try:
            for statement in statements:
                owner.execute(statement.encode())
            yield
        finally:
            for place, table in enumerate(kept):
                owner.execute(f"DELETE FROM {table}; INSERT INTO {table} TABLE kept_{place}".encode())
                owner.execute(f"DROP TABLE kept_{place}".encode())


def test_a_log_that_nobody_touched_is_whole_and_every_event_was_looked_at(house: Settings) -> None:
    steps: list[tuple[str, int, int]] = []
    audit = audit_log(house, signer_of(house).key, lambda *step: steps.append(step))
    assert audit.whole
    assert audit.seal is not None
    events = audit.seal.leaves
    assert events == audit.states.events == audit.histories.events == audit.contacts.events
    assert (audit.states.compared, audit.states.not_sealed) == (audit.states.streams, 0)
    assert (audit.histories.cases, audit.contacts.judged) == (3, 2)
    last = {part: (done, of) for part, done, of in steps}
    assert last == {
        "SEAL": (events, events),
        "DIGESTS": (audit.states.compared, audit.states.compared),
        "REPLAY": (events, events),
    }


def test_several_processes_find_what_one_does(house: Settings) -> None:
    assert audited(house, jobs=3) == audited(house)


MUTATIONS = {
    "a flipped byte": (
        (Flaw.ALTERED, 9),
        "UPDATE events SET state = set_byte(state, 40, get_byte(state, 40) # 1) WHERE notification_id = {ninth}",
    ),
    "a flipped byte of who did it": (
        (Flaw.ALTERED, 9),
        "UPDATE events SET metadata = jsonb_set(metadata, '{{actor}}', '\"system:tesT\"')"
        " WHERE notification_id = {ninth}",
    ),
    "a dropped event": ((Flaw.MISSING, 9), "DELETE FROM events WHERE notification_id = {ninth}"),
    "two events that changed places": (
        (Flaw.ALTERED, 9),
        "UPDATE events SET notification_id = -1 WHERE notification_id = {ninth};"
        "UPDATE events SET notification_id = {ninth} WHERE notification_id = {tenth};"
        "UPDATE events SET notification_id = {tenth} WHERE notification_id = -1",
    ),
    "an inserted event": (
        (Flaw.INSERTED, None),
        "INSERT INTO events SELECT gen_random_uuid(), 1, topic, state, 0, recorded_at, effective_at, metadata"
        " FROM events WHERE notification_id = {ninth}",
    ),
    "a truncated log": ((Flaw.MISSING, 10), "DELETE FROM events WHERE notification_id > {ninth}"),
}


@pytest.mark.parametrize("what", MUTATIONS)
def test_whatever_is_done_to_the_log_is_found_and_where_by_several_processes(house: Settings, what: str) -> None:
    expected, statements = MUTATIONS[what]
    with psycopg.connect(house.database_url) as connection:
        (ninth,), (tenth,) = connection.execute(
            "SELECT notification_id FROM events ORDER BY 1 OFFSET 9 LIMIT 2"
        ).fetchall()
    with spoiled(house, *statements.format(ninth=ninth, tenth=tenth).split(";")):
        audit = audited(house, jobs=2)
    assert not audit.whole
    assert audit.seal is not None
    assert (audit.seal.found[0].flaw, audit.seal.found[0].leaf) == expected
    position = {"an inserted event": 0, "a truncated log": tenth}.get(what, ninth)
    assert audit.seal.found[0].position == position


def test_without_the_seal_states_and_books_tell_of_an_altered_sum(house: Settings) -> None:
    altered = (
        "UPDATE events SET state = convert_to(replace(convert_from(state, 'UTF8'), '\"minor\":2500', '\"minor\":2400'),"
        " 'UTF8') WHERE topic = 'PaymentRecorded'"
    )
    with spoiled(house, altered):
        audit = audited(house, sealed=False)
    assert not audit.whole
    assert {each.flaw for each in audit.states.found} == {StateFlaw.DIFFERS}
    assert {"credit", "payment.pay-2"} == {
        each.field for each in audit.histories.differences
    }  # the books no longer add up


def test_a_digest_that_was_altered_and_a_row_that_was_are_found(house: Settings) -> None:
    digest = "UPDATE state_digests SET digest = sha256(digest) WHERE number = 1"
    row = "UPDATE read_tables.case_summary SET balance = balance + 1 WHERE reference = 'c-1'"
    with spoiled(house, digest, row):
        audit = audited(house)
    assert audit.seal is not None
    assert audit.seal.whole
    assert {each.flaw for each in audit.states.found} == {StateFlaw.LIST_DIFFERS, StateFlaw.DIFFERS}
    assert [each.field for each in audit.histories.differences] == ["balance"]


def test_a_permit_on_which_case_and_person_disagree_is_found_though_neither_stream_shows_it(house: Settings) -> None:
    with psycopg.connect(house.database_url) as connection:
        last = 2**62
        (first, _) = closed_events_named(connection, ("ContactPermitted",), upto=last)
    assert not isinstance(first, UnreadableEvent)
    other = (
        "UPDATE events SET state = convert_to(replace(convert_from(state, 'UTF8'), '\"creditor_id\":\"acme\"',"
        f" '\"creditor_id\":\"emca\"'), 'UTF8') WHERE notification_id = {first.position}"
    )
    with spoiled(house, other):
        audit = audited(house, sealed=False, jobs=2)
    (found,) = audit.contacts.violations
    assert (found.reason, found.position) == ("CASE_DISAGREES", first.position)
    assert audit.contacts.violations_total == 1
    with spoiled(house, f"DELETE FROM events WHERE notification_id = {first.position}"):
        gone = audited(house, sealed=False).contacts.violations
    assert [each.reason for each in gone] == ["CASE_NOT_TOLD"]


def test_an_event_that_no_longer_opens_is_found_though_nobody_has_the_seals_key(house: Settings) -> None:
    moved = (
        "UPDATE events SET state = (SELECT state FROM events WHERE topic = 'PersonRegistered' ORDER BY 1 OFFSET 1"
        " LIMIT 1) WHERE topic = 'PersonRegistered' AND notification_id ="
        " (SELECT notification_id FROM events WHERE topic = 'PersonRegistered' ORDER BY state LIMIT 1)"
    )
    with spoiled(house, moved):
        audit = audited(house, sealed=False)
    assert not audit.whole
    assert ("event", "readable") in {(each.field, each.replayed) for each in audit.histories.differences}
    assert "UNREADABLE" in {each.reason for each in audit.contacts.violations}


def test_a_case_that_the_tables_show_and_the_log_does_not_know_is_found(house: Settings) -> None:
    stranger = "UPDATE read_tables.case_summary SET case_id = gen_random_uuid() WHERE reference = 'other-1'"
    with spoiled(house, stranger):
        audit = audited(house)
    found = sorted((each.replayed, each.shown or "none") for each in audit.histories.differences)
    assert found == [("a row", "none"), ("no such stream", "a row")]
