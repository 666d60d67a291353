"""A rule file becomes rule sets; what is wrong with it is said with file, line and field, and what would do."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from domain.compliance.read import read_rules
from domain.compliance.rule_words import Confidence, CountKind, Lift, Per
from domain.compliance.rules import Cap, Gate, Period, ToldTime, Window
from domain.compliance.words import Actor, Circumstance, Medium, Purpose
from domain.decider import Rejected
from domain.rule_text.lines import line_of
from infra.rules import SHIPPED

WHOLE = """\
# A law.
[ruleset]
id = "xx.law"
version = 2
jurisdiction = "XX"
effective = { from = 2026-01-01, until = 2026-12-31 }
actors = ["debt_buyer"]
creditors = ["acme"]
tz = "intersect"
calendar = { country = "XX", sundays_are_holidays = true }
reading = { week = "calendar" }
retention = { contacts = "P2Y", from = "last_contact", cite = "art. 9" }
window = [
 { id = "h", channels = ["call"], days = "mon-fri,sun", hours = "08:00-24:00", holidays = "closed", cite = "art. 1" },
 { id = "told", from_fact = "inconvenient_time", channels = ["*"], lifts_on = ["reply_once"], cite = "art. 2" },
]
fee_cap = { unit = "UF", tiers = [[10, 0.09], ["inf", 0.03]], from_day = 21, cite = "art. 8" }

[[ruleset.cap]]
id = "c"
channels = ["call", "rvm"]
per = ["recipient", "debt"]
max = 7
period = "rolling:7d"
count = "connected"
exclude = ["misdirected"]
cite = "art. 3"
confidence = "text"

[[ruleset.gate]]
id = "g"
when = "cease_notice"
allow_purposes = ["confirm_termination"]
cite = "art. 4"

[[ruleset.term]]
id = "wait"
days = 14
kind = "business"
cite = "art. 7"

