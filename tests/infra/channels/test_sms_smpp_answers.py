"""SMS over SMPP, against a message center made by others: what comes back."""

import pytest

from application.messages import NotSent, Sent
from application.reports import Report
from domain.case.words import ContactOutcome
from tests.infra.channels.smsc import KEY, NOON, NUMBER, talk


async def test_an_answer_that_comes_twice_is_one_answer() -> None:
    async with talk() as sms:
        await sms.center.mood(n573001112233="twice")
        first = await sms.send()
        await sms.center.mood(n573001112233="good")
        second = await sms.send(key="b")

        assert (first.provider_id, second.provider_id) == ("1", "2")
        assert sms.desk.reports == []


async def test_an_answer_that_comes_too_late_is_a_report() -> None:
    async with talk() as sms:
        await sms.center.mood(n573001112233="late")

        assert (await sms.send()).outcome is ContactOutcome.UNKNOWN
        await sms.desk.until(lambda: bool(sms.desk.reports))
        (report,) = sms.desk.reports
        assert (report.permit_id, report.provider_id, report.outcome) == (KEY, "1", ContactOutcome.ACCEPTED)


async def test_a_receipt_is_a_report_on_the_permit() -> None:
    async with talk() as sms:
        await sms.center.mood(n573001112233="delivered")
        await sms.send()
        await sms.center.until(lambda: sms.center.all("deliver_resp"))

        outcome = ContactOutcome.DELIVERED
        assert sms.desk.reports == [Report(permit_id=KEY, provider_id="1", outcome=outcome, at=None, detail="DELIVRD")]
        assert sms.center.all("deliver_resp") == [0]


async def test_receipts_before_the_answer_and_in_the_wrong_order_are_told_as_they_come() -> None:
    async with talk() as sms:
        await sms.center.mood(n573001112233="delivered_before")
        sent = await sms.send()
        await sms.center.until(lambda: len(sms.center.all("deliver_resp")) == 2)

        assert sent.outcome is ContactOutcome.ACCEPTED
        assert {(each.provider_id, each.outcome) for each in sms.desk.reports} == {
            ("1", ContactOutcome.DELIVERED),
            ("1", ContactOutcome.SENT),
        }


async def test_the_receipt_of_a_message_that_was_never_answered_finds_its_permit() -> None:
    async with talk() as sms:
        await sms.center.mood(n573001112233="silent_and_delivered")

        assert (await sms.send()).outcome is ContactOutcome.UNKNOWN
        await sms.center.until(lambda: sms.center.all("deliver_resp"))
        first = sms.desk.reports[0]
        assert (first.provider_id, first.outcome) == ("1", ContactOutcome.DELIVERED)
        # It came while we still waited for an answer; after a restart the center tells again, as after any "later".
        await sms.center.order(deliver=receipt("1", "DELIVRD", user_message_reference=sms.submitted[0]["reference"]))
        await sms.center.until(lambda: len(sms.center.all("deliver_resp")) == 2)
        assert sms.desk.reports[1].permit_id == KEY


def receipt(provider_id: str, state: str, **fields: object) -> dict[str, object]:
    text = (
        f"id:{provider_id} sub:001 dlvrd:000 submit date:2603020900 done date:2603020901 stat:{state} err:034 text:Ana"
    )
    return {"esm_class": 4, "source_addr": NUMBER, "destination_addr": "ACME", "short_message": text.encode().hex(),
            **fields}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("DELIVRD", ContactOutcome.DELIVERED),
        ("UNDELIV", ContactOutcome.FAILED),
        ("EXPIRED", ContactOutcome.FAILED),
        ("REJECTD", ContactOutcome.FAILED),
        ("ENROUTE", ContactOutcome.SENT),
        ("ACCEPTD", ContactOutcome.SENT),
    ],
)
async def test_a_receipt_of_another_days_session_names_the_centers_id(state: str, outcome: ContactOutcome) -> None:
    async with talk() as sms:
        await sms.center.order(deliver=receipt("77", state))
        await sms.center.until(lambda: sms.center.all("deliver_resp"))

        assert sms.desk.reports == [
            Report(permit_id="", provider_id="77", outcome=outcome, at=None, detail=f"{state}:034")
        ]


