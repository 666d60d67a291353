"""SMS: what a provider's answer, or its silence, tells us for certain; who sent what counts is the provider's book."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from application.messages import Message, NotSent, Sent, Words
from domain.case.words import Channel, ContactOutcome
from infra.channels.http_call import HttpCall
from infra.channels.sms_twilio import VALIDITY_SECONDS, TwilioPlace, TwilioPost
from infra.clock import SpeedClock, SystemClock
from infra.settings import SettingInvalid
from tests.counterparts.provider import ACCOUNT, SENDER, Delivered, Fault, Provider, running

PERMIT = "0197fd3c-1111-7222-8333-444455556666:SOFT.sms:SMS"
NUMBER = "+5215550001111"
QUICK = httpx2.Timeout(5.0, read=0.3)
PUBLIC_URL = "https://collections.example.com"


def message(key: str = PERMIT, address: str = NUMBER) -> Message:
    words = Words(subject="", body="Su factura venció")
    return Message(key=key, channel=Channel.SMS, address=address, words=words, language="es")


async def sent_by(provider: Provider, *, times: int = 1) -> Sent:
    post = TwilioPost(url=provider.sms_url, clock=SystemClock(), public_url=PUBLIC_URL, timeout=QUICK)
    try:
        for _ in range(times):
            sent = await post.send(message())
    finally:
        await post.close()
    return sent


async def asked(provider: Provider, *, ago: timedelta, address: str = NUMBER) -> Sent | None:
    """Ask for a message that was attempted so long ago, by a clock of another year and another speed."""
    clock = SpeedClock(business=datetime(2031, 3, 3, tzinfo=UTC), real=datetime.now(UTC), speed=1440.0)
    post = TwilioPost(url=provider.sms_url, clock=clock, public_url=PUBLIC_URL, timeout=QUICK)
    try:
        return await post.ask(PERMIT, address=address, since=clock.now() - ago * clock.speed)
    finally:
        await post.close()


def age(message: Delivered, *, minutes: int) -> Delivered:
    """The same message, made at another time."""
    return replace(message, at=message.at + timedelta(minutes=minutes))


async def test_a_message_is_accepted_under_its_permit() -> None:
    async with running(Provider()) as provider:
        sent = await sent_by(provider)

    (delivered,) = provider.delivered
    assert sent == Sent(outcome=ContactOutcome.ACCEPTED, detail="queued", provider_id=delivered.provider_id)
    assert (delivered.key, delivered.to, delivered.text) == (PERMIT, NUMBER, "Su factura venció")
    assert delivered.request["StatusCallback"].startswith("https://collections.example.com/webhooks/twilio/status?")
    assert delivered.request["ValidityPeriod"] == str(VALIDITY_SECONDS)


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        (Fault.ACCEPT_THEN_TIMEOUT, "ReadTimeout"),
        (Fault.ANSWER_500_THEN_DELIVER, "20500"),
        (Fault.CLOSE_AFTER_DELIVERY, "RemoteProtocolError"),
        (Fault.CLOSE_BEFORE_DELIVERY, "RemoteProtocolError"),
        (Fault.NONSENSE, "ANSWER_UNREADABLE"),
    ],
)
async def test_without_an_answer_it_is_unknown_and_asked_once(fault: Fault, detail: str) -> None:
    async with running(Provider(mood=lambda _: fault)) as provider:
        sent = await sent_by(provider)

    assert (sent.outcome, sent.detail) == (ContactOutcome.UNKNOWN, detail)
    assert len(provider.requests) == 1
    assert provider.duplicates() == {}


async def test_a_number_that_is_no_good_is_refused_with_the_providers_code() -> None:
    async with running(Provider(mood=lambda _: Fault.REFUSE)) as provider:
        sent = await sent_by(provider)

    assert (sent.outcome, sent.detail) == (ContactOutcome.REFUSED, "21211")
    assert provider.delivered == []


@pytest.mark.parametrize(
    ("fault", "code", "pause"), [(Fault.RATE_LIMIT, "20429", 1.0), (Fault.NO_CREDENTIALS, "20003", 0.0)]
)
async def test_too_many_or_wrong_credentials_delay_and_lose_nothing(fault: Fault, code: str, pause: float) -> None:
    async with running(Provider(mood=lambda _: fault)) as provider:
        with pytest.raises(NotSent, match=code) as held:
            await sent_by(provider)
        assert held.value.retry_after_seconds == pause
        provider.mood = lambda _: Fault.NONE
        assert (await sent_by(provider)).outcome is ContactOutcome.ACCEPTED


async def test_a_provider_that_is_not_there_has_sent_nothing() -> None:
    with pytest.raises(NotSent, match="ConnectError"):
        await sent_by(Provider(port=1))


async def test_a_place_that_is_no_providers_has_sent_nothing() -> None:
    async with running(Provider()) as provider:
        url = provider.sms_url.replace("?", "/elsewhere?")
        post = TwilioPost(url=url, clock=SystemClock())
        with pytest.raises(NotSent, match="HTTP_404"):
            await post.send(message())
        await post.close()


async def test_a_connection_is_used_again() -> None:
    async with running(Provider()) as provider:
        call = HttpCall()
        for _ in range(3):
            await call("GET", f"http://127.0.0.1:{provider.port}/")
        assert call._client is not None
        pool = call._client._transport._pool  # type: ignore[attr-defined]  # what it keeps is nowhere public
        assert len(pool.connections) == 1
        await call.close()


async def test_what_is_no_number_is_refused_without_a_word_to_the_provider() -> None:
    async with running(Provider()) as provider:
        post = TwilioPost(url=provider.sms_url, clock=SystemClock())
        sent = await post.send(message(address="whatsapp:+5215550001111"))
        await post.close()

    assert (sent.outcome, sent.detail) == (ContactOutcome.REFUSED, "ADDRESS_INVALID")
    assert provider.requests == []


async def test_asked_the_provider_knows_the_message_whose_answer_was_lost() -> None:
    async with running(Provider(mood=lambda _: Fault.ACCEPT_THEN_TIMEOUT)) as provider:
        assert (await sent_by(provider)).outcome is ContactOutcome.UNKNOWN
        made_later = [age(each, minutes=-3) for each in provider.delivered]
        provider.delivered[:] = made_later

        found = await asked(provider, ago=timedelta(minutes=3))

    assert found == Sent(outcome=ContactOutcome.ACCEPTED, detail="queued", provider_id=made_later[0].provider_id)


async def test_asked_the_provider_knows_of_none_when_the_request_never_came() -> None:
    async with running(Provider(mood=lambda _: Fault.CLOSE_BEFORE_DELIVERY)) as provider:
        assert (await sent_by(provider)).outcome is ContactOutcome.UNKNOWN

        assert await asked(provider, ago=timedelta(minutes=3)) is None


async def test_a_message_of_another_day_number_or_sender_is_not_taken_for_it() -> None:
    async with running(Provider()) as provider:
        await sent_by(provider, times=3)
        of_others = [age(provider.delivered[0], minutes=-3), age(provider.delivered[1], minutes=-60 * 24)]
        of_others.append(age(provider.delivered[2], minutes=-3))
        of_others[0] = replace(of_others[0], to="+5215550002222")
        of_others[2] = replace(of_others[2], request={"From": "+15559999999"})
        provider.delivered[:] = of_others

        assert await asked(provider, ago=timedelta(minutes=3)) is None


async def test_a_message_of_days_after_the_attempt_is_not_taken_for_it() -> None:
    async with running(Provider()) as provider:
        await sent_by(provider)

        assert await asked(provider, ago=timedelta(days=2)) is None


async def test_of_two_messages_that_could_be_it_none_is_taken() -> None:
    async with running(Provider()) as provider:
        await sent_by(provider, times=2)
        provider.delivered[:] = [age(each, minutes=-3) for each in provider.delivered]

        found = await asked(provider, ago=timedelta(minutes=3))

    assert found == Sent(outcome=ContactOutcome.UNKNOWN, detail="AMBIGUOUS")


async def test_right_after_the_attempt_a_list_without_it_proves_nothing() -> None:
    async with running(Provider()) as provider:
        with pytest.raises(NotSent, match="TOO_EARLY") as held:
            await asked(provider, ago=timedelta(seconds=20))

    assert held.value.retry_after_seconds == pytest.approx(100.0, abs=10.0)
    assert provider.requests == []


@pytest.mark.parametrize(
    "url",
    [
        f"https://{ACCOUNT}:secret@api.example.com?from=+1555",
        f"twilio+https://{ACCOUNT}@api.example.com?from=+1555",
        "twilio+https://SK1:secret@api.example.com?from=+1555",
        f"twilio+https://{ACCOUNT}:secret@api.example.com",
        f"twilio+https://{ACCOUNT}:secret@api.example.com?from=+1555&service=MG{'0' * 32}",
        f"twilio+https://{ACCOUNT}:secret@api.example.com?service=1",
        f"twilio+https://{ACCOUNT}:secret@api.example.com?form=+1555",
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_its_secret_is_not(url: str) -> None:
    with pytest.raises(SettingInvalid, match="ESCALERA_SMS_URL") as refused:
        TwilioPlace.parse(url)

    assert "secret" not in str(refused.value)


def test_a_plus_in_the_setting_is_a_plus() -> None:
    url = f"twilio+https://SK1:s%2Fe@gateway.example.com:8443/laml/?from={SENDER}&account={ACCOUNT}"

    place = TwilioPlace.parse(url)

    assert (place.user, place.secret, place.sender) == ("SK1", "s/e", SENDER)
    assert place.messages == f"https://gateway.example.com:8443/laml/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
