"""Digests of states: the same for what means the same, another for whatever decisions could go by."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.case.decider import CASE
from domain.case.state import Absent, Case, Hold
from domain.case.words import HoldReason, Scope
from domain.decider import changed
from domain.person.state import Unregistered
from domain.state_digest import state_digest, written_fields
from domain.suspense.state import Unheard
from tests.projections import lives

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def lived(seed: int = 1) -> Case:
    state = CASE.fold(lives.life(seed, 40))
    assert isinstance(state, Case)
    return state


def hold(**fields: Any) -> Hold:
    known: dict[str, Any] = {"reason": HoldReason.LEGAL, "scope": Scope.ALL, "authority": "court", "from_at": AT}
    return Hold(**{**known, "until": None, **fields})


@pytest.mark.parametrize("seed", range(20))
def test_event_by_event_or_all_at_once_a_fold_has_one_digest(seed: int) -> None:
    history = lives.life(seed, 40)
    state = CASE.initial
    for event in history:
        state = CASE.evolve(state, event)
    assert state_digest(state) == state_digest(CASE.fold(history))


def test_every_field_of_a_case_counts() -> None:
    case = lived()
    others: dict[str, Any] = {
        "collector": "somebody else",
        "notes": case.notes | {"another"},
        "grace_days": case.grace_days + 1,
        "read_at": AT,
        "obligors_released": case.obligors_released | {UUID(int=7)},
        "holds": {**case.holds, "new": hold()},
        "ledger": changed(case.ledger, credit=case.ledger.credit + 1),
        "climb": changed(case.climb, entry=case.climb.entry + 1),
        "money_told": case.money_told[:-1],
    }
    seen = {state_digest(case)} | {state_digest(changed(case, **{name: value})) for name, value in others.items()}
    assert len(seen) == len(others) + 1


def test_a_field_that_is_added_empty_changes_nothing() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Grown(Case):
        later: tuple[str, ...] = ()
        flag: bool = False
        told: str = ""

    case = lived()
    grown = Grown(**{each.name: getattr(case, each.name) for each in fields(case)})
    assert written_fields(grown) == written_fields(case)
    assert written_fields(replace(grown, told="x")) == {**written_fields(case), "told": '"x"'}


def test_where_nothing_was_said_is_another_thing_than_zero() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Asked(Case):
        days: int | None = None

    case = lived()
    known = {each.name: getattr(case, each.name) for each in fields(case)}
    assert written_fields(Asked(**known, days=0)) != written_fields(Asked(**known))


def test_the_order_of_a_mapping_counts_and_that_of_a_set_does_not() -> None:
    one, other = changed(lived(), holds={"a": hold(), "b": hold()}), changed(lived(), holds={"b": hold(), "a": hold()})
    assert state_digest(one) != state_digest(other)
    some = [f"n-{number}" for number in range(50)]
    assert state_digest(changed(lived(), notes=frozenset(some))) == state_digest(
        changed(lived(), notes=frozenset(reversed(some)))
    )


def test_an_instant_is_the_same_in_every_zone() -> None:
    there = AT.astimezone(timezone(timedelta(hours=-6)))
    assert state_digest(changed(lived(), read_at=AT)) == state_digest(changed(lived(), read_at=there))


def test_streams_of_nothing_have_one_digest_and_what_is_digested_is_json() -> None:
    assert state_digest(Absent()) == state_digest(Unregistered()) == state_digest(Unheard())
    for text in written_fields(lived()).values():
        json.loads(text)


@pytest.mark.parametrize("text", ['"\\', "línea\n\t\x00", "Ñandú 🦤", "\ud800", "</script>", "\u2028"])
def test_a_text_is_written_as_json_writes_it(text: str) -> None:
    written = written_fields(changed(lived(), collector=text))["collector"]
    assert written == json.dumps(text)
    assert written.isascii()


def test_values_are_written_as_their_kind_is() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Odd(Case):
        values: tuple[Any, ...] = ()
        counted: Mapping[Any, Any] = field(default_factory=dict)
        hollow: Any = None

    known = {each.name: getattr(lived(), each.name) for each in fields(Case)}
    values: tuple[Any, ...] = (
        True,
        False,
        None,
        -7,
        Decimal("0.10"),
        date(2026, 3, 2),
        time(9, 30),
        UUID(int=7),
        Scope.ALL,
        AT,
        {},
    )
    counted = {"a": 0, "b": False, "c": Decimal(0), "d": 1, Scope.ALL: frozenset({"y", "x"}), 2: ""}
    found = written_fields(Odd(**known, values=values, counted=counted, hollow=Decimal(0)))
    assert found["values"] == (
        '[true,false,null,-7,"0.10","2026-03-02","09:30:00","00000000-0000-0000-0000-000000000007","ALL",'
        '"2026-03-02T09:00:00.000000+00:00",[]]'
    )
    assert found["counted"] == '[["d",1],["ALL",["x","y"]],[2,""]]'
    assert found["hollow"] == '"0"', "an exact number is written as a text, which is not empty"


def test_what_nobody_has_said_how_to_digest_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="float"):
        state_digest(changed(lived(), collector=0.5))