[[overlay]]
id = "xx.city"
jurisdiction = "XX-C"
extends = "xx.law"
"""


def refusal(text: str) -> Rejected:
    """Return what is said of a wrong text."""
    with pytest.raises(Rejected) as refused:
        read_rules(text, "law.toml")
    return refused.value


def test_a_file_holds_a_rule_set_and_what_stands_on_top_of_it() -> None:
    law, city = read_rules(WHOLE, "law.toml")
    assert (law.id, law.version, law.jurisdiction) == ("xx.law", 2, "XX")
    assert (law.effective_from, law.effective_until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (set(law.actors), set(law.creditors)) == ({Actor.DEBT_BUYER}, {"acme"})
    assert (law.country, law.sundays_are_holidays, law.readings) == ("XX", True, {"week": "calendar"})
    window, told, cap, gate = law.rules
    assert isinstance(window, Window)
    assert (window.id, set(window.days), window.opens, window.closes) == ("xx.law.h", {0, 1, 2, 3, 4, 6}, 480, 1440)
    assert isinstance(told, ToldTime)
    assert (told.fact, set(told.media), set(told.lifts)) == (
        Circumstance.INCONVENIENT_TIME,
        set(Medium),
        {Lift.REPLY_ONCE},
    )
    assert isinstance(cap, Cap)
    assert (set(cap.per), cap.max, cap.period, cap.count) == (
        {Per.RECIPIENT, Per.DEBT},
        7,
        Period(7),
        CountKind.CONNECTED,
    )
    assert (cap.cite, cap.confidence, gate.confidence) == ("art. 3", Confidence.TEXT, Confidence.MEMORY)
    assert isinstance(gate, Gate)
    assert gate.exempt_purposes == {Purpose.CONFIRM_TERMINATION}
    assert law.fee_caps[0].tiers == ((Decimal(10), Decimal("0.09")), (None, Decimal("0.03")))
    assert (law.retention[0].periods, law.retention[0].counted_from) == ({"contacts": "P2Y"}, "last_contact")
    assert (law.terms[0].id, law.terms[0].days, law.terms[0].business) == ("xx.law.wait", 14, True)
    assert (city.extends, city.rules, city.content_hash) == ("xx.law", (), law.content_hash)


def test_a_stamp_is_of_the_text_whatever_its_line_ends() -> None:
    unix, windows = read_rules(WHOLE, "a.toml")[0], read_rules(WHOLE.replace("\n", "\r\n"), "b.toml")[0]
    assert unix.stamp == windows.stamp == f"xx.law@{unix.content_hash[:16]}"
    assert read_rules(WHOLE.replace("max = 7", "max = 8"), "a.toml")[0].stamp != unix.stamp


@pytest.mark.parametrize(
    ("was", "is_", "line", "field", "accepted"),
    [
        ("max = 7", "max = 0", 23, "xx.law/cap/c/max", "1 or more"),
        ("max = 7", 'max = "7"', 23, "xx.law/cap/c/max", "a whole number"),
        ("max = 7", "max = true", 23, "xx.law/cap/c/max", "a whole number"),
        ("max = 7", "most = 7", 23, "xx.law/cap/c/most", "exclude"),
        ("max = 7\n", "", 19, "xx.law/cap/c/max", "a whole number"),
        ('"rolling:7d"', '"rolling:7"', 24, "xx.law/cap/c/period", "rolling:7d"),
        ('"connected"', '"attempts"', 25, "xx.law/cap/c/count", "connected"),
        ('"misdirected"', '"wrong"', 26, "xx.law/cap/c/exclude", "misdirected"),
        ('channels = ["call", "rvm"]', 'channels = ["call", "fax"]', 21, "xx.law/cap/c/channels", "visit"),
        ('channels = ["call", "rvm"]', "channels = []", 21, "xx.law/cap/c/channels", "visit"),
        ('per = ["recipient", "debt"]', 'per = "debt"', 22, "xx.law/cap/c/per", '["...", "..."]'),
        ('when = "cease_notice"', 'when = "cease"', 32, "xx.law/gate/g/when", "cease_notice"),
        ('when = "cease_notice"\n', "", 30, "xx.law/gate/g/when", "cease_notice"),
        ('when = "cease_notice"', "always = true\nuntil = 'attorney'", 33, "xx.law/gate/g/until", "no such key"),
        ('cite = "art. 4"', 'cite = " "', 34, "xx.law/gate/g/cite", "a text"),
        ('cite = "art. 4"', 'cite = "a"\nconfidence = "sure"', 35, "xx.law/gate/g/confidence", "interpretation"),
        ('"08:00-24:00"', '"08:00-25:00"', 14, "xx.law/window/h/hours", '"08:00-21:00"'),
        ('"08:00-24:00"', '"21:00-08:00"', 14, "xx.law/window/h/hours", '"08:00-21:00"'),
        ('"mon-fri,sun"', '"lun-vie"', 14, "xx.law/window/h/days", "mon"),
        ('"closed"', '"shut"', 14, "xx.law/window/h/holidays", "open, closed"),
        ('"inconvenient_time"', '"any_time"', 15, "xx.law/window/told/from_fact", "inconvenient_time"),
        ('"reply_once"', '"reply"', 15, "xx.law/window/told/lifts_on", "reply_once"),
        ('week = "calendar"', 'week = "iso"', 11, "xx.law/reading/week", "rolling, calendar"),
        ('week = "calendar"', 'month = "iso"', 11, "xx.law/reading/month", "direct_contact"),
        ('contacts = "P2Y"', 'contacts = "P2"', 12, "xx.law/retention/contacts", "P3Y"),
        ('contacts = "P2Y"', 'letters = "P2Y"', 12, "xx.law/retention/letters", "contacts"),
        ("from = 2026-01-01", 'from = "2026-01-01"', 6, "xx.law/effective/from", "a date"),
        ("until = 2026-12-31", "until = 2025-12-31", 6, "xx.law/effective/until", "a later day"),
        ('["debt_buyer"]', '["buyer"]', 7, "xx.law/actors", "debt_buyer"),
        ('"intersect"', '"any"', 9, "xx.law/tz", "intersect"),
        ('country = "XX"', 'country = "Xland"', 10, "xx.law/calendar/country", '"CO"'),
        ('id = "xx.law"', 'id = "XX law"', 3, "XX law/id", "us.regf"),
        ('jurisdiction = "XX"', 'jurisdiction = "xx"', 5, "xx.law/jurisdiction", "US-MA"),
        ("version = 2", "version = 2\nvolume = 3", 5, "xx.law/volume", "version"),
        ('[[10, 0.09], ["inf", 0.03]]', '[[10, 0.09], [5, 0.03], ["inf", 0.01]]', 17, "xx.law/fee_cap/tiers", "rising"),
        ('[[10, 0.09], ["inf", 0.03]]', "[[10, 0.09]]", 17, "xx.law/fee_cap/tiers", "rising"),
        ('[[10, 0.09], ["inf", 0.03]]', '[["inf", 1.5]]', 17, "xx.law/fee_cap/tiers", "rising"),
        ("days = 14", "days = 0", 38, "xx.law/term/wait/days", "1 or more"),
        ('kind = "business"', 'kind = "working"', 39, "xx.law/term/wait/kind", "calendar, business"),
        ('id = "xx.city"', 'id = "xx.law"', 43, "xx.law/id", "each id once"),
        ('id = "g"', 'id = "c"', 31, "xx.law/gate/c/id", "each id once"),
        ("[[overlay]]", "[[overlays]]", 42, "law.toml/overlays", "overlay, ruleset"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_field(
    was: str, is_: str, line: int, field: str, accepted: str
) -> None:
    assert was in WHOLE
    wrong = refusal(WHOLE.replace(was, is_, 1))
    assert wrong.reason == "RULES_INVALID"
    assert wrong.field == field
    assert wrong.detail.startswith(f"law.toml, line {line}: {field} ")
    assert accepted in (wrong.accepted or "")


def test_closed_holidays_need_a_calendar() -> None:
    wrong = refusal(WHOLE.replace('calendar = { country = "XX", sundays_are_holidays = true }\n', ""))
    assert (wrong.field, wrong.detail.startswith("law.toml, line 13: ")) == ("xx.law/window/h/holidays", True)


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_a_file_without_a_rule_set_is_refused(text: str) -> None:
    assert refusal(text).reason == "RULES_INVALID"


def test_what_is_not_toml_is_refused_with_its_line() -> None:
    wrong = refusal("[ruleset]\nid = \n")
    assert wrong.reason == "RULES_UNREADABLE"
    assert "line 2" in wrong.detail


@pytest.mark.parametrize(
    "rule",
    [
        'window = { id = "a", days = "sat", hours = "08:00-15:00", holidays = "open", if_fact = "minor", cite = "c" }',
        'cap = { id = "a", per = ["debtor"], max = 1, period = "week", distinct = "debt", cite = "c" }',
        'spacing = { id = "a", per = ["debtor"], days = 0, cite = "c" }',
        'spacing = { id = "a", per = [], days = 1, cite = "c" }',
        'cooldown = { id = "a", per = ["debtor"], after = "payment", days = 7, cite = "c" }',
        'gate = { id = "a", always = false, cite = "c" }',
        'gate = { id = "a", content = "looks_nice", always = true, cite = "c" }',
        'gate = { id = "a", when = "minor", recipients = [], cite = "c" }',
        'consent = { fact = "permission", cite = "c" }',
        'recipient = { cite = "c" }',
        'recipient = { allow = ["debtor"], purposes = { locate = ["third_party"] }, cite = "c" }',
        'disclosure = { id = "a", content = "opt_out_notice,amounts", cite = "c" }',
        'disclosure = { id = "a", content = "amount", stage = "last", cite = "c" }',
        'cap = { per = ["debtor"], max = 1, period = "week" }',
        "cap = [1]",
        'reading = "strict"',
    ],
)
def test_a_rule_says_all_that_its_kind_needs_in_words_that_are_known(rule: str) -> None:
    assert refusal(f'[ruleset]\nid = "x"\njurisdiction = "*"\n{rule}\n').detail.startswith("law.toml, line 4: ")


def test_lines_are_found_through_strings_comments_and_nested_lists() -> None:
    text = "\n".join(
        [
            "a = '''",
            "b = 1 # no key",
            "'''",
            "# c = [",
            'c = [ # "]"',
            "  [1,",
            "   2], { d = 'x]', \"e f\" = { g = 3 } },",
            "]",
            "[h.i]",
            "j.k = 1",
            "[[l]]",
            "[[l.m]]",
            "[[l]]",
            "[[l.m]]",
            "n = 2",
        ]
    )
    wanted = {
        ("a",): 1,
        ("c",): 5,
        ("c", 0, 1): 7,
        ("c", 1, "d"): 7,
        ("c", 1, "e f", "g"): 7,
        ("h", "i", "j", "k"): 10,
        ("l", 0, "m", 0): 12,
        ("l", 1, "m", 0, "n"): 15,
        ("h", "i", "missing"): 9,
        ("missing",): 1,
    }
    assert {path: line_of(text, path) for path in wanted} == wanted


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.name)
def test_every_shipped_file_is_read_and_every_rule_names_its_source(path: Path) -> None:
    for rules in read_rules(path.read_text(), path.name):
        assert all(rule.cite for rule in rules.rules)
        assert path.name.startswith(rules.id)
