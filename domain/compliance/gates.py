"""Rules that ask what is known, who is reached and what is said: gates, consent, recipients and disclosures."""

from datetime import datetime

from domain.compliance.lifts import lifted
from domain.compliance.matter import NEVER, Matter, Moment, end_of, forbids, permits
from domain.compliance.proposal import Known, Proposal
from domain.compliance.rule_words import DisclosureStage, Match
from domain.compliance.rules import Consent, Disclosure, Gate, RecipientRule, RuleSet
from domain.compliance.words import Circumstance, Medium

BY_TELEPHONE = frozenset((Medium.CALL, Medium.RINGLESS_VOICEMAIL))  # "stop calling" is about both: cmt 14(b)-1


def gate_until(gate: Gate, _: RuleSet, matter: Matter, moment: Moment) -> datetime | None:
    """Return None while the gate is open, else when what closed it ends by itself (`NEVER`: it does not)."""
    if gate.when is None:
        return None if lifted(gate.lifts, matter, moment) else NEVER
    latest: datetime | None = None
    for known in matter.of(gate.when):
        if (
            _concerns(gate, known, matter, moment)
            and not _ended(gate.until, known, matter, moment)
            and not lifted(gate.lifts, matter, moment, known.at)
        ):
            end = end_of(known, matter)
            latest = end if latest is None else max(latest, end)
    return latest


def consent_until(consent: Consent, _: RuleSet, matter: Matter, moment: Moment) -> datetime | None:
    """Return None where the person authorized the medium, or where nobody has asked yet and the rule lets that pass."""
    told = matter.of(consent.fact)
    if not told and not consent.required:
        return None
    return None if any(permits(known, matter, moment) for known in told) else NEVER


def may_be_reached(rule: RecipientRule, proposal: Proposal) -> bool:
    """Return whether a rule lets somebody be reached for a purpose."""
    if proposal.recipient in rule.for_purposes.get(proposal.purpose, ()):
        return True
    return (not rule.allow or proposal.recipient in rule.allow) and proposal.recipient not in rule.deny


def recipient_until(rule: RecipientRule, _: RuleSet, matter: Matter, __: Moment) -> datetime | None:
    """Return None for somebody who may be reached for the purpose."""
    return None if may_be_reached(rule, matter.proposal) else NEVER


def disclosure_until(disclosure: Disclosure, _: RuleSet, matter: Matter, __: Moment) -> datetime | None:
    """Return None for what says all that it must, and for what nobody has looked at yet."""
    said = matter.proposal.content
    return None if said is None or said.issuperset(disclosure.content) else NEVER


def is_due(disclosure: Disclosure, proposal: Proposal) -> bool:
    """Return whether a contact at this stage must say it."""
    return disclosure.stage is DisclosureStage.ANY or proposal.first == (disclosure.stage is DisclosureStage.INITIAL)


def _concerns(gate: Gate, known: Known, matter: Matter, moment: Moment) -> bool:
    """Return whether a circumstance is in force and is about this proposal."""
    proposal = matter.proposal
    match gate.match:
        case None:
            return forbids(known, matter, moment)
        case Match.PLACE:
            return known.place is not None and known.place is proposal.place and forbids(known, matter, moment)
        case Match.MEDIUM | Match.ADDRESS:
            if known.medium is not None and not _same(known.medium, proposal.medium):
                return False
            if known.address and proposal.address and known.address != proposal.address:
                return False
            if gate.match is Match.ADDRESS and not known.address:
                return False
            return forbids(known, matter, moment)


def _same(told: Medium, proposed: Medium) -> bool:
    return told is proposed or (told in BY_TELEPHONE and proposed in BY_TELEPHONE)


def _ended(until: Circumstance | None, known: Known, matter: Matter, moment: Moment) -> bool:
    """Return whether a gate's other circumstance has come since, for each debt that the first is about."""
    if until is None:
        return False
    wanted = matter.proposal.debts
    concerned = [debt for debt in wanted if not known.debts or debt in known.debts]
    ends = [
        each
        for each in matter.of(until)
        if (each.at is None or (each.at <= moment.at and (known.at is None or each.at >= known.at)))
        and (each.until is None or moment.at < each.until)
    ]
    if not concerned:
        return any(not each.debts for each in ends)
    return all(any(not each.debts or debt in each.debts for each in ends) for debt in concerned)
