"""A case: what somebody owes somebody, and what is done about it until nothing is owed or nothing more is done.

It is opened with its obligations and obligors before the ladder's first rung (`opening`), and climbs (`climb`, `step`)
while days go by: every contact is permitted first and told after (`contact`), every fee is on record (`charge`).
Money pays the oldest debt first (`payment`, `allocation`); when nothing is owed the case closes by itself (`settling`).
The debtor may promise, agree a plan or settle (`promise`, `plan`, `settlement`): then the ladder waits (`agreement`).
The debtor may dispute an obligation (`dispute`), and people, courts and laws may hold the case (`hold`).
Time breaks what was not kept (`deadline`), and a cheque that bounces brings back what it had paid, kept and closed.
Commands (`commands`) are asked, events (`events`) have happened, the state (`state`) is folded from them (`evolve`),
and `decide` is the one place from which every rule is found; `decider` puts both together, under the law and the house
rules of a `policy`. `view` reads the state for others; `identity` names it.
Nothing here sees a clock, a database or chance.
"""

from domain.case.commands import CaseCommand
from domain.case.events import CaseEvent
from domain.case.identity import case_id
from domain.case.state import Absent, Case, CaseState

__all__ = ["Absent", "Case", "CaseCommand", "CaseEvent", "CaseState", "case_id"]
