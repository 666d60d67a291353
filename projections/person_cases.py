"""Which cases a person is bound to: the relay looks up whom a person's event concerns."""

from domain.case.state import Case
from projections.followed import Followed
from projections.ports import PersonCase


def bindings(followed: Followed) -> tuple[PersonCase, ...]:
    """Return one row for each person who is bound to the case now."""
    if not isinstance(followed.state, Case):
        return ()
    case_id = followed.case_id
    return tuple(
        PersonCase(person_id=obligor.person_id, case_id=case_id, role=obligor.role.value)
        for obligor in followed.state.obligors
    )
