"""What the codec refuses, and how it reads shapes of before."""

from dataclasses import dataclass
from typing import Any

import pytest

from domain.case.events import StageEntered
from domain.case.happened import Happened
from infra.codec import BadEvent, EventCodec, UnknownEvent
from tests.infra.codec.samples import AT, SAMPLES


def stored(name: str) -> bytes:
    return EventCodec().encode(SAMPLES[name])[1]


def test_a_name_that_no_event_has_is_refused() -> None:
    with pytest.raises(UnknownEvent, match="PromiseForgotten"):
        EventCodec().decode("PromiseForgotten", b"{}")


def test_a_class_that_is_not_registered_is_not_written() -> None:
    with pytest.raises(UnknownEvent, match="Happened"):
        EventCodec().encode(Happened(at=AT))  # type: ignore[arg-type]  # that is the point


def test_a_missing_field_is_named() -> None:
    with pytest.raises(BadEvent, match=r"PromiseMade: .*promise_id"):
        EventCodec().decode("PromiseMade", stored("PromiseMade").replace(b'"promise_id":"p-1",', b""))


@pytest.mark.parametrize(
    ("name", "known", "with_more", "unknown"),
    [
        ("PromiseMade", b'"promise_id"', b'"mood":"good","promise_id"', "mood"),
        ("PromiseMade", b'"currency":"EUR"', b'"currency":"EUR","cents":1', "amount.cents"),
        ("PlanAgreed", b'"due_on":"2026-05-01"', b'"due_on":"2026-05-01","note":1', "installments.note"),
        # As long as the default that is left out, so that a comparison of lengths would not see it.
        ("CaseOpened", b'"grace_days":5', b'"other_name":5', "other_name"),
    ],
)
def test_a_field_that_the_event_does_not_have_is_named(name: str, known: bytes, with_more: bytes, unknown: str) -> None:
    with pytest.raises(BadEvent, match=f"{name}: unknown field {unknown}$"):
        EventCodec().decode(name, stored(name).replace(known, with_more))


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("PromiseMade", b'"grace_days":2', b'"grace_days":"2"'),
        ("PromiseMade", b'"minor":5000', b'"minor":50.5'),
        ("PromiseMade", b'"EUR"', b'"eur"'),
        ("PromiseMade", b'"2026-03-20"', b'"2026-02-30"'),
        ("StageEntered", b'"SOFT"', b'"HARSH"'),
        ("ObligorReleased", b'"11111111-2222', b'"1111-2222'),
        ("PromiseMade", b"}", b""),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(name: str, right: bytes, wrong: bytes) -> None:
    with pytest.raises(BadEvent, match=f"^{name}: "):
        EventCodec().decode(name, stored(name).replace(right, wrong))


def test_a_field_with_a_default_may_be_missing_in_what_was_stored_before_it_came() -> None:
    before = stored("StageEntered").replace(b',"by_hand":true', b"")
    assert before != stored("StageEntered")

    entered = EventCodec().decode("StageEntered", before)

    assert isinstance(entered, StageEntered)
    assert entered.by_hand is False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Happened):
    """An event in its third shape: first a name, then a name and a number, now a list."""

    places: tuple[str, ...]


def upcasting() -> EventCodec:
    def with_number(fields: dict[str, Any]) -> dict[str, Any]:
        return {**fields, "number": 1}

    def as_list(fields: dict[str, Any]) -> dict[str, Any]:
        return {"at": fields["at"], "places": [fields["place"]] * fields["number"]}

    return EventCodec(
        types={"Moved": Moved}, versions={"Moved": 3}, upcasters={("Moved", 1): with_number, ("Moved", 2): as_list}
    )


@pytest.mark.parametrize(
    ("state", "places"),
    [
        (b'{"v":1,"at":"2026-03-02T09:30:15.25Z","place":"here"}', ("here",)),
        (b'{"v":2,"at":"2026-03-02T09:30:15.25Z","place":"there","number":2}', ("there", "there")),
        (b'{"v":3,"at":"2026-03-02T09:30:15.25Z","places":["here","there"]}', ("here", "there")),
    ],
)
def test_every_earlier_shape_becomes_the_present_one(state: bytes, places: tuple[str, ...]) -> None:
    moved: object = upcasting().decode("Moved", state)

    assert moved == Moved(at=AT, places=places)


@pytest.mark.parametrize("version", [b'"v":4,', b'"v":0,', b'"v":"1",', b""])
def test_a_shape_that_this_program_does_not_know_is_refused(version: bytes) -> None:
    with pytest.raises(BadEvent, match="schema version"):
        upcasting().decode("Moved", b"{" + version + b'"at":"2026-03-02T09:30:15.25Z","places":[]}')


def test_a_missing_upcaster_is_named() -> None:
    codec = EventCodec(types={"Moved": Moved}, versions={"Moved": 2})
    with pytest.raises(BadEvent, match="no upcaster from version 1"):
        codec.decode("Moved", b'{"v":1,"at":"2026-03-02T09:30:15.25Z","place":"here"}')
