"""SMS over SMPP, against a message center made by others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from application.messages import Message, NotSent, Sent, Words
from application.reports import Inbound, Report
from domain.case.words import Channel, ContactOutcome
from infra.channels.sms_smpp import SmppPost
from infra.channels.sms_smpp_session import Place
from infra.channels.sms_smpp_text import UCS_2
from tests.infra.channels.smsc import Smsc, smsc

NUMBER = "573001112233"
KEY = "0f8fad5b-d9cd-469f-a165-70867728950e:2.second_notice:SMS"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LONG = "Estimada Ana: su cuota vence el lunes. " * 10


class Noon:
    """It is always noon."""

    def now(self) -> datetime:
        return NOON

    def wait_seconds(self, until: datetime) -> float:
        return (until - NOON).total_seconds()


@dataclass
class Desk:
    """Keeps what it is handed; `mood` is raised instead, as long as it is set."""

    reports: list[Report] = field(default_factory=list)
    inbound: list[Inbound] = field(default_factory=list)
    mood: Exception | None = None
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def report(self, report: Report) -> None:
        self._keep(lambda: self.reports.append(report))

    async def heard(self, inbound: Inbound) -> None:
        self._keep(lambda: self.inbound.append(inbound))

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self.told.clear()
                await self.told.wait()

    def _keep(self, keep: Callable[[], None]) -> None:
        if self.mood:
            raise self.mood
        keep()
        self.told.set()


@dataclass
class Talk:
    center: Smsc
    post: SmppPost
    desk: Desk

    async def send(self, text: str = "Hola Ana", *, key: str = KEY, number: str = NUMBER) -> Sent:
        return await self.post.send(message(text, key=key, number=number))

    @property
    def submitted(self) -> list[Any]:
        return self.center.all("submit")


def message(text: str = "Hola Ana", *, key: str = KEY, number: str = NUMBER) -> Message:
    words = Words(subject="", body=text)
    return Message(key=key, channel=Channel.SMS, address=f"+{number}", words=words, language="es")


@asynccontextmanager
async def talk(
    options: str = "from=ACME", *, timeout_seconds: float = 0.5, pulse: float = 30.0, hears: bool = True
) -> AsyncIterator[Talk]:
    async with smsc() as center:
        desk = Desk()
        post = SmppPost(
            url=f"smpp://escalera:s3cr3t@127.0.0.1:{center.port}?{options}",
            clock=Noon(),
            timeout_seconds=timeout_seconds,
            pulse_seconds=pulse,
        )
        try:
            if hears:
                await post.hear(on_report=desk.report, on_inbound=desk.heard)
                await center.until(lambda: center.all("bind"))
            yield Talk(center, post, desk)
        finally:
            await post.close()


async def test_a_message_arrives_as_it_was_written() -> None:
    async with talk() as sms:
        sent = await sms.send("¿Qué tal? 5 € {ñ}")

        (submitted,) = sms.submitted
        assert sent == Sent(outcome=ContactOutcome.ACCEPTED, detail="00000000", provider_id="1")
        assert submitted["text"] == "¿Qué tal? 5 € {ñ}"
        assert (submitted["coding"], submitted["esm_class"], submitted["registered"]) == (0, 0, 1)
        assert (submitted["to"], submitted["to_ton"]) == (NUMBER, 1)
        assert submitted["validity"] == "000000001000000R"
        assert (submitted["from"], submitted["from_ton"]) == ("ACME", 5)
        assert sms.center.all("bind") == [
            {"as": "bind_transceiver", "system_id": "escalera", "password": "s3cr3t", "version": 0x34}
        ]


async def test_letters_that_telephones_have_no_short_code_for_go_as_ucs_2() -> None:
    async with talk("from=%2B573009998877") as sms:
        await sms.send("São Paulo 😀")

        (submitted,) = sms.submitted
        assert submitted["coding"] == UCS_2
        assert submitted["text"] == "São Paulo 😀"
        assert (submitted["from"], submitted["from_ton"]) == ("573009998877", 1)


async def test_a_long_text_is_taken_whole_or_not_at_all() -> None:
    async with talk() as sms:
        await sms.send(LONG)

        (submitted,) = sms.submitted
        assert submitted["whole"]
        assert submitted["text"] == LONG.strip()


async def test_a_center_that_takes_short_ones_only_gets_parts_that_belong_together() -> None:
    async with talk("from=ACME&long=udh") as sms:
        sent = await sms.send(LONG)

        headers = [each["header"] for each in sms.submitted]
        assert sent.outcome is ContactOutcome.ACCEPTED
        assert sent.provider_id == "3"
        assert [each["esm_class"] for each in sms.submitted] == [0x40] * 3
        assert [each["registered"] for each in sms.submitted] == [0, 0, 1]
        assert [header[:4] + header[6:] for header in headers] == [f"0003030{number}" for number in (1, 2, 3)]
        assert len({header[4:6] for header in headers}) == 1
        assert "".join(each["text"] for each in sms.submitted) == LONG.strip()


@pytest.mark.parametrize("mood", ["throttle", "queue_full"])
async def test_later_means_that_nothing_was_sent(mood: str) -> None:
    async with talk() as sms:
        await sms.center.mood(**{f"n{NUMBER}": mood})
        with pytest.raises(NotSent, match=r"000000(58|14)"):
            await sms.send()

        assert sms.submitted == []


async def test_never_is_a_refusal_that_names_only_the_code() -> None:
    async with talk() as sms:
        await sms.center.mood(n573001112233="refuse")

        assert await sms.send() == Sent(outcome=ContactOutcome.REFUSED, detail="0000000B")


@pytest.mark.parametrize(
    ("mood", "detail"), [("silent", "TIMEOUT"), ("hang_up", "DISCONNECTED"), ("error_and_taken", "00000008")]
)
async def test_what_may_have_been_taken_is_unknown_and_sent_once(mood: str, detail: str) -> None:
    async with talk() as sms:
        await sms.center.mood(**{f"n{NUMBER}": mood})

        assert await sms.send() == Sent(outcome=ContactOutcome.UNKNOWN, detail=detail)
        assert len(sms.submitted) == 1


async def test_after_a_hang_up_the_next_message_goes_over_a_new_session() -> None:
    async with talk() as sms:
        await sms.send()
        await sms.center.order(hang_up=True)
        await sms.center.until(lambda: sms.center.all("closed"))
        for _ in range(100):  # until our side has seen it too
            try:
                sent = await sms.send(key="b")
                break
            except NotSent:
                await asyncio.sleep(0.01)

        assert sent.outcome in (ContactOutcome.ACCEPTED, ContactOutcome.UNKNOWN)
        assert (await sms.send(key="c")).outcome is ContactOutcome.ACCEPTED
        assert len(sms.center.all("bind")) == 2


async def test_a_center_that_is_not_there_or_wants_nobody_has_taken_nothing() -> None:
    async with talk(hears=False) as sms:
        await sms.center.order(refuse_bind=13)
        with pytest.raises(NotSent, match="BIND_0000000D"):
            await sms.send()
    nowhere = SmppPost(url="smpp://escalera:s3cr3t@127.0.0.1:1?from=ACME", clock=Noon())
    with pytest.raises(NotSent, match="ConnectionRefusedError"):
        await nowhere.send(message())


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


async def test_the_rest_of_a_message_whose_first_part_is_out_is_tried_again() -> None:
    async with talk("from=ACME&long=udh") as sms:
        await sms.center.mood(n573001112233="second_throttled")
        sent = await sms.send(LONG)

        assert sent.outcome is ContactOutcome.ACCEPTED
        assert [each["header"][-2:] for each in sms.submitted] == ["01", "02", "03"]


async def test_a_message_of_which_a_part_was_refused_is_unknown() -> None:
    async with talk("from=ACME&long=udh") as sms:
        await sms.center.mood(n573001112233="second_refused")

        assert (await sms.send(LONG)).outcome is ContactOutcome.UNKNOWN
        assert len(sms.submitted) == 1


async def test_what_is_no_number_is_refused_without_a_word_to_the_center() -> None:
    async with talk() as sms:
        sent = await sms.send(number="ana@example.com")

        assert (sent.outcome, sent.detail) == (ContactOutcome.REFUSED, "ADDRESS_INVALID")
        assert sms.submitted == []


async def test_many_at_once_each_get_their_own_answer() -> None:
    async with talk(timeout_seconds=10.0) as sms:
        sent = await asyncio.gather(*(sms.send(key=f"k{n}", number=f"5730011{n:05}") for n in range(100)))

        by_number = {each["to"]: each["id"] for each in sms.submitted}
        assert [each.provider_id for each in sent] == [by_number[f"5730011{n:05}"] for n in range(100)]
        assert len(sms.center.all("bind")) == 1


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://a:b@smsc.example?from=A",
        "smpp://smsc.example?from=A",
        "smpp://a:b@smsc.example",
        "smpp://a:ninechars@smsc.example?from=A",
        "smpp://a:b@smsc.example?from=A&long=sar",
    ],
)
def test_what_is_no_address_of_a_center_is_said_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match=r"smpp|characters|long"):
        Place.from_url(url)


def test_a_password_shows_in_no_trace() -> None:
    assert "s3cr3t" not in repr(Place.from_url("smpp://a:s3cr3t@smsc.example?from=A"))
