"""What the rules say to a proposal."""

from dataclasses import dataclass
from datetime import datetime

from domain.compliance.words import RuleKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """One rule that says no."""

    rule: str  # "co.ley2300.day1"
    kind: RuleKind
    cite: str
    until: datetime | None  # from when this rule alone would allow it; None: when a fact has changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Allowed if nothing denies."""

    denials: tuple[Denial, ...]
    next_allowed: datetime | None  # earliest lawful instant; the proposal's own when allowed; None: a fact must change
    duties: tuple[str, ...] = ()  # what the contact must say: the `content` of the disclosures that apply, sorted
    rule_sets: tuple[str, ...] = ()  # those that were asked, by `RuleSet.stamp`, in the order in which they were asked

    @property
    def allowed(self) -> bool:
        return not self.denials


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """By what right a contact was permitted: what an event carries so that anybody can judge it again, offline.

    The contacts and circumstances that were counted are events before this one; the rest stands here. A wire format.
    """

    rule_sets: tuple[str, ...]  # "co.ley2300@<16 hexadecimal digits of SHA-256>", readings behind it where not strict
    facts_digest: str  # SHA-256 over the facts as judged (`domain.compliance.digest`)
    zones: tuple[str, ...]
    closed_in: tuple[str, ...] = ()  # countries whose calendar had a holiday on the day
    jurisdictions: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    creditor_id: str = ""
    medium: str = ""
    recipient: str = "debtor"
    purpose: str = "collect"
    place: str = ""
    content: tuple[str, ...] | None = None
    duties: tuple[str, ...] = ()
    first: bool = False
    same_session: bool = False
    circumstances: tuple[str, ...] = ()  # of the debt, as the case knew them: time_barred
