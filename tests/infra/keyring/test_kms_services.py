"""One suite over AWS KMS as we play it, which looks at signatures and at the key's state, and as moto plays it."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.event_store import open_store
from infra.keyring import FileLedger, aws_kms
from infra.keyring.aws_kms import AwsKms
from infra.keyring.kms import KmsFile, KmsRefused
from infra.keyring.rotation import rotate
from tests.counterparts.amazon import MotoKey, moto
from tests.counterparts.aws_kms import ALIAS, FakeKms, serving
from tests.infra.keyring.test_rotation import all_read, people, wrapped_by

Key = FakeKms | MotoKey


@pytest.fixture(params=["ours", "moto's"])
def key(request: pytest.FixtureRequest) -> Iterator[Key]:
    if request.param == "ours":
        with serving() as fake:
            yield fake
    else:
        yield moto().key()


def client(key: Key, changed: Callable[[str], str] = lambda url: url) -> AwsKms:
    return AwsKms(changed(key.url), pause=lambda _: None)


def test_a_key_that_was_made_there_is_opened_there_and_is_no_other(key: Key) -> None:
    made = [client(key).data_key() for _ in range(3)]

    assert [client(key).opened(sealed) for _, sealed in made] == [plain for plain, _ in made]
    assert len({plain for plain, _ in made}) == 3
    assert not any(plain in sealed for plain, sealed in made)


@pytest.mark.parametrize("damage", ["cut short", "one bit", "nothing of theirs"])
def test_what_was_damaged_does_not_open(key: Key, damage: str) -> None:
    _, sealed = client(key).data_key()
    spoiled = {
        "cut short": sealed[:-1],
        "one bit": sealed[:-1] + bytes([sealed[-1] ^ 1]),
        "nothing of theirs": b"x",
    }[damage]
    with pytest.raises(KmsRefused, match=r"^InvalidCiphertextException$"):
        client(key).opened(spoiled)


def test_what_was_sealed_for_another_use_does_not_open(key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(aws_kms, "CONTEXT", {"escalera": "something else"})
        plain, sealed = client(key).data_key()
        assert client(key).opened(sealed) == plain
    with pytest.raises(KmsRefused, match=r"^InvalidCiphertextException$"):
        client(key).opened(sealed)


def test_a_key_that_is_not_there_is_said_as_that(key: Key) -> None:
    alias = ALIAS if isinstance(key, FakeKms) else key.alias
    with pytest.raises(KmsRefused, match=r"^NotFoundException$"):
        client(key, lambda url: url.replace(alias, "alias/nobodys")).data_key()


async def test_a_master_key_that_the_service_sealed_is_rotated_while_the_store_is_open(
    fresh_dsn: str, key: Key, tmp_path: Path
) -> None:
    file, ledger = tmp_path / "master", FileLedger(tmp_path / "erased")
    async with open_store(fresh_dsn, KmsFile(file, client(key)), ledger) as store:
        found = await people(store, 12)

        done = await asyncio.to_thread(rotate, fresh_dsn, KmsFile(file, client(key)), batch=5)

        found += await people(store, 2)
        assert await all_read(store, found)
    assert wrapped_by(fresh_dsn) == {done.id}
    assert len(list(tmp_path.glob("master.retired-*"))) == 1
    async with open_store(fresh_dsn, KmsFile(file, client(key)), ledger) as store:
        assert await all_read(store, found)


async def test_what_was_sealed_before_the_service_rotated_its_own_key_still_opens(
    fresh_dsn: str, tmp_path: Path
) -> None:
    key, ledger = moto().key(), FileLedger(tmp_path / "erased")
    async with open_store(fresh_dsn, KmsFile(tmp_path / "master", client(key)), ledger) as store:
        found = await people(store, 5)
    key.rotate()
    async with open_store(fresh_dsn, KmsFile(tmp_path / "master", client(key)), ledger) as store:
        assert await all_read(store, found)


def test_another_key_of_the_account_does_not_open_it() -> None:
    _, sealed = client(moto().key()).data_key()
    with pytest.raises(KmsRefused):
        client(moto().key()).opened(sealed)
