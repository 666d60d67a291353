"""When somebody may not hand out or forget a person alone, and who must agree. The first row that fits holds."""

from dataclasses import dataclass

from domain.four_eyes import required, role_of
from domain.person.approval_words import PersonAct

_WHY = {
    PersonAct.EXPORT: "nobody hands out alone what is known of somebody else",
    PersonAct.FORGET: "nobody forgets somebody alone",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRule:
    """One row; where none fits nobody else is asked."""

    id: str
    acts: frozenset[PersonAct]
    alone: frozenset[str] = frozenset()  # roles that need nobody else
    approvers: tuple[str, ...]  # roles, sorted


PersonRules = tuple[PersonRule, ...]


def needed(rules: PersonRules, act: PersonAct, *, by: str) -> PersonRule | None:
    """Return the row by which another person must agree before `by` ("role:id") does it; None: nobody must."""
    rule = next((rule for rule in rules if act in rule.acts), None)
    return None if rule is None or role_of(by) in rule.alone else rule


def require_alone(rules: PersonRules, act: PersonAct, *, by: str) -> None:
    """Refuse what `by` may not do without a second person."""
    rule = needed(rules, act, by=by)
    if rule is not None:
        raise required(rule.approvers, why=why(act))


def why(act: PersonAct) -> str:
    """Return, for people, why it takes two."""
    return _WHY[act]
