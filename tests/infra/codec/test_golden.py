"""Every event there is can be read from the file that was stored for it, and is written exactly so."""

from pathlib import Path

import pytest

from infra.codec import EVENT_TYPES, EventCodec
from tests.infra.codec.samples import SAMPLES

GOLDEN = Path(__file__).parents[2] / "golden" / "events"
FILES = sorted(GOLDEN.glob("*.json"))


def test_every_event_has_a_golden_file_and_every_golden_file_an_event() -> None:
    assert {path.name.split(".")[0] for path in FILES} == set(EVENT_TYPES)
    assert set(SAMPLES) == set(EVENT_TYPES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_stored_event_is_read_as_the_event_it_was(path: Path) -> None:
    name = path.name.split(".")[0]  # <Name>.json, or <Name>.v<number>.json for a shape of before

    assert EventCodec().decode(name, path.read_bytes().removesuffix(b"\n")) == SAMPLES[name]


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_an_event_is_written_as_its_golden_file_byte_for_byte(name: str) -> None:
    stored = (GOLDEN / f"{name}.json").read_bytes().removesuffix(b"\n")

    assert EventCodec().encode(SAMPLES[name]) == (name, stored)
