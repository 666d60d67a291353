"""E-mail against real SMTP servers: one that keeps what it is sent, and some that misbehave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from application.messages import Message, NotSent, Words
from domain.case.words import Channel, ContactOutcome
from infra.channels.email import EmailPost, message_id
from infra.mail_sink import MailSink, read_mail, tally
from tests.house import HandClock


def message(key: str = "case:1.reminder:EMAIL", address: str = "ana@example.com") -> Message:
    words = Words(subject="Próximo vencimiento: F-1", body="Estimada Ana:\n\n500,00 €\n")
    return Message(key=key, channel=Channel.EMAIL, address=address, words=words, language="es")


def post(port: int, *, timeout_seconds: float = 5.0) -> EmailPost:
    return EmailPost(
        url=f"smtp://127.0.0.1:{port}",
        sender="cobros@acme.example",
        clock=HandClock(),
        timeout_seconds=timeout_seconds,
    )


@pytest.fixture
async def sink(tmp_path: Path) -> AsyncIterator[tuple[int, Path]]:
    kept = MailSink(tmp_path)
    port = await kept.start()
    yield port, tmp_path
    await kept.stop()


@asynccontextmanager
async def server(answers: dict[str, str], *, after_data: str | None = "250 kept") -> AsyncIterator[int]:
    """A server that answers each command as told; `after_data` None: it hangs up instead of answering."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.current_task())
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            word = line.split()[0].decode().upper()
            writer.write((answers.get(word, "250 ok") + "\r\n").encode())
            if word == "DATA" and answers.get("DATA", "354 go").startswith("354"):
                await reader.readuntil(b"\r\n.\r\n")
                if after_data is None:
                    break
                writer.write((after_data + "\r\n").encode())
        writer.close()
        await writer.wait_closed()

    talks: list[asyncio.Task[None] | None] = []
    listening = await asyncio.start_server(speak, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        await asyncio.gather(*(talk for talk in talks if talk))


async def test_a_message_arrives_as_it_was_written(sink: tuple[int, Path]) -> None:
    port, folder = sink

    sent = await post(port).send(message())

    (mail,) = read_mail(folder)
    assert sent.outcome is ContactOutcome.ACCEPTED
    assert mail.recipients == ("ana@example.com",)
    assert mail.subject == "Próximo vencimiento: F-1"
    assert mail.text.splitlines() == ["Estimada Ana:", "", "500,00 €"]
    assert mail.message_id == message_id("case:1.reminder:EMAIL", "acme.example")


async def test_one_permit_has_one_message_id(sink: tuple[int, Path]) -> None:
    port, folder = sink
    for key in ("a", "a", "b"):
        await post(port).send(message(key))

    assert len(tally(folder).message_ids) == 2
    assert "a" not in next(iter(read_mail(folder))).message_id.partition("@")[0].partition("case")[1]


async def test_a_server_that_is_not_there_has_sent_nothing() -> None:
    with pytest.raises(NotSent):
        await post(1).send(message())


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_later_means_that_nothing_was_sent(command: str) -> None:
    async with server({"DATA": "354 go"} | {command: "451 later"}) as port:
        with pytest.raises(NotSent, match="451"):
            await post(port).send(message())


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_never_is_a_refusal_that_names_only_the_code(command: str) -> None:
    async with server({"DATA": "354 go"} | {command: "550 ana@example.com unknown"}) as port:
        sent = await post(port).send(message())

    assert (sent.outcome, sent.detail) == (ContactOutcome.REFUSED, "550")


async def test_a_refusal_after_the_text_is_a_refusal() -> None:
    async with server({"DATA": "354 go"}, after_data="554 spam") as port:
        sent = await post(port).send(message())

    assert sent.outcome is ContactOutcome.REFUSED


async def test_silence_after_the_text_is_unknown() -> None:
    async with server({"DATA": "354 go"}, after_data=None) as port:
        sent = await post(port).send(message())

    assert sent.outcome is ContactOutcome.UNKNOWN


async def test_an_address_that_is_none_is_refused_without_a_word_to_the_server(sink: tuple[int, Path]) -> None:
    port, folder = sink

    sent = await post(port).send(message(address="ana@example.com\r\nBcc: all@example.com"))

    assert sent.outcome is ContactOutcome.REFUSED
    assert tally(folder).messages == 0
