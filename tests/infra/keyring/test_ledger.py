"""The ledger of erasures: kept before a key is destroyed, line by line, and seen by everybody who has the file."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from infra.keyring import FileLedger, LedgerDamaged

ANA, LUIS, EVA = uuid4(), uuid4(), uuid4()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "master.erased"


def test_who_was_forgotten_is_known_to_whoever_has_the_file(path: Path) -> None:
    mine, theirs = FileLedger(path), FileLedger(path)
    assert mine.erased() == set()

    mine.add({ANA})
    assert theirs.erased() == {ANA}
    theirs.add({ANA, LUIS})

    assert mine.erased() == FileLedger(path).erased() == {ANA, LUIS}
    assert path.read_text().count(str(ANA)) == 1


def test_the_file_is_its_owners_alone_and_names_nobody_but_by_id(path: Path) -> None:
    FileLedger(path).add({ANA})

    assert path.stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(rf"{ANA} \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ [0-9a-f]{{16}}\n", path.read_text())


def test_writers_at_the_same_time_lose_nobody(path: Path) -> None:
    people = [uuid4() for _ in range(60)]

    with ThreadPoolExecutor(6) as writers:
        list(writers.map(lambda person: FileLedger(path).add({person}), people))

    assert FileLedger(path).erased() == set(people)
    assert len(path.read_text().splitlines()) == 60


@pytest.mark.parametrize("cut", range(2, 76, 6))
def test_a_line_that_a_crash_cut_names_nobody_and_loses_nobody_after_it(path: Path, cut: int) -> None:
    FileLedger(path).add({ANA})
    FileLedger(path).add({LUIS})
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])

    assert FileLedger(path).erased() == {ANA}
    FileLedger(path).add({EVA})
    assert FileLedger(path).erased() == {ANA, EVA}


def test_a_line_that_was_changed_is_noticed(path: Path) -> None:
    FileLedger(path).add({ANA, LUIS})
    text = path.read_text()
    path.write_text(text.replace(str(ANA), str(UUID(int=1))))

    with pytest.raises(LedgerDamaged):
        FileLedger(path).erased()


def test_whoever_has_read_it_goes_on_knowing_when_the_file_is_lost(path: Path) -> None:
    ledger = FileLedger(path)
    ledger.add({ANA})
    assert ledger.erased() == {ANA}
    path.unlink()

    assert ledger.erased() == {ANA}
    FileLedger(path).add({LUIS})  # another file in its place
    assert ledger.erased() == {ANA, LUIS}
