"""A request for a second person's word on a case, as deciding needs it."""

from dataclasses import dataclass

from domain.case.approval_words import Wanted
from domain.four_eyes import Request
from domain.money import Money


@dataclass(frozen=True, kw_only=True)
class Approval(Request[Wanted]):
    """`balance`: owed when it was asked."""

    balance: Money
