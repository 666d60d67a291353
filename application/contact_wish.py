"""A contact that somebody wants to make, what the case contributes to it, and the answers that there are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.request import Asked
from domain.case.commands import PermitContact, RefuseContact
from domain.case.contact_events import ContactPermitted
from domain.case.limitation_view import time_barred
from domain.case.state import Case, CaseState
from domain.case.view import local_date
from domain.case.words import Channel, PlacedWith, Role
from domain.compliance.verdict import Denial, Grounds
from domain.compliance.words import Actor, Circumstance, Place, Purpose, Recipient
from domain.decider import Rejected
from domain.ledger.book import LawBook
from domain.person.commands import ReserveContact
from domain.person.reserve import Unlawful

RECIPIENTS = {
    Role.PRINCIPAL: Recipient.DEBTOR,
    Role.CO_DEBTOR: Recipient.CODEBTOR,
    Role.GUARANTOR: Recipient.GUARANTOR,
    Role.HEIR: Recipient.HEIR,
}
# Whoever works the case for the creditor is bound by the rules for those who collect for others, too.
FOR_OTHERS = frozenset((Actor.THIRD_PARTY_COLLECTOR, Actor.ITS_COLLECTION_AGENCY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A contact that somebody wants to make. `step_key` is empty when no step asks for it.

    task_id:   the open task that a person makes the contact for; instead of a step.
    recipient: whom it would reach; None: the person, in the role that they have in the debt.
    place:     where; None: where the contact point is.
    content:   flags of what it says, in the words of the contact rules; None: not known yet.
    point_id:  which contact point; "": the newest that may be used.
    """

    permit_id: str
    person_id: UUID
    channel: Channel
    template: str
    step_key: str = ""
    task_id: str = ""
    due_at: datetime | None = None
    purpose: Purpose = Purpose.COLLECT
    recipient: Recipient | None = None
    place: Place | None = None
    content: frozenset[str] | None = None
    point_id: str = ""
    same_session: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """The contact may be made; `permit_id` is its key at the provider. `grounds` None: it was permitted before."""

    permit_id: str
    grounds: Grounds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The person's rules say no, and the case knows. `next_allowed_at` None: not before a fact changes."""

    reason: str
    next_allowed_at: datetime | None
    denied_by: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()  # of the rules in `denied_by`, in their order
    rule_sets: tuple[str, ...] = ()
    detail: str = ""  # one English sentence
    denials: tuple[Denial, ...] = ()  # the same rules as the judge told them


def wanted_again(permitted: ContactPermitted, *, point_id: str, content: frozenset[str]) -> Wanted:
    """Return what was wanted when a contact was permitted, with what it turned out to say."""
    grounds = permitted.grounds
    return Wanted(
        permit_id=permitted.permit_id,
        person_id=permitted.person_id,
        channel=permitted.channel,
        template=permitted.template,
        step_key=permitted.step_key,
        purpose=Purpose(grounds.purpose) if grounds else Purpose.COLLECT,
        recipient=Recipient(grounds.recipient) if grounds else None,
        place=Place(grounds.place) if grounds and grounds.place else None,
        content=content,
        point_id=point_id,
        same_session=grounds.same_session if grounds else False,
    )


def permit_id(case_id: UUID, step_key: str, channel: Channel, number: int = 1) -> str:
    """Return the key of a contact that a step may make on a channel; `number` counts those whose permit ran out."""
    first = f"{case_id}:{step_key}:{channel}"
    return first if number == 1 else f"{first}:{number}"


def reservation(
    case_id: UUID, case: CaseState, wanted: Wanted, asked: Asked, now: datetime, laws: LawBook
) -> ReserveContact:
    """Return the person's side of a contact, with what the case contributes to it; `laws` tell what is barred."""
    known = case if isinstance(case, Case) else None
    return ReserveContact(
        permit_id=wanted.permit_id,
        case_id=case_id,
        channel=wanted.channel,
        country=known.country if known else "",
        actors=actors_of(known) if known else frozenset(),
        creditor_id=known.creditor_id if known else "",
        recipient=wanted.recipient or (_recipient(known, wanted.person_id) if known else Recipient.DEBTOR),
        purpose=wanted.purpose,
        place=wanted.place,
        content=wanted.content,
        point_id=wanted.point_id,
        same_session=wanted.same_session,
        circumstances=_circumstances(known, laws, now) if known else frozenset(),
        at=now,
        by=asked.actor,
    )


def actors_of(case: Case) -> frozenset[Actor]:
    """Return as what the case is collected; nothing where the creditor's kind is not known, which means: as anybody."""
    known = case.opened_as.collecting_as if case.opened_as else ()
    if not known:
        return frozenset()
    own = frozenset(Actor(each) for each in known)
    return own if case.placed_with is PlacedWith.IN_HOUSE else own | FOR_OTHERS


def _circumstances(case: Case, laws: LawBook, now: datetime) -> frozenset[Circumstance]:
    barred = time_barred(case, laws, local_date(case, now))
    return frozenset((Circumstance.TIME_BARRED,)) if barred else frozenset()


def _recipient(case: Case, person_id: UUID) -> Recipient:
    roles = (RECIPIENTS[obligor.role] for obligor in case.obligors if obligor.person_id == person_id)
    return next(roles, Recipient.THIRD_PARTY)


def permission(wanted: Wanted, asked: Asked, now: datetime, grounds: Grounds | None) -> PermitContact:
    """Return the case's side of a contact."""
    return PermitContact(
        permit_id=wanted.permit_id,
        person_id=wanted.person_id,
        channel=wanted.channel,
        template=wanted.template,
        rules=grounds.rule_sets[0] if grounds else "",
        step_key=wanted.step_key or wanted.task_id,
        due_at=wanted.due_at,
        grounds=grounds,
        at=now,
        by=asked.actor,
    )


def refused_as(refusal: Rejected) -> Refused:
    """Return what a refusal of the person's side tells whoever asked."""
    next_allowed_at = _instant(refusal.accepted)
    if not isinstance(refusal, Unlawful):
        return Refused(reason=refusal.reason, next_allowed_at=next_allowed_at, detail=refusal.detail)
    verdict = refusal.verdict
    return Refused(
        reason=refusal.reason,
        next_allowed_at=verdict.next_allowed,
        denied_by=tuple(denial.rule for denial in verdict.denials),
        citations=tuple(denial.cite for denial in verdict.denials),
        rule_sets=verdict.rule_sets,
        detail=refusal.detail,
        denials=verdict.denials,
    )


def refusing(wanted: Wanted, refused: Refused, asked: Asked, now: datetime) -> RefuseContact:
    """Return the command that tells the case of a refusal."""
    return RefuseContact(
        step_key=wanted.step_key,
        person_id=wanted.person_id,
        channel=wanted.channel,
        reason=refused.reason,
        next_allowed_at=refused.next_allowed_at,
        denied_by=refused.denied_by,
        citations=refused.citations,
        rule_sets=refused.rule_sets,
        at=now,
        by=asked.actor,
    )


def _instant(accepted: str | None) -> datetime | None:
    """Return the instant from which the person's rules allow the contact, None where time alone does not help."""
    try:
        return datetime.fromisoformat(accepted) if accepted else None
    except ValueError:
        return None
