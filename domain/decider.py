"""The shape of every rule in Escalera: decide what follows from a command, evolve the state by what happened.

`decide` may refuse; `evolve` never does, because what it is given has already happened.
Both see only their arguments: the instant, the ids and the actor come in with the command.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
R = TypeVar("R")
P = ParamSpec("P")


class Rejected(Exception):
    """A command was refused, and nothing has changed.

    reason:   UPPER_SNAKE, stable, for programs (`PROMISE_EXCEEDS_BALANCE`).
    detail:   one English sentence for people; no personal data.
    field:    the command's field that is at fault, where there is one.
    accepted: what would have been accepted, in words or as a value.
    """

    def __init__(self, reason: str, detail: str = "", *, field: str | None = None, accepted: str | None = None) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.field = field
        self.accepted = accepted

    def __str__(self) -> str:
        accepted = f" (accepted: {self.accepted})" if self.accepted else ""
        return f"{self.reason}: {self.detail}{accepted}"


@dataclass(frozen=True, slots=True)
class Decider(Generic[S, C, E]):
    """A pure pair of functions over one stream: `decide(command, state)` and `evolve(state, event)`."""

    initial: S
    decide: Callable[[C, S], tuple[E, ...]]
    evolve: Callable[[S, E], S]
    evolve_all: Callable[[S, Iterable[E]], S] | None = None  # `evolve` for many events, where that can be done faster

    def fold(self, history: Iterable[E], state: S | None = None) -> S:
        """Return the state after `history`, starting from `state` (the initial one if not given)."""
        folded = self.initial if state is None else state
        if self.evolve_all is not None:
            return self.evolve_all(folded, history)
        evolve = self.evolve
        for event in history:
            folded = evolve(folded, event)
        return folded


def made(record: Callable[P, R], *_: P.args, **fields: P.kwargs) -> R:
    """Return a new state record of class `record`, with `fields` by name; fields with a plain default may be left out.

    It is `record(**fields)` without `__init__`, which costs a frozen record three times as much.
    A field whose default is made by a factory must be given: only plain defaults are found on the class.
    """
    new: R = _new(record)  # type: ignore[arg-type]  # it is a class; as a callable its fields are checked
    _set(new, "__dict__", fields)
    return new


def changed(record: R, **changes: Any) -> R:
    """Return a copy of a state record with `changes` made.

    `dataclasses.replace` runs `__init__` and costs ten times as much; replaying millions of events is what
    state records are for, so they are frozen but not slotted and are copied by their dictionary.
    """
    copy: R = _new(record.__class__)
    _set(copy, "__dict__", {**record.__dict__, **changes})
    return copy


_new = object.__new__
_set: Callable[[Any, str, object], None] = (
    object.__setattr__
)  # past the frozen door, for a copy that nobody has seen yet
