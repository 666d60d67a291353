"""What a decision may look up: the law on money, and the house's own bounds. Data, the same for every case."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.case.bounds import Bounds
from domain.compliance.rules import FeeCap
from domain.ledger.book import LawBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The law and the house rules that decisions are made under."""

    laws: LawBook
    bounds: Bounds
    fee_caps: Mapping[str, FeeCap] = field(default_factory=dict)  # of the contact rules, by id


NOTHING_SET = Policy(laws=LawBook(()), bounds=Bounds())
