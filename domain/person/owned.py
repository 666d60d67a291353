"""A person that a fold owns: copied once, written in place, and never again once it is handed out.

As `domain.case.owned` has it. The records inside the mappings are replaced, because others may still hold them.
"""

from typing import Any

from domain.case.owned import writable
from domain.decider import changed
from domain.person.state import Person


def own(person: Person) -> Person:
    """Return a copy that shares no mapping with the original."""
    return changed(
        person,
        points={**person.points},
        consents={**person.consents},
        opted_out={**person.opted_out},
        points_opted_out={**person.points_opted_out},
        learned={**person.learned},
        reserved={**person.reserved},
        noted={**person.noted},
        legal_holds={**person.legal_holds},
        erasures={**person.erasures},
        exports={**person.exports},
        approvals={**person.approvals},
    )


def put(person: Person, **changes: Any) -> None:
    person.__dict__.update(changes)


def change_point(person: Person, point_id: str, **changes: Any) -> None:
    """Change what is known of a contact point; nothing where there is none."""
    point = person.points.get(point_id)
    if point is not None:
        writable(person.points)[point_id] = changed(point, **changes)
