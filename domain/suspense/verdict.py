"""What an entry comes to, on what is known of the cases that it leads to: one case, surely, or a reason to ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from domain.suspense.entry import BankEntry
from domain.suspense.matching import Leads, Scored, choose, reversed_payment, score
from domain.suspense.target import Target
from domain.suspense.words import Candidate, Why

HELD_POINTS = 40  # from here on a candidate is a case that may well have been paid


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The one case (`chosen`; with `payment_id`, what a reversal takes back of it), or why there is none."""

    scored: tuple[Scored, ...]
    chosen: Scored | None = None
    payment_id: str = ""
    why: Why | None = None
    detail: str = ""

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The cases that may be meant, as they are written down."""
        return tuple(one.told() for one in self.scored)


def judge(entry: BankEntry, leads: Leads, targets: Iterable[Target], payers: frozenset[UUID]) -> Verdict:
    """Say which case an entry pays, or whose payment it takes back; never guess. `payers` as in `score`."""
    scored = tuple(score(entry, leads, targets, payers))
    if entry.doubts:
        return Verdict(scored=scored, why=Why.DOUBTFUL, detail=", ".join(entry.doubts))
    if entry.reversal:
        found = reversed_payment(entry, scored)
        if found is None:
            return Verdict(scored=scored, why=Why.NO_SUCH_PAYMENT)
        return Verdict(scored=scored, chosen=found[0], payment_id=found[1])
    chosen = choose(entry, scored)
    if isinstance(chosen, Why):
        return Verdict(scored=scored, why=chosen)
    return Verdict(scored=scored, chosen=chosen)


def moves_a_debt(entry: BankEntry) -> bool:
    """Say whether an entry can concern a debt: money that came in, or went back; not what we paid, nor its return."""
    return entry.amount.minor != 0 and (entry.amount.minor < 0) is entry.reversal
