"""The right to be forgotten and to know it all, on the command line, in three languages."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.person.words import ERASED
from protos.escalera import v1 as pb
from tests.api.asking import opening
from tests.api.door import Door, opened
from tests.api.test_person_erasure import PERSON, register
from tests.cli.terminal import Terminal
from tests.cli.test_contact import Screen

ANA = f"{PERSON.creditor_id}/{PERSON.reference}"
PLACEHOLDERS = ("[erased]", "[suprimido]", "[eliminado]")
GDPR = "Regulation (EU) 2016/679 (GDPR) art. 17(3)(e)"  # the case is in Germany
PERU = "Ley 29733 arts. 14 num. 5, 20"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as running:
        await register(running)
        yield running


@pytest.fixture
def screen(door: Door, tmp_path: Path) -> Screen:
    return Screen(Terminal(data=tmp_path / "data", environment={"COLUMNS": "200"}), door.address)


@pytest.mark.parametrize(
    ("lang", "would", "done", "placeholder"),
    [
        ("en", "would be forgotten", "is forgotten", "[erased]"),
        ("es", "se suprimirían los datos", "datos suprimidos", "[suprimido]"),
        ("pt", "os dados seriam eliminados", "dados eliminados", "[eliminado]"),
    ],
)
async def test_a_person_is_forgotten(screen: Screen, lang: str, would: str, done: str, placeholder: str) -> None:
    foreseen = await screen("person", "forget", ANA, "--dry-run", lang=lang)
    assert (foreseen.status, would in foreseen.out) == (0, True)

    said = await screen("person", "forget", ANA, "--reason", "consent_withdrawn", lang=lang)

    assert (said.status, done in said.out) == (0, True)
    shown = await screen("person", "show", ANA, lang=lang)
    assert [shown.out.count(word) for word in PLACEHOLDERS] == [2 * (word == placeholder) for word in PLACEHOLDERS]
    assert "Ana" not in shown.out
    stored = json.loads((await screen("person", "show", ANA, "--json", lang=lang)).out)
    assert (stored["name"], {each["address"] for each in stored["contact_points"]}) == (ERASED, {ERASED})


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
    assert f"caso abierto: {GDPR}; {PERU} ·" in said.out, "of the case's place and of the person's"
    assert (await screen("person", "unhold", ANA, "--id", "h-1", "--reason", "SETTLED")).status == 0
    left = await screen("person", "forget", ANA, "--id", "another", "--json")
    assert [each["kind"] for each in json.loads(left.out)["blocks"]] == ["CASE_OPEN"]
    done = await screen("person", "forget", ANA, "--id", "third", "--despite-open-cases")
    assert done.status == 0


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "open case: the creditor's claim is open; no law of the place is on record ·"),
        ("es", "caso abierto: el crédito sigue abierto; no consta ninguna ley del lugar ·"),
        ("pt", "caso aberto: o crédito está aberto; não consta nenhuma lei do lugar ·"),
    ],
)
async def test_where_no_law_is_known_an_open_claim_is_said_to_be_open_and_no_foreign_law_is_named(
    screen: Screen, door: Door, lang: str, words: str
) -> None:
    person = pb.PersonName(creditor_id=PERSON.creditor_id, reference="luis")
    luis = pb.RegisterPerson(name="Luis", language="es", country="PA", time_zone="America/Panama")
    await door.persons.RegisterPerson(pb.RegisterPersonRequest(request_id="luis", person_name=person, command=luis))
    obligors = [pb.Obligor(person=pb.PersonName(reference=person.reference))]
    command = opening("R-2", country="PA", time_zone="America/Panama", obligors=obligors)
    await door.cases.OpenCase(pb.OpenCaseRequest(request_id="open", command=command))

    said = await screen("person", "forget", f"{person.creditor_id}/luis", lang=lang)

    assert (said.status, words in said.out) == (4, True)
    assert "GDPR" not in said.out


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
