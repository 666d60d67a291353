"""What was sealed when it came in, and waits to be written, is written only if its key is still there by then."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from application.ports import Append, Appended, PersonErased
from infra.codec import EventCodec, nonces, opened
from infra.codec.sealed_text import NONCE_BYTES
from infra.database import WRITER_ROLE, Datastore
from infra.event_store.prepared import Means, Outcome, Prepared, late, people_of
from infra.event_store.recorder import CaseRecorder
from infra.event_store.request_hashes import RequestHashes
from infra.event_store.settling import settle
from infra.keyring import CACHED_FOR_S, FileLedger, MemoryKeyring
from tests.infra.event_store.writing import append, new_stream, note, registered, write


class Ring(MemoryKeyring):
    """A keyring with a clock that is set."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: self.now)
        self.now = 0.0


@pytest.fixture
def ring() -> Ring:
    return Ring()


def known(ring: Ring) -> UUID:
    """Return a person whose key is in memory."""
    person = new_stream()
    ring.keys_of((person,), make=True)
    return person


def prepared(ring: Ring, one: Append) -> Prepared:
    def ignore(outcome: Outcome) -> None:
        """Nobody waits."""

    return Prepared(one, ignore, Means(EventCodec(), ring, nonces()))


def of(ring: Ring, person: UUID) -> Prepared:
    return prepared(ring, append(write(person, 0, registered("Ana"))))


def sealed_name(one: Prepared) -> str:
    return str(json.loads(one.rows[0][3])["name"])


def seal_anew(ring: Ring, one: Prepared) -> None:
    one.seal(ring.keys_of(people_of([one]), make=True), EventCodec(), nonces())


def test_where_the_key_is_at_hand_nothing_is_left_to_do(ring: Ring) -> None:
    person = known(ring)
    one = of(ring, person)

    assert late([one], ring) == []
    hidden = EventCodec().decode("PersonRegistered", one.rows[0][3])
    assert hidden != registered("Ana")
    assert opened(hidden, person, 1, ring.keys_of((person,), make=False)[person]) == registered("Ana")


def test_where_one_of_the_keys_is_not_at_hand_all_is_sealed_later(ring: Ring) -> None:
    person, stranger, case = known(ring), new_stream(), new_stream()
    one = prepared(ring, append(write(person, 0, registered("Ana")), write(case, 0, note(stranger, "owes me lunch"))))

    assert late([one], ring) == [one]
    assert people_of([one]) == {person, stranger}
    seal_anew(ring, one)
    keys = ring.keys_of((person, stranger), make=False)
    ana, lunch = (EventCodec().decode(row[2].decode(), row[3]) for row in one.rows)
    assert opened(ana, person, 1, keys[person]) == registered("Ana")
    assert opened(lunch, case, 1, keys[stranger]) == note(stranger, "owes me lunch")


def test_a_key_that_was_destroyed_meanwhile_writes_nothing(ring: Ring) -> None:
    person = known(ring)
    one = of(ring, person)

    ring.erase(person)

    assert late([one], ring) == [one]
    with pytest.raises(PersonErased):
        seal_anew(ring, one)


def test_a_key_that_another_process_destroyed_meanwhile_writes_nothing(ring: Ring, tmp_path: Path) -> None:
    ring.ledger = FileLedger(tmp_path / "ledger")
    person = known(ring)
    one = of(ring, person)

    FileLedger(tmp_path / "ledger").add((person,))

    assert late([one], ring) == [one]
    with pytest.raises(PersonErased):
        seal_anew(ring, one)


def test_of_a_person_in_the_ledger_no_key_is_at_hand_even_if_it_came_back_into_memory(ring: Ring) -> None:
    person = known(ring)
    ring.ledger.add((person,))  # as by somebody who looked the key up before, and keeps it after it was dropped
    ring.losses_and_time()

    assert ring.at_hand(person) is None
    assert late([of(ring, person)], ring) != []


def test_a_key_that_was_dropped_from_memory_is_asked_for_again(ring: Ring) -> None:
    person = known(ring)
    one = of(ring, person)

    ring.drop((person,))

    assert late([one], ring) == [one]


def test_no_key_is_used_beyond_its_time_in_memory(ring: Ring) -> None:
    person = known(ring)
    one = of(ring, person)

    ring.now = CACHED_FOR_S - 1
    assert late([one], ring) == []
    ring.now = CACHED_FOR_S
    assert late([one], ring) == [one]


def test_the_others_are_sealed_anew_with_another_nonce_when_somebody_is_forgotten_and_then_at_once_again(
    ring: Ring,
) -> None:
    person, forgotten = known(ring), known(ring)
    one = of(ring, person)
    before = sealed_name(one)

    ring.erase(forgotten)

    assert late([one], ring) == [one]
    seal_anew(ring, one)
    assert base64.b64decode(sealed_name(one))[:NONCE_BYTES] != base64.b64decode(before)[:NONCE_BYTES]
    assert late([of(ring, person)], ring) == []


def test_no_two_seals_share_a_nonce(ring: Ring) -> None:
    means = Means(EventCodec(), ring, nonces())
    people = [known(ring) for _ in range(20)]
    names = []
    for number in range(600):
        event = write(people[number % 20], 0, registered("Ana"))
        names.append(sealed_name(Prepared(append(event), lambda _: None, means)))
    assert len({base64.b64decode(name)[:NONCE_BYTES] for name in names}) == 600


@pytest.fixture
def recorder(migrated_dsn: str) -> Iterator[CaseRecorder]:
    datastore = Datastore(migrated_dsn, size=2, role=WRITER_ROLE)
    yield CaseRecorder(datastore)
    datastore.close()


def test_of_a_batch_those_are_refused_whose_person_was_forgotten_while_it_waited(
    ring: Ring, recorder: CaseRecorder
) -> None:
    ana, luis = known(ring), known(ring)
    batch = [of(ring, ana), of(ring, luis)]
    ring.erase(ana)

    means = Means(EventCodec(), ring, nonces())
    settled = {id(one): outcome for one, outcome in settle(batch, recorder, means, RequestHashes(ring.root))}

    assert isinstance(settled[id(batch[0])], PersonErased)
    assert isinstance(settled[id(batch[1])], Appended)
    assert [row[0] for row in recorder.select_streams({ana: 0, luis: 0})] == [luis]
