"""Whether one contact with a person may be reserved now: first what the law and the person say, then the clock."""

from domain.calendar import BusinessCalendar
from domain.decider import Rejected
from domain.person.commands import ReserveContact
from domain.person.contact_ledger import ContactPolicy, next_allowed_at, obstacle
from domain.person.events import ContactReserved
from domain.person.state import Person
from domain.person.words import Fact

# Facts that stop every contact, the gravest first. VULNERABLE and INCONVENIENT_AT_WORK change how, not whether.
BLOCKING = {
    Fact.DECEASED: "PERSON_DECEASED",
    Fact.MINOR: "PERSON_MINOR",
    Fact.BANKRUPT: "PERSON_BANKRUPT",
    Fact.REPRESENTED_BY_ATTORNEY: "PERSON_REPRESENTED",
    Fact.CEASE_REQUESTED: "CEASE_REQUESTED",
}


def reserve(
    command: ReserveContact, person: Person, policy: ContactPolicy, calendar: BusinessCalendar
) -> tuple[ContactReserved, ...]:
    """Decide a reservation; where time alone helps, a refusal's `accepted` is the next lawful instant (ISO 8601)."""
    earlier = person.reserved.get(command.permit_id)
    if earlier is not None:
        if (earlier.case_id, earlier.channel) == (command.case_id, command.channel):
            return ()
        raise Rejected("PERMIT_EXISTS_WITH_OTHER_TERMS", "this permit is for another contact", field="permit_id")
    _require_rules(command, policy)
    point_id = _require_willing(command, person)
    _require_time(command, person, policy, calendar)
    return (
        ContactReserved(
            permit_id=command.permit_id,
            case_id=command.case_id,
            channel=command.channel,
            point_id=point_id,
            rules=policy.policy_id,
            at=command.at,
        ),
    )


def _require_rules(command: ReserveContact, policy: ContactPolicy) -> None:
    """The permit carries the rules that allowed it, so they must be the ones that are asked here."""
    if command.rules not in ("", policy.policy_id):
        raise Rejected("RULES_NOT_IN_FORCE", "other rules are in force", field="rules", accepted=policy.policy_id)


def _require_willing(command: ReserveContact, person: Person) -> str:
    """Return the contact point to use; refuse where no waiting helps."""
    for fact, reason in BLOCKING.items():
        if fact in person.facts:
            raise Rejected(reason, "a fact about the person stops every contact")
    if command.channel in person.opted_out:
        raise Rejected("OPTED_OUT", f"the person wants no contact by {command.channel}", field="channel")
    point_id = person.point_for(command.channel)
    if point_id is None:
        raise Rejected(
            "NO_CONTACT_POINT", f"there is nothing to reach the person by {command.channel}", field="channel"
        )
    return point_id


def _require_time(command: ReserveContact, person: Person, policy: ContactPolicy, calendar: BusinessCalendar) -> None:
    contacted_at = person.contacted_at()
    found = obstacle(policy, command.at, contacted_at, person.time_zone, calendar)
    if found is not None:
        allowed_at = next_allowed_at(policy, command.at, contacted_at, person.time_zone, calendar)
        accepted = allowed_at.isoformat() if allowed_at else None
        raise Rejected(found.reason, found.detail, field="at", accepted=accepted)
