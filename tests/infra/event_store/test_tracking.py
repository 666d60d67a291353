"""Readers that work in batches, also two at once, do everything once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from eventsourcing.persistence import IntegrityError

from infra.database import Datastore
from infra.event_store.tracking import BatchTracking


@pytest.fixture
def tracking(migrated_dsn: str) -> Iterator[BatchTracking]:
    datastore = Datastore(migrated_dsn)
    yield BatchTracking(datastore)
    datastore.close()


def test_a_reader_goes_on_where_it_was(tracking: BatchTracking) -> None:
    with tracking.turn("one") as turn:
        assert turn.position == 0
        turn.advance(300)
    with tracking.turn("one") as turn:
        assert turn.position == 300
    with tracking.turn("other") as turn:
        assert turn.position == 0


def test_a_turn_that_fails_leaves_nothing(tracking: BatchTracking) -> None:
    def fail() -> None:
        with tracking.turn("failing") as turn:
            turn.cursor.execute("CREATE TABLE made_in_a_turn ()")
            turn.advance(5)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with tracking.turn("failing") as turn:
        assert turn.position == 0
        assert turn.cursor.execute("SELECT to_regclass('made_in_a_turn') AS found").fetchone() == {"found": None}


def test_a_reader_does_not_go_back(tracking: BatchTracking) -> None:
    with tracking.turn("forward") as turn:
        turn.advance(10)
    with pytest.raises(IntegrityError), tracking.turn("forward") as turn:
        turn.advance(10)


def test_a_forgotten_reader_begins_again(tracking: BatchTracking) -> None:
    with tracking.turn("again") as turn:
        turn.advance(10)
    tracking.forget("again")
    with tracking.turn("again") as turn:
        assert turn.position == 0


def test_rivals_with_batches_of_different_sizes_apply_every_position_once(tracking: BatchTracking) -> None:
    with tracking.turn("setup") as turn:
        turn.cursor.execute("CREATE TABLE applied (position bigint)")

    def read_on(batch: int) -> None:
        while True:
            with tracking.turn("rivals") as turn:
                upto = min(turn.position + batch, 500)
                if upto == turn.position:
                    return
                turn.cursor.execute(
                    "INSERT INTO applied SELECT generate_series(%s::bigint + 1, %s)", (turn.position, upto)
                )
                turn.advance(upto)

    with ThreadPoolExecutor(3) as rivals:
        list(rivals.map(read_on, (7, 30, 50)))

    with tracking.turn("check") as turn:
        turn.cursor.execute("SELECT count(*) AS rows, count(DISTINCT position) AS positions FROM applied")
        assert turn.cursor.fetchone() == {"rows": 500, "positions": 500}
