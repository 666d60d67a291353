"""Given what has happened, when somebody asks, then this follows.

`then` asks a second time on the new state and expects nothing to follow: asking twice is asking once, in every test.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import pytest

from domain.decider import Decider, Rejected

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")


@dataclass(frozen=True)
class Scenario(Generic[S, C, E]):
    """A decider and what has happened so far."""

    decider: Decider[S, C, E]
    history: tuple[E, ...] = ()

    @property
    def state(self) -> S:
        """What is, after all that has happened."""
        return self.decider.fold(self.history)

    def given(self, *events: E) -> "Scenario[S, C, E]":
        """Go on from these events."""
        return Scenario(self.decider, self.history + events)

    def after(self, *commands: C) -> "Scenario[S, C, E]":
        """Go on from what follows from these commands, each of which must be accepted."""
        scenario = self
        for command in commands:
            scenario = scenario.given(*self.decider.decide(command, scenario.state))
        return scenario

    def when(self, command: C) -> "Asked[S, C, E]":
        """Ask."""
        return Asked(self, command)


@dataclass(frozen=True)
class Asked(Generic[S, C, E]):
    """A command that waits to be judged."""

    scenario: Scenario[S, C, E]
    command: C

    def then(self, *expected: E | type) -> Scenario[S, C, E]:
        """Expect exactly these events, each given whole or by its class; return the scenario after them."""
        decided = self.scenario.decider.decide(self.command, self.scenario.state)
        assert _as_asked(decided, expected) == list(expected)
        return self._asked_again(decided)

    def then_nothing(self) -> None:
        """Expect that it was done already."""
        assert self.scenario.decider.decide(self.command, self.scenario.state) == ()

    def then_rejected(self, reason: str) -> Rejected:
        """Expect a refusal for this reason, which changes nothing and says something to people."""
        before = self.scenario.state
        with pytest.raises(Rejected) as refused:
            self.scenario.decider.decide(self.command, before)
        assert refused.value.reason == reason
        assert refused.value.detail
        return refused.value

    def _asked_again(self, decided: tuple[E, ...]) -> Scenario[S, C, E]:
        happened = self.scenario.given(*decided)
        assert self.scenario.decider.decide(self.command, happened.state) == (), "asked twice, decided twice"
        return happened


def _as_asked(decided: Iterable[E], expected: tuple[E | type, ...]) -> list[E | type]:
    """Where a class is expected, compare the class; where an event is, the event."""
    shown: list[E | type] = []
    for place, event in enumerate(decided):
        by_class = place < len(expected) and isinstance(expected[place], type)
        shown.append(type(event) if by_class else event)
    return shown
