"""The right to be forgotten and to know it all, on the command line, in three languages."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from protos.escalera import v1 as pb
from tests.api.asking import opening
from tests.api.door import Door, opened
from tests.api.test_person_erasure import PERSON, register
from tests.cli.terminal import Terminal
from tests.cli.test_contact import Screen

ANA = f"{PERSON.creditor_id}/{PERSON.reference}"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as running:
        await register(running)
        yield running


@pytest.fixture
def screen(door: Door, tmp_path: Path) -> Screen:
    return Screen(Terminal(data=tmp_path / "data", environment={"COLUMNS": "200"}), door.address)


@pytest.mark.parametrize(
    ("lang", "would", "done"),
    [
        ("en", "would be forgotten", "is forgotten"),
        ("es", "se suprimirían los datos", "datos suprimidos"),
        ("pt", "os dados seriam eliminados", "dados eliminados"),
    ],
)
async def test_a_person_is_forgotten(screen: Screen, lang: str, would: str, done: str) -> None:
    foreseen = await screen("person", "forget", ANA, "--dry-run", lang=lang)
    assert (foreseen.status, would in foreseen.out) == (0, True)

    said = await screen("person", "forget", ANA, "--reason", "consent_withdrawn", lang=lang)

    assert (said.status, done in said.out) == (0, True)
    shown = await screen("person", "show", ANA, lang=lang)
    assert "[erased]" in shown.out
    assert "Ana" not in shown.out


async def test_what_stands_against_it_is_said_and_left_for_somebody(screen: Screen, door: Door) -> None:
    obligors = [pb.Obligor(person=pb.PersonName(reference=PERSON.reference))]
    request = pb.OpenCaseRequest(request_id="open", command=opening("R-1", obligors=obligors))
    await door.cases.OpenCase(request)
    held = await screen("person", "hold", ANA, "--id", "h-1", "--reason", "LAWSUIT", "--cite", "Juzgado 3")
    assert held.status == 0

    said = await screen("person", "forget", ANA, lang="es")

    assert said.status == 4
    assert "No suprimida. Último día que se opone: aún no se sabe." in said.out
    assert "retención legal: Juzgado 3" in said.out
    assert "caso abierto: GDPR art. 17(3)(e)" in said.out
    assert (await screen("person", "unhold", ANA, "--id", "h-1", "--reason", "SETTLED")).status == 0
    left = await screen("person", "forget", ANA, "--id", "another", "--json")
    assert [each["kind"] for each in json.loads(left.out)["blocks"]] == ["CASE_OPEN"]
    done = await screen("person", "forget", ANA, "--id", "third", "--despite-open-cases")
    assert done.status == 0


async def test_everything_is_handed_out_as_files_of_their_owners_alone(screen: Screen, tmp_path: Path) -> None:
    out = tmp_path / "for-ana"

    said = await screen("person", "export", ANA, "--out", str(out), "--reason", "ACCESS_REQUEST", lang="pt")

    assert said.status == 0
    files = {file.name: file for file in await asyncio.to_thread(lambda: list(out.iterdir()))}
    assert set(files) == {"person.json", "person.pdf"}
    assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o600}
    assert json.loads(files["person.json"].read_text())["identity"]["name"] == "Ana Muñoz"
    assert files["person.pdf"].read_bytes().startswith(b"%PDF-")
    printed = json.loads((await screen("person", "export", ANA)).out)
    assert {each["format"] for each in printed["handouts"]} == {"JSON", "PDF"}
