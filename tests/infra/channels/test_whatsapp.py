"""WhatsApp: templates outside of a conversation, text inside, and what an answer, or silence, tells us for certain."""

from dataclasses import replace

import httpx2
import pytest

from application.messages import Inquiry, Message, NotSent, Sent, Words
from domain.case.words import Channel, ContactOutcome
from infra.channels.whatsapp import WhatsAppPlace, WhatsAppPost
from infra.settings import SettingInvalid
from tests.counterparts.provider import Fault, Provider, running

PERMIT = "0197fd3c-1111-7222-8333-444455556666:SOFT.whatsapp:WHATSAPP"
QUICK = httpx2.Timeout(5.0, read=0.3)
TEMPLATE = Message(
    key=PERMIT,
    channel=Channel.WHATSAPP,
    address="+5215550001111",
    words=Words(
        subject="",
        body="Hola Ana: debe 10 €",
        provider_template="overdue",
        provider_language="es",
        parameters=("Ana\n\tRuiz    Gil", "10,00 €"),
    ),
    language="es",
)


async def sent_by(provider: Provider, message: Message = TEMPLATE) -> Sent:
    post = WhatsAppPost(url=provider.whatsapp_url, timeout=QUICK)
    try:
        return await post.send(message)
    finally:
        await post.close()


async def test_outside_of_a_conversation_the_template_goes_with_its_parameters_on_one_line_each() -> None:
    async with running(Provider()) as provider:
        sent = await sent_by(provider)

    (delivered,) = provider.delivered
    assert sent == Sent(outcome=ContactOutcome.ACCEPTED, detail="accepted", provider_id=delivered.provider_id)
    assert delivered.key == PERMIT
    assert delivered.request["template"] == {
        "name": "overdue",
        "language": {"policy": "deterministic", "code": "es"},
        "components": [
            {
                "type": "body",
                "parameters": [{"type": "text", "text": "Ana Ruiz Gil"}, {"type": "text", "text": "10,00 €"}],
            }
        ],
    }


async def test_inside_a_conversation_the_text_goes() -> None:
    async with running(Provider()) as provider:
        await sent_by(provider, replace(TEMPLATE, in_conversation=True))

    (delivered,) = provider.delivered
    assert (delivered.text, delivered.request["type"]) == ("Hola Ana: debe 10 €", "text")


@pytest.mark.parametrize(
    ("message", "detail"),
    [
        (replace(TEMPLATE, words=Words(subject="", body="Hola")), "NO_TEMPLATE"),
        (replace(TEMPLATE, address="ana@example.com"), "ADDRESS_INVALID"),
    ],
)
async def test_what_cannot_be_sent_is_refused_without_a_word_to_the_provider(message: Message, detail: str) -> None:
    async with running(Provider()) as provider:
        sent = await sent_by(provider, message)

    assert (sent.outcome, sent.detail) == (ContactOutcome.REFUSED, detail)
    assert provider.requests == []


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        (Fault.ACCEPT_THEN_TIMEOUT, "ReadTimeout"),
        (Fault.ANSWER_500_THEN_DELIVER, "131000"),
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


async def test_a_provider_that_is_not_there_has_sent_nothing() -> None:
    with pytest.raises(NotSent, match="ConnectError"):
        await sent_by(Provider(port=1))


REFUSED, UNKNOWN = ContactOutcome.REFUSED, ContactOutcome.UNKNOWN


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, 131026, REFUSED),  # not on WhatsApp
        (400, 131047, REFUSED),  # the conversation is over
        (400, 131050, REFUSED),  # opted out at Meta
        (404, 132001, REFUSED),  # no such template
        (400, 100, REFUSED),
        (400, 131000, UNKNOWN),  # something went wrong
        (503, 2, UNKNOWN),
        (500, 130429, UNKNOWN),
    ],
)
async def test_a_code_about_the_message_ends_it(status: int, code: int, outcome: ContactOutcome) -> None:
    sent = await _answered(status, {"error": {"code": code, "message": "+5215550001111"}})

    assert (sent.outcome, sent.detail) == (outcome, str(code))


@pytest.mark.parametrize(
    ("status", "said", "code", "pause"),
    [
        (400, {"error": {"code": 80007}}, "80007", 60.0),
        (429, {"error": {"code": 130429}}, "130429", 1.0),
        (400, {"error": {"code": 131056}}, "131056", 6.0),
        (429, {}, "HTTP_429", 1.0),
        (401, {"error": {"code": 190}}, "190", 0.0),
        (403, {"error": {"code": 368}}, "368", 0.0),
        (400, {"error": {"code": 131042}}, "131042", 0.0),
        (404, {}, "HTTP_404", 0.0),
        (302, {}, "HTTP_302", 0.0),
    ],
)
async def test_a_code_about_us_or_our_pace_delays_it(
    status: int, said: dict[str, object], code: str, pause: float
) -> None:
    with pytest.raises(NotSent, match=f"^{code}$") as held:
        await _answered(status, said)

    assert held.value.retry_after_seconds == pause


async def test_a_pause_that_meta_asks_for_is_taken() -> None:
    with pytest.raises(NotSent) as held:
        await _answered(429, {"error": {"code": 130429}}, retry_after="17")

    assert held.value.retry_after_seconds == 17.0


def test_meta_cannot_be_asked() -> None:
    """Its history knows messages by its own ids only; a status webhook brings the permit's."""
    assert not isinstance(WhatsAppPost(url=Provider().whatsapp_url), Inquiry)


@pytest.mark.parametrize(
    "url",
    [
        "https://secret@graph.example.com/v23.0/1",
        "whatsapp+https://graph.example.com/v23.0/1",
        "whatsapp+https://a:secret@graph.example.com/v23.0/1",
        "whatsapp+https://secret@graph.example.com/1",
        "whatsapp+https://secret@graph.example.com/v23.0/1/messages",
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_its_secret_is_not(url: str) -> None:
    with pytest.raises(SettingInvalid, match="ESCALERA_WHATSAPP_URL") as refused:
        WhatsAppPlace.parse(url)

    assert "secret" not in str(refused.value)


async def _answered(status: int, said: dict[str, object], retry_after: str = "") -> Sent:
    """What we make of this answer."""
    headers = {"retry-after": retry_after} if retry_after else {}

    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, json=said, headers=headers)

    post = WhatsAppPost(url="whatsapp+http://t@graph.example.com/v23.0/1")
    post._call._client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    try:
        return await post.send(TEMPLATE)
    finally:
        await post.close()
