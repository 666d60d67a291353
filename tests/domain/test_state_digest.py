"""Digests of states: the same for what means the same, another for whatever decisions could go by."""

import json
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta, timezone
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


def test_what_nobody_has_said_how_to_digest_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="float"):
        state_digest(changed(lived(), collector=0.5))
