"""What a decision may look up: the law on money, and the house's own bounds. Data, the same for every case."""

from dataclasses import dataclass

from domain.case.bounds import Bounds
from domain.ledger.book import LawBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The law and the house rules that decisions are made under."""

    laws: LawBook
    bounds: Bounds


NOTHING_SET = Policy(laws=LawBook(()), bounds=Bounds())
