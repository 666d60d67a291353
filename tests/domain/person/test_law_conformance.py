"""What other systems did to debtors against the law, as cases of our own, under the laws that are shipped."""

import pytest

from domain.case.words import Channel, ContactOutcome
from domain.compliance.book import RuleBook
from domain.person import person_decider
from infra.holidays_calendar import calendar_for
from tests.domain.person.telling import RULES
from tests.domain.person.test_laws import Story

LAWS = RuleBook(rules for rules in RULES.rule_sets if not rules.id.startswith("house"))
ONLY_EXCHANGES = LAWS.with_readings({"co.ley2300": {"direct_contact": "two_way"}})
MONDAY, TUESDAY = "2026-03-02T09:00", "2026-03-03T09:00"


def test_moonflow_fallback_in_colombia_a_bounce_on_monday_is_no_leave_for_an_sms_that_week() -> None:
    ana = Story("CO")
    ana.contact(Channel.EMAIL, MONDAY, outcome=ContactOutcome.BOUNCED)
    assert ana.refused(Channel.SMS, TUESDAY) == ("CAP_REACHED", "co.ley2300.onechannel")
    assert ana.again_at(Channel.SMS, TUESDAY) == "2026-03-09T07:00"


def test_moonflow_fallback_in_colombia_who_was_not_contacted_may_be_where_only_an_exchange_is_contact() -> None:
    for outcome, reached in ((ContactOutcome.BOUNCED, False), (ContactOutcome.REPLIED, True)):
        ana = Story("CO", law=person_decider(ONLY_EXCHANGES, calendar_for))
        ana.contact(Channel.EMAIL, MONDAY, outcome=outcome)
        if reached:
            assert ana.refused(Channel.SMS, TUESDAY) == ("CAP_REACHED", "co.ley2300.onechannel")
        else:
            ana.contact(Channel.SMS, TUESDAY)


def test_regf_who_was_spoken_to_on_day_one_is_called_again_on_day_eight() -> None:
    ana = Story("US-NY")
    ana.contact(Channel.PHONE, "2026-04-01T20:30", outcome=ContactOutcome.CONVERSATION)
    for day in range(2, 8):
        assert ana.refused(Channel.PHONE, f"2026-04-0{day}T20:59") == ("TOO_SOON", "us.regf.talked")
    ana.contact(Channel.PHONE, "2026-04-08T08:00")


def test_regf_the_eighth_call_within_seven_days_is_refused() -> None:
    ana = Story("US-NY")
    for day in range(1, 8):
        ana.contact(Channel.PHONE, f"2026-04-0{day}T09:00", outcome=ContactOutcome.NO_ANSWER)
    assert ana.refused(Channel.PHONE, "2026-04-07T20:00") == ("CAP_REACHED", "us.regf.calls7")
    ana.contact(Channel.PHONE, "2026-04-08T09:00")


@pytest.mark.parametrize(("gap", "first_day"), [("full_days", "2026-03-05"), ("elapsed", "2026-03-04")])
def test_cl_two_days_between_an_email_on_monday_and_an_sms_however_that_is_read(gap: str, first_day: str) -> None:
    """Two whole days between are Tuesday and Wednesday; forty-eight hours end on Wednesday."""
    law = person_decider(LAWS.with_readings({"cl.ley19496": {"gap": gap}}), calendar_for)
    ana = Story("CL", law=law)
    ana.contact(Channel.EMAIL, MONDAY)
    assert ana.refused(Channel.SMS, TUESDAY) == ("TOO_SOON", "cl.ley19496.remotegap")
    assert ana.again_at(Channel.SMS, TUESDAY)[:10] == first_day
    ana.contact(Channel.SMS, f"{first_day}T09:00")


def test_pe_a_saturday_is_refused() -> None:
    ana = Story("PE")
    assert ana.refused(Channel.PHONE, "2026-03-07T10:00") == ("OUTSIDE_HOURS", "pe.cpdc.hours")
    assert ana.refused(Channel.VISIT, "2026-03-07T10:00") == ("OUTSIDE_HOURS", "pe.cpdc.hours")
