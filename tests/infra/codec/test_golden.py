"""Every event can be read from every file that was ever stored for it, and is written exactly as the newest."""

from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from infra.codec import EVENT_TYPES, EventCodec
from tests.infra.codec.grown import GENERATIONS, LATEST, file_name

GOLDEN = Path(__file__).parents[2] / "golden" / "events"
FILES = {file_name(name, number): event for name, kept in GENERATIONS.items() for number, event in kept.items()}


def stored(name: str) -> bytes:
    return (GOLDEN / name).read_bytes().removesuffix(b"\n")


def test_every_event_has_a_golden_file_and_every_golden_file_an_event() -> None:
    assert set(GENERATIONS) == set(EVENT_TYPES)
    assert {path.name for path in GOLDEN.iterdir()} == set(FILES)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_stored_event_is_read_as_the_event_it_was(name: str) -> None:
    event = name.split(".")[0]  # <Name>.json, or <Name>.<generation>.json since it gained fields

    assert EventCodec().decode(event, stored(name)) == FILES[name]


@pytest.mark.parametrize("name", sorted(LATEST))
def test_an_event_is_written_as_its_newest_golden_file_byte_for_byte(name: str) -> None:
    newest = file_name(name, max(GENERATIONS[name]))

    assert EventCodec().encode(LATEST[name]) == (name, stored(newest))


@pytest.mark.parametrize("name", sorted(name for name, kept in GENERATIONS.items() if len(kept) > 1))
def test_what_was_stored_before_an_event_grew_reads_with_the_defaults_of_its_new_fields(name: str) -> None:
    before, now = stored(file_name(name, 1)), LATEST[name]
    new = [field for field in fields(now) if f'"{field.name}":'.encode() not in before]
    read = EventCodec().decode(name, before)

    assert new
    for field in new:
        assert field.default is not MISSING
        assert getattr(read, field.name) == field.default != getattr(now, field.name)
