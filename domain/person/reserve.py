"""Whether one contact with a person may be reserved now: what they are and said first, then the contact rules."""

from dataclasses import dataclass
from functools import lru_cache

from domain.calendar import BusinessCalendar, local_day
from domain.compliance.book import RuleBook
from domain.compliance.digest import closed_in, digest
from domain.compliance.judge import judge
from domain.compliance.proposal import Facts, Proposal, Scope
from domain.compliance.rules import EVERYWHERE, RuleSet
from domain.compliance.verdict import Denial, Grounds, Verdict
from domain.compliance.words import RuleKind
from domain.decider import Rejected
from domain.person.commands import ReserveContact
from domain.person.contact_facts import CalendarOf, Question, facts_of, question_of
from domain.person.events import ContactReserved
from domain.person.state import Person
from domain.person.willing import require_willing

REASONS = {
    RuleKind.WINDOW: "OUTSIDE_HOURS",
    RuleKind.CAP: "CAP_REACHED",
    RuleKind.SPACING: "TOO_SOON",
    RuleKind.COOLDOWN: "TOO_SOON",
    RuleKind.GATE: "FORBIDDEN",
    RuleKind.CONSENT: "NO_CONSENT",
    RuleKind.RECIPIENT: "RECIPIENT_NOT_ALLOWED",
    RuleKind.DISCLOSURE: "DISCLOSURE_MISSING",
    RuleKind.UNKNOWN: "RULES_UNCLEAR",
}
_SCOPES_KEPT = 4096


class Unlawful(Rejected):
    """The contact rules forbid it. `verdict` says all that there is to say; `accepted` is the next lawful instant."""

    def __init__(self, reason: str, detail: str, *, field: str, accepted: str | None, verdict: Verdict) -> None:
        super().__init__(reason, detail, field=field, accepted=accepted)
        self.verdict = verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict, what it was about, and by what it can be judged again."""

    proposal: Proposal
    verdict: Verdict
    grounds: Grounds


class Court:
    """The rules in force, and the holidays of every country: what reservations are judged by."""

    def __init__(self, book: RuleBook, calendar_of: CalendarOf) -> None:
        self._calendar_of = calendar_of
        self._applicable = lru_cache(maxsize=_SCOPES_KEPT)(book.applicable)

    def judged(self, command: ReserveContact, person: Person, point_id: str) -> Judged:
        """Return what the rules say; raise `Rejected` NO_RULES_APPLY where there are none: silence allows nothing."""
        question = question_of(command, person, point_id)
        rules = self._rules(question.scope, command, person)
        if not rules:
            raise Rejected("NO_RULES_APPLY", "no contact rules apply here, so nothing is allowed")

        def holidays(country: str) -> BusinessCalendar:
            return self._calendar_of(person.country if country == EVERYWHERE else country)

        facts = facts_of(command, person, rules, holidays)
        verdict = judge(question.proposal, facts, rules)
        return Judged(proposal=question.proposal, verdict=verdict, grounds=_grounds(command, question, facts, verdict))

    def _rules(self, scope: Scope, command: ReserveContact, person: Person) -> tuple[RuleSet, ...]:
        """Return the sets that apply on the day that it is, in whichever zone the person is."""
        days = sorted({local_day(command.at, zone) for zone in person.zones})
        found = {rules.stamp: rules for day in days for rules in self._applicable(scope, day)}
        return tuple(found.values())


def reserve(command: ReserveContact, person: Person, court: Court) -> tuple[ContactReserved, ...]:
    """Decide a reservation; where time alone helps, a refusal's `accepted` is the next lawful instant (ISO 8601)."""
    earlier = person.reserved.get(command.permit_id)
    if earlier is not None:
        if (earlier.case_id, earlier.channel) == (command.case_id, command.channel):
            return ()
        raise Rejected("PERMIT_EXISTS_WITH_OTHER_TERMS", "this permit is for another contact", field="permit_id")
    point_id = require_willing(command, person)
    judged = court.judged(command, person, point_id)
    if not judged.verdict.allowed:
        raise unlawful(judged.verdict)
    return (
        ContactReserved(
            permit_id=command.permit_id,
            case_id=command.case_id,
            channel=command.channel,
            point_id=point_id,
            rules=judged.grounds.rule_sets[0],
            grounds=judged.grounds,
            at=command.at,
        ),
    )


def unlawful(verdict: Verdict) -> Unlawful:
    """Return the refusal that a verdict amounts to, named by the rule that tells most."""
    told = _telling(verdict)
    accepted = verdict.next_allowed.isoformat() if verdict.next_allowed else None
    return Unlawful(REASONS[told.kind], f"{told.rule}: {told.cite}", field="at", accepted=accepted, verdict=verdict)


def _grounds(command: ReserveContact, question: Question, facts: Facts, verdict: Verdict) -> Grounds:
    proposal, scope = question.proposal, question.scope
    return Grounds(
        rule_sets=verdict.rule_sets,
        facts_digest=digest(facts, proposal),
        zones=facts.zones,
        closed_in=closed_in(facts, proposal),
        jurisdictions=tuple(sorted(scope.jurisdictions)),
        actors=tuple(sorted(scope.actors)),
        creditor_id=scope.creditor_id,
        medium=proposal.medium,
        recipient=proposal.recipient,
        purpose=proposal.purpose,
        place=proposal.place or "",
        content=None if proposal.content is None else tuple(sorted(proposal.content)),
        duties=verdict.duties,
        first=proposal.first,
        same_session=proposal.same_session,
        circumstances=tuple(sorted(command.circumstances)),
    )


def _telling(verdict: Verdict) -> Denial:
    """Return the denial that names the refusal: where waiting does not help, one that waiting does not help."""
    if verdict.next_allowed is None:
        return next((denial for denial in verdict.denials if denial.until is None), verdict.denials[0])
    return verdict.denials[0]
