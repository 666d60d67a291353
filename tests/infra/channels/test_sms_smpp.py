"""SMS over SMPP, against a message center made by others: what goes out."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from application.messages import NotSent, Sent
from domain.case.words import ContactOutcome
from infra.channels.sms_smpp import SmppPost
from infra.channels.sms_smpp_session import Place
from infra.channels.sms_smpp_text import UCS_2
from tests.infra.channels.smsc import NUMBER, Noon, message, talk

LONG = "Estimada Ana: su cuota vence el lunes. " * 10


async def test_a_message_arrives_as_it_was_written() -> None:
    async with talk() as sms:
        sent = await sms.send("¿Qué tal? 5 € {ñ}")

        (submitted,) = sms.submitted
        assert sent == Sent(outcome=ContactOutcome.ACCEPTED, detail="00000000", provider_id="1")
        assert submitted["text"] == "¿Qué tal? 5 € {ñ}"
        assert (submitted["coding"], submitted["esm_class"], submitted["registered"]) == (0, 0, 1)
        assert (submitted["to"], submitted["to_ton"]) == (NUMBER, 1)
        # The center has worked out until when: ten minutes, and nothing in the night.
        until = datetime.fromisoformat(submitted["validity"]) - datetime.now(UTC)
        assert timedelta(minutes=5) < until <= timedelta(minutes=10)
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
