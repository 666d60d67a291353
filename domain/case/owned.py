"""A case that a fold owns: copied once at its edges, written in place, and never again once it is handed out.

Copying a case for each of forty events costs more than all that the events say. So whoever folds takes a copy that
nobody else has seen (`own`), lets the events write into it (`put`, `writable`), and gives it out as the frozen record
that it is for everybody else. Written in place are the case, its climb, its ledger and their mappings; the small
records inside the mappings are replaced (`changed`), because other cases of the same history may still hold them.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from domain.case.happened import Happened
from domain.case.state import Case, Climb, Ledger
from domain.decider import changed

K = TypeVar("K")
V = TypeVar("V")


def own(case: Case) -> Case:
    """Return a copy of the case that shares nothing that may be written in place."""
    climb, ledger = case.climb, case.ledger
    return changed(
        case,
        climb=changed(
            climb,
            steps={**climb.steps},
            refusals={**climb.refusals},
            refused_as={**climb.refused_as},
            closed_channels={**climb.closed_channels},
            tasks={**climb.tasks},
        ),
        ledger=changed(
            ledger,
            debts={**ledger.debts},
            payments={**ledger.payments},
            charges={**ledger.charges},
            waivers={**ledger.waivers},
            forgiven={**ledger.forgiven},
        ),
        promises={**case.promises},
        plans={**case.plans},
        settlements={**case.settlements},
        offers={**case.offers},
        discounts={**case.discounts},
        approvals={**case.approvals},
        consents={**case.consents},
        extensions={**case.extensions},
        costs={**case.costs},
        rewards={**case.rewards},
        links={**case.links},
        holds={**case.holds},
        disputes={**case.disputes},
        contacts={**case.contacts},
    )


def put(record: Case | Climb | Ledger, **changes: Any) -> None:
    """Write fields of a record that the fold owns."""
    record.__dict__.update(changes)


def told(case: Case, event: Happened) -> None:
    """Keep an event that statements are made of (a tuple: few cases have many, and copying a case must stay cheap)."""
    put(case, money_told=(*case.money_told, event))


def writable(mapping: Mapping[K, V]) -> dict[K, V]:
    """Return an owned mapping as what it is, a dictionary to write into."""
    return mapping  # type: ignore[return-value]  # state types promise readers less than the fold knows
