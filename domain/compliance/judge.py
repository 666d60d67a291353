"""The judge of a contact: pure, the same answer for the same arguments, and an answer for all of them.

Any rule that denies is enough, and all that deny are told. What nobody understands (an unknown zone, holidays that
nobody supplied) is denied, not guessed. The next lawful instant is the least fixpoint of jumping to the instant until
which a rule denies, or to the next one at which something known begins or ends (`next_allowed.py`).
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from domain.calendar import zone
from domain.compliance.matter import EARLIEST, LATEST, lay_out
from domain.compliance.next_allowed import next_allowed
from domain.compliance.proposal import Facts, Proposal
from domain.compliance.rules import RuleSet
from domain.compliance.ruling import denials_at, unknown
from domain.compliance.selection import select
from domain.compliance.verdict import Verdict
from domain.decider import Rejected


def judge(proposal: Proposal, facts: Facts, rules: Sequence[RuleSet]) -> Verdict:
    """Return whether a contact may be made, by every rule of the sets that is in force on the person's local date.

    `facts.contacts` are in the order of their instants; circumstances and contacts with an instant after the
    proposal's are not known yet, except that later contacts fill the periods of caps and spacings.
    """
    stamps = tuple([each.stamp for each in rules])
    zones = _zones(facts)
    if not zones or not EARLIEST <= proposal.at <= LATEST:
        what = "the instant" if zones else "the person's time zone"
        return Verdict(denials=(unknown(what),), next_allowed=None, rule_sets=stamps)
    asked = [select(each, proposal) for each in rules]
    matter = lay_out(proposal, facts, zones, max([each.horizon_days for each in asked], default=0))
    moment = matter.moment(proposal.at)
    denials = denials_at(asked, matter, moment)
    duties = frozenset[str]().union(*[each.duties for each in asked if each.duties and moment.within(each.rules)])
    return Verdict(
        denials=denials,
        next_allowed=next_allowed(denials, asked, matter, moment) if denials else proposal.at,
        duties=tuple(sorted(duties)),
        rule_sets=stamps,
    )


def _zones(facts: Facts) -> tuple[ZoneInfo, ...]:
    """Return the person's zones; none where one of them is no zone."""
    try:
        return tuple([zone(name) for name in facts.zones])
    except Rejected:
        return ()
