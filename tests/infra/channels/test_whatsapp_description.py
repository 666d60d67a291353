"""Every request that we make of WhatsApp is one that Meta's own description of the API allows."""

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx2
import pytest

from application.messages import Message, NotSent, Sent, Words
from domain.case.words import Channel, ContactOutcome
from infra.channels.whatsapp import WhatsAppPost
from tests.counterparts import prism
from tests.counterparts.provider import PHONE_ID, TOKEN

PERMIT = "0197fd3c-1111-7222-8333-444455556666:SOFT.whatsapp:WHATSAPP"
TEXTS = (
    "Estimada Íñiga Güell:\n\nsu factura F-1 venció el 3 de marzo. Debe 1.234,50 €.",
    "Prezada Conceição: sua fatura F-1 venceu. Você deve R$ 1.234,50.",
    "Reminder: invoice F-1, $10 👋",
)

pytestmark = pytest.mark.skipif(not prism.META.exists(), reason="the description is not part of the repository")


@pytest.fixture(scope="module")
def meta() -> Iterator[str]:
    with prism.meta() as address:
        yield address


async def sent_to(address: str, message: Message) -> Sent:
    post = WhatsAppPost(url=re.sub("^http://", f"whatsapp+http://{TOKEN}@", f"{address}/v23.0/{PHONE_ID}"))
    try:
        return await post.send(message)
    finally:
        await post.close()


def template(language: str = "es_MX", parameters: tuple[str, ...] = ("Íñiga\nGüell", "R$ 1.234,50")) -> Message:
    words = Words(subject="", body="", provider_template="overdue", provider_language=language, parameters=parameters)
    return Message(key=PERMIT, channel=Channel.WHATSAPP, address="+5215550001111", words=words, language="es")


def text(body: str) -> Message:
    words = Words(subject="", body=body)
    return replace(template(), words=words, in_conversation=True)


@pytest.mark.parametrize(
    "message",
    [*map(text, TEXTS), *(template(language) for language in ("es", "es_ES", "pt_BR", "en")), template(parameters=())],
)
async def test_every_kind_of_message_is_valid(meta: str, message: Message) -> None:
    sent = await sent_to(meta, message)

    assert sent.outcome is ContactOutcome.ACCEPTED
    assert sent.provider_id.startswith("wamid.")


async def test_the_mock_refuses_what_the_description_does_not_allow(meta: str) -> None:
    with pytest.raises(NotSent, match="HTTP_422"):
        await sent_to(meta, replace(template(), key="k" * 513))  # more than Meta sends back


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipient_type": "nobody"},
        {"template": {"name": "overdue"}},
        {"template": {"name": "overdue", "language": "es"}},
        {"template": {"name": "overdue", "language": {"code": "es"}}},
        {"type": "telegram"},
        {"to": None},
    ],
)
async def test_a_field_that_is_wrong_is_an_error(meta: str, wrong: dict[str, object]) -> None:
    right: dict[str, object] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+5215550001111",
        "type": "template",
        "template": {"name": "overdue", "language": {"policy": "deterministic", "code": "es"}},
    }

    assert (await _answered(meta, right)).status_code == 200
    assert (await _answered(meta, right | wrong)).status_code == 422


async def test_as_it_is_the_description_refuses_the_permits_id_beside_a_text() -> None:
    """Should it learn of that field, the amendment can go."""
    with prism.meta(amended=False) as address:
        assert (await sent_to(address, template())).outcome is ContactOutcome.ACCEPTED
        with pytest.raises(NotSent, match="HTTP_422"):
            await sent_to(address, text("Hola"))


async def _answered(address: str, said: dict[str, object]) -> httpx2.Response:
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        return await client.post(f"{address}/v23.0/{PHONE_ID}/messages", json=said)
