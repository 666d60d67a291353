"""Keys of persons: made once, kept wrapped, destroyed for good; and the master key's file."""

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from application.ports import PersonErased
from infra.codec import SealBroken
from infra.database import Datastore
from infra.keyring import CACHED_FOR_S, MemoryKeyring, PersonKeyring, PostgresKeyring, master_key

MASTER = bytes(range(32))


@pytest.fixture
def datastore(migrated_dsn: str) -> Iterator[Datastore]:
    made = Datastore(migrated_dsn, size=8)
    yield made
    made.close()


@pytest.fixture(params=["memory", "postgres"])
def keyring(request: pytest.FixtureRequest) -> PersonKeyring:
    return (
        MemoryKeyring() if request.param == "memory" else PostgresKeyring(request.getfixturevalue("datastore"), MASTER)
    )


def test_what_is_sealed_opens_where_it_was_bound_and_nowhere_else(keyring: PersonKeyring) -> None:
    person, other = uuid4(), uuid4()
    sealed = keyring.seal(person, "Ana Muñoz", "here")

    assert "Ana" not in sealed
    assert keyring.open(person, sealed, "here") == "Ana Muñoz"
    with pytest.raises(SealBroken):
        keyring.open(person, sealed, "there")
    keyring.seal(other, "Luis", "here")
    with pytest.raises(SealBroken):
        keyring.open(other, sealed, "here")


def test_an_erased_person_is_neither_read_nor_written(keyring: PersonKeyring) -> None:
    person = uuid4()
    sealed = keyring.seal(person, "Ana", "here")

    keyring.erase(person)
    keyring.erase(person)  # again is no harm

    assert keyring.open(person, sealed, "here") is None
    with pytest.raises(PersonErased):
        keyring.seal(person, "Ana", "here")


def test_a_key_outlives_the_process(datastore: Datastore) -> None:
    person = uuid4()
    sealed = PostgresKeyring(datastore, MASTER).seal(person, "Ana", "here")

    assert PostgresKeyring(datastore, MASTER).open(person, sealed, "here") == "Ana"


def test_makers_at_the_same_time_agree_on_every_key(datastore: Datastore) -> None:
    people = [uuid4() for _ in range(50)]
    keyrings = [PostgresKeyring(datastore, MASTER) for _ in range(6)]

    with ThreadPoolExecutor(6) as makers:
        list(makers.map(lambda keyring: keyring.keys_of(people, make=True), keyrings))

    sealed = {person: keyrings[0].seal(person, "text", "here") for person in people}
    for keyring in keyrings[1:]:
        assert all(keyring.open(person, text, "here") == "text" for person, text in sealed.items())


class CountingKeyring(MemoryKeyring):
    """Counts how often the keys' place is asked."""

    def __init__(self, *, cached_max: int = 100) -> None:
        super().__init__(cached_max=cached_max, clock=lambda: self.now)
        self.asked = 0
        self.now = 0.0

    def _find(self, people: Collection[UUID]) -> Mapping[UUID, bytes | None]:
        self.asked += 1
        return super()._find(people)


def test_a_key_is_looked_up_once_and_again_when_it_may_have_been_destroyed_elsewhere() -> None:
    keyring = CountingKeyring()
    person = uuid4()
    sealed = keyring.seal(person, "Ana", "here")
    for _ in range(5):
        keyring.open(person, sealed, "here")
    assert keyring.asked == 0

    keyring.now = CACHED_FOR_S + 1
    keyring.open(person, sealed, "here")
    assert keyring.asked == 1


def test_the_cache_stays_small() -> None:
    keyring = CountingKeyring(cached_max=10)
    people = [UUID(int=number) for number in range(30)]
    sealed = {person: keyring.seal(person, "text", "here") for person in people}

    assert keyring.open(people[-1], sealed[people[-1]], "here") == "text"
    assert keyring.asked == 0
    assert keyring.open(people[0], sealed[people[0]], "here") == "text"
    assert keyring.asked == 1


def test_the_master_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "master"

    with ThreadPoolExecutor(8) as makers:
        (key,) = set(makers.map(lambda _: master_key(path), range(16)))

    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_master_key_that_others_can_read_or_that_was_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master"
    master_key(path)
    path.chmod(0o640)
    with pytest.raises(PermissionError, match="0600"):
        master_key(path)
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(ValueError, match="5 bytes"):
        master_key(path)