async def test_a_receipt_that_does_not_know_says_nothing() -> None:
    async with talk() as sms:
        await sms.center.order(deliver=receipt("77", "UNKNOWN"))
        await sms.center.until(lambda: sms.center.all("deliver_resp"))

        assert sms.desk.reports == []
        assert sms.center.all("deliver_resp") == [0]


async def test_a_persons_message_is_heard_once_however_often_it_comes() -> None:
    said = {"source_addr": NUMBER, "destination_addr": "ACME", "data_coding": 8,
            "short_message": "BAJA ñ".encode("utf-16-be").hex()}  # fmt: skip
    async with talk() as sms:
        for _ in range(2):
            await sms.center.order(deliver=said)
        await sms.center.order(deliver=said | {"source_addr": "573009998877"})
        await sms.center.until(lambda: len(sms.center.all("deliver_resp")) == 3)

        first = sms.desk.inbound[0]
        assert (first.address, first.text, first.at) == (f"+{NUMBER}", "BAJA ñ", NOON)
        assert len({each.message_id for each in sms.desk.inbound}) == 2


async def test_what_could_not_be_kept_is_asked_for_again() -> None:
    async with talk() as sms:
        sms.desk.mood = RuntimeError("store is away")
        await sms.center.order(deliver=receipt("77", "DELIVRD"))
        await sms.center.until(lambda: sms.center.all("deliver_resp"))
        sms.desk.mood = None
        await sms.center.order(deliver=receipt("77", "DELIVRD"))
        await sms.center.until(lambda: len(sms.center.all("deliver_resp")) == 2)

        assert sms.center.all("deliver_resp") == [0x64, 0]
        assert len(sms.desk.reports) == 1


async def test_a_session_that_only_sends_leaves_receipts_to_who_hears_them_until_it_is_told_to() -> None:
    async with talk(hears=False) as sms:
        first = await sms.send()
        await sms.post.hear(on_report=sms.desk.report, on_inbound=sms.desk.heard)
        await sms.center.until(lambda: len(sms.center.all("bind")) == 2)
        await sms.center.mood(n573001112233="delivered")
        await sms.send(key="b")
        await sms.desk.until(lambda: bool(sms.desk.reports))

        assert first.outcome is ContactOutcome.ACCEPTED
        assert [each["as"] for each in sms.center.all("bind")] == ["bind_transmitter", "bind_transceiver"]


async def test_a_session_that_hears_comes_back_after_an_outage() -> None:
    async with talk() as sms:
        await sms.center.order(hang_up=True)
        await sms.center.until(lambda: len(sms.center.all("bind")) >= 2)


async def test_a_line_without_a_pulse_is_given_up() -> None:
    async with talk(pulse=0.05, timeout_seconds=0.2) as sms:
        await sms.center.until(lambda: sms.center.all("enquire"))
        await sms.center.order(deaf=True)
        await sms.center.until(lambda: len(sms.center.all("bind")) >= 2)


async def test_what_became_of_a_message_can_be_asked_where_its_id_is_known() -> None:
    async with talk() as sms:
        await sms.send()
        await sms.center.order(states={"1": 2})
        found = await sms.post.ask(KEY, address=f"+{NUMBER}", since=NOON)
        await sms.center.order(states={"1": 1})
        on_its_way = await sms.post.ask(KEY, address=f"+{NUMBER}", since=NOON)

        assert found == Sent(outcome=ContactOutcome.DELIVERED, detail="DELIVRD", provider_id="1")
        assert on_its_way is not None
        assert on_its_way.outcome is ContactOutcome.ACCEPTED


async def test_without_an_id_nobody_can_be_certain_and_the_inquiry_says_so() -> None:
    async with talk() as sms:
        unasked = await sms.post.ask(KEY, address=f"+{NUMBER}", since=NOON)
        await sms.send()
        unknown = await sms.post.ask(KEY, address=f"+{NUMBER}", since=NOON)

        assert unasked == Sent(outcome=ContactOutcome.UNKNOWN, detail="ID_UNKNOWN")
        assert unknown == Sent(outcome=ContactOutcome.UNKNOWN, detail="QUERY_00000067")


async def test_a_center_that_cannot_be_asked_is_asked_another_time() -> None:
    async with talk(hears=False) as sms:
        await sms.send()
        await sms.center.order(refuse_bind=13, hang_up=True)
        await sms.center.until(lambda: sms.center.all("closed"))
        with pytest.raises(NotSent):
            await sms.post.ask(KEY, address=f"+{NUMBER}", since=NOON)
