"""Every request that we make of Twilio is one that its own description of the API allows."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx2
import pytest

from application.messages import Message, NotSent, Words
from domain.case.words import Channel, ContactOutcome
from infra.channels.sms_twilio import TwilioPost
from infra.clock import SystemClock
from tests.counterparts import prism
from tests.counterparts.provider import ACCOUNT, SENDER, TOKEN

PERMIT = "0197fd3c-1111-7222-8333-444455556666:SOFT.reminder sms/1:SMS:2"
BODIES = (
    "Estimada Íñiga Güell: su factura F-1 venció el 3 de marzo. Debe 1.234,50 €. Para no recibir más: BAJA",
    "Prezada Conceição: sua fatura F-1 venceu. Você deve R$ 1.234,50. Para não receber mais: SAIR",
    "Reminder & notice: invoice F-1 = $10 (50% off?) + more",
    "¡Hola! 👋",
)

pytestmark = pytest.mark.skipif(not prism.TWILIO.exists(), reason="the description is not part of the repository")


@pytest.fixture(scope="module")
def twilio() -> Iterator[str]:
    with prism.twilio() as address:
        yield address


@asynccontextmanager
async def opened(address: str, query: str, public_url: str = "") -> AsyncIterator[TwilioPost]:
    url = f"twilio+http://{ACCOUNT}:{TOKEN}@{urlsplit(address).netloc}?{query}"
    post = TwilioPost(url=url, clock=SystemClock(), public_url=public_url)
    try:
        yield post
    finally:
        await post.close()


def message(body: str = "Hola", address: str = "+5215550001111") -> Message:
    words = Words(subject="", body=body)
    return Message(key=PERMIT, channel=Channel.SMS, address=address, words=words, language="es")


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("query", [f"from={SENDER}", "from=ACME", f"service=MG{'0' * 32}"])
@pytest.mark.parametrize("public_url", ["", "https://collections.example.com/escalera"])
async def test_every_kind_of_message_is_valid(twilio: str, body: str, query: str, public_url: str) -> None:
    async with opened(twilio, query, public_url) as post:
        sent = await post.send(message(body))

    assert sent.outcome is ContactOutcome.ACCEPTED
    assert sent.provider_id == f"SM{'a' * 32}"


@pytest.mark.parametrize(("public_url", "query"), [("no address", f"from={SENDER}"), ("", "service=MG" + "0" * 32)])
async def test_the_mock_refuses_what_the_description_does_not_allow(twilio: str, public_url: str, query: str) -> None:
    async with opened(twilio, query, public_url) as post:
        if not public_url:
            post._place = replace(post._place, service="MG12")

        with pytest.raises(NotSent, match="HTTP_422"):
            await post.send(message())


async def test_the_mock_refuses_who_does_not_say_who_he_is(twilio: str) -> None:
    async with httpx2.AsyncClient() as client:
        answer = await client.post(f"{twilio}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", data={"To": "+5215550001"})

    assert answer.status_code == 401


async def test_every_page_that_we_ask_for_is_asked_for_as_described(twilio: str) -> None:
    async with opened(twilio, f"from={SENDER}") as post:
        # The mock always has one page more; had it not understood us, its code would be the error.
        with pytest.raises(NotSent, match="TOO_MANY_MESSAGES"):
            await post.ask(PERMIT, address="+5215550001111", since=datetime.now(UTC) - timedelta(minutes=5))
