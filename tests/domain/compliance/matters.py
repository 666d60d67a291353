"""Random matters to judge: proposals, circumstances, histories and rules, within two months of 2026.

Hours lie by day: where clocks are set at night, the next opening may be told late (`windows.py` says so).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from hypothesis import strategies as st

from domain.calendar import BusinessCalendar
from domain.compliance.proposal import Facts, Known, Past, Proposal, Scope
from domain.compliance.rules import RuleSet
from domain.compliance.words import Circumstance, Medium, Place, Purpose, Recipient, Result
from infra.holidays_calendar import calendar_for
from infra.rules import load_rules
from tests.domain.compliance.judging import rules

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 60
DEBTS = ("d1", "d2")
ADDRESSES = ("", "a1", "a2")
ZONES = ("America/Bogota", "America/Santiago", "America/New_York", "America/Tijuana", "Europe/Madrid")
STEADY_ZONES = ("America/Bogota", "America/Lima", "America/Phoenix")  # whose clocks are never set
PLACES = ("CO", "CL", "PE", "EC", "DO", "MX", "US-MA", "US-WA", "US-DC", "US-NY-NYC", "GB", "ES", "BR")
BOOK = load_rules()
ODD = rules(
    """
[[ruleset.window]]
id = "sms"
channels = ["sms"]
days = "tue,thu"
hours = "10:15-10:30"
holidays = "closed"
cite = "c"
[[ruleset.cap]]
id = "month"
per = ["debt"]
max = 4
period = "rolling:30d"
count = "reachable"
exclude = ["misdirected", "reply_once", "prior_consent_7d"]
cite = "c"
[[ruleset.cap]]
id = "media"
per = ["debtor"]
max = 2
period = "rolling:10d"
distinct = "channel"
cite = "c"
[[ruleset.cap]]
id = "week"
channels = ["email", "im"]
per = ["channel", "recipient"]
max = 1
period = "calendar:1w"
if_fact = "e_consent"
cite = "c"
[[ruleset.spacing]]
id = "gap"
channels = ["sms", "im"]
per = ["debtor"]
days = 3
unless_fact = "e_consent"
cite = "c"
[[ruleset.gate]]
id = "wrong"
when = "wrong_number"
match = "address"
lifts_on = ["same_session", "prior_consent_7d"]
cite = "c"
""",
    set_id="odd",
)


@dataclass(frozen=True)
class Case:
    """One proposal with all that is needed to judge it."""

    proposal: Proposal
    facts: Facts
    rules: tuple[RuleSet, ...]


def instants(first: int = 0, last: int = DAYS * 96) -> st.SearchStrategy[datetime]:
    """Return instants on a grid of fifteen minutes."""
    return st.integers(first, last).map(lambda steps: START + timedelta(minutes=15 * steps))


def _debts() -> st.SearchStrategy[tuple[str, ...]]:
    return st.sampled_from(((), ("d1",), ("d2",), DEBTS))


HOURS = st.tuples(st.integers(5, 22), st.integers(5, 22)).map(lambda each: (time(each[0]), time(each[1])))
KNOWN = st.builds(
    Known,
    kind=st.sampled_from(Circumstance),
    at=st.none() | instants(),
    until=st.none() | instants(),
    to=st.none() | st.integers(0, DAYS).map(lambda days: (START + timedelta(days=days)).date()),
    debts=_debts(),
    medium=st.none() | st.sampled_from(Medium),
    address=st.sampled_from(ADDRESSES),
    place=st.none() | st.sampled_from(Place),
    days=st.frozensets(st.integers(0, 6), max_size=3),
    hours=st.none() | HOURS,
    given_to=st.sampled_from(("", "", "creditor")),
    later_instrument=st.booleans(),
)
PAST = st.builds(
    Past,
    at=instants(),
    medium=st.sampled_from(Medium),
    outbound=st.sampled_from((True, True, True, False)),
    result=st.sampled_from(Result),
    debts=_debts(),
    discussed=_debts(),
    recipient=st.sampled_from((Recipient.DEBTOR, Recipient.DEBTOR, Recipient.SPOUSE, Recipient.ATTORNEY)),
    place=st.none() | st.sampled_from(Place),
    address=st.sampled_from(ADDRESSES),
    purpose=st.sampled_from((Purpose.COLLECT, Purpose.COLLECT, Purpose.REPLY, Purpose.FRAUD_ALERT)),
)
PROPOSAL = st.builds(
    Proposal,
    at=instants(20 * 96, 45 * 96),
    medium=st.sampled_from(Medium),
    debts=_debts(),
    purpose=st.sampled_from((Purpose.COLLECT, Purpose.COLLECT, Purpose.REPLY, Purpose.ASK_CONSENT)),
    recipient=st.sampled_from((Recipient.DEBTOR, Recipient.DEBTOR, Recipient.DEBTOR, Recipient.EMPLOYER)),
    place=st.none() | st.sampled_from(Place),
    address=st.sampled_from(ADDRESSES),
    content=st.none(),
    same_session=st.sampled_from((False, False, False, True)),
    first=st.booleans(),
)


@st.composite
def cases(draw: st.DrawFn, zones: tuple[str, ...] = ZONES, *, holidays: bool = True) -> Case:
    """Return a matter under the rules of a place, the house's, or odd ones of ours."""
    place = draw(st.sampled_from(PLACES))
    proposal = draw(PROPOSAL)
    shipped = BOOK.applicable(Scope(jurisdictions=frozenset({place})), date(2026, 11, 1))
    chosen = draw(st.sampled_from((shipped, (ODD,), (*shipped, ODD), tuple(e for e in shipped if e.id != "house"))))
    countries = {each.country for each in chosen} - {"", "*"} | {place[:2]}
    return Case(
        proposal=proposal,
        facts=Facts(
            zones=tuple(sorted(draw(st.sets(st.sampled_from(zones), min_size=1, max_size=2)))),
            known=tuple(draw(st.lists(KNOWN, max_size=4))),
            contacts=in_order(draw(st.lists(PAST, max_size=8))),
            calendars={each: _calendar(each) if holidays else BusinessCalendar() for each in countries},
        ),
        rules=chosen,
    )


@lru_cache
def _calendar(country: str) -> BusinessCalendar:
    """Return the holidays of one year: others do not matter here, and a failing example is told in full."""
    return BusinessCalendar(holidays={START.year: calendar_for(country).holidays[START.year]})


def in_order(contacts: list[Past]) -> tuple[Past, ...]:
    """Return contacts as facts hold them."""
    return tuple(sorted(contacts, key=lambda each: each.at))
