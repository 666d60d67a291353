"""Short ways to say what is judged, for the tests of this folder. Local times are Bogotá's unless a zone is named."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from domain.calendar import BusinessCalendar
from domain.compliance.judge import judge
from domain.compliance.proposal import Facts, Known, Past, Proposal
from domain.compliance.read import read_rules
from domain.compliance.rules import RuleSet
from domain.compliance.verdict import Verdict
from domain.compliance.words import Medium, Result

BOGOTA = "America/Bogota"
HOLIDAY = date(2026, 3, 23)  # a Monday
CALENDARS: Mapping[str, BusinessCalendar] = {"CO": BusinessCalendar(holidays={2026: frozenset({HOLIDAY})})}


def rules(body: str, *, set_id: str = "t", header: str = "") -> RuleSet:
    """Return one rule set in Colombia with the sections of `body`."""
    (found,) = read_rules(
        f'[ruleset]\nid = "{set_id}"\njurisdiction = "CO"\ncalendar = {{ country = "CO" }}\n{header}\n{body}', "t.toml"
    )
    return found


def at(local: str, zone: str = BOGOTA) -> datetime:
    """Return "2026-03-25 09:00" on a zone's clock as an instant in UTC."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def call(local: str, result: Result = Result.NO_ANSWER, **more: object) -> Past:
    """Return a call of ours about debt d1."""
    return contact(local, Medium.CALL, result, **more)


def contact(local: str, medium: Medium, result: Result = Result.SENT, **more: object) -> Past:
    """Return a contact of ours about debt d1."""
    said: dict[str, object] = {"outbound": True, "debts": ("d1",), **more}
    return Past(at=at(local), medium=medium, result=result, **said)  # type: ignore[arg-type]  # fields by name


def ask(
    rule_sets: RuleSet | Iterable[RuleSet],
    local: str,
    medium: Medium = Medium.CALL,
    *,
    zones: tuple[str, ...] = (BOGOTA,),
    known: tuple[Known, ...] = (),
    contacts: Iterable[Past] = (),
    calendars: Mapping[str, BusinessCalendar] = CALENDARS,
    debts: tuple[str, ...] = ("d1",),
    **more: object,
) -> Verdict:
    """Return the verdict on a contact at a local time of the first zone."""
    proposal = Proposal(at=at(local, zones[0]), medium=medium, debts=debts, **more)  # type: ignore[arg-type]  # the same
    facts = Facts(
        zones=zones, known=known, contacts=tuple(sorted(contacts, key=lambda each: each.at)), calendars=calendars
    )
    return judge(proposal, facts, (rule_sets,) if isinstance(rule_sets, RuleSet) else tuple(rule_sets))


def denied_by(verdict: Verdict) -> list[str]:
    """Return the names of the rules that deny."""
    return [denial.rule for denial in verdict.denials]
