"""Access rules: which roles may call which method, and what of the request must be within their reach."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.access.words import Reach, Role, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What holds for one method, "/escalera.v1.CaseService/OpenCase".

    roles:   who may call it; with `anybody`, nobody is asked who they are.
    """

    method: str
    roles: frozenset[Role]
    scope: Scope
    anybody: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRules:
    """The whole table. A method that is not in it is refused.

    reaches:  how far each role goes.
    acts_for: in whose name systems may call, at most.
    stamp:    SHA-256 of the text, 16 hexadecimal digits.
    """

    rules: Mapping[str, Rule]
    reaches: Mapping[Role, Reach]
    acts_for: frozenset[Role]
    file: str
    stamp: str

    def of(self, method: str) -> Rule | None:
        """Return the rule of a method; None: it has none, and nobody may call it."""
        return self.rules.get(method)
