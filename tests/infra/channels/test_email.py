"""E-mail against real SMTP servers: one that keeps what it is sent, and some that misbehave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from application.messages import Message, NotSent, Words
from domain.case.words import Channel, ContactOutcome
from infra.channels.email import EmailPost, message_id
from infra.mail_sink import MailSink, read_mail, tally
from tests.house import HandClock
from tests.infra.channels.smtp_servers import told_server


def message(key: str = "case:1.reminder:EMAIL", address: str = "ana@example.com") -> Message:
    words = Words(subject="Próximo vencimiento: F-1", body="Estimada Ana:\n\n500,00 €\n")
    return Message(key=key, channel=Channel.EMAIL, address=address, words=words, language="es")


@asynccontextmanager
async def post(port: int, *, timeout_seconds: float = 5.0) -> AsyncIterator[EmailPost]:
    opened = EmailPost(
        url=f"smtp://127.0.0.1:{port}",
        sender="cobros@acme.example",
        clock=HandClock(),
        timeout_seconds=timeout_seconds,
    )
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def sink(tmp_path: Path) -> AsyncIterator[tuple[int, Path]]:
    kept = MailSink(tmp_path)
    port = await kept.start()
    yield port, tmp_path
    await kept.stop()


async def test_a_message_arrives_as_it_was_written(sink: tuple[int, Path]) -> None:
    port, folder = sink

    async with post(port) as email:
        sent = await email.send(message())

    (mail,) = read_mail(folder)
    assert sent.outcome is ContactOutcome.ACCEPTED
    assert mail.recipients == ("ana@example.com",)
    assert mail.subject == "Próximo vencimiento: F-1"
    assert mail.text.splitlines() == ["Estimada Ana:", "", "500,00 €"]
    assert mail.message_id == message_id("case:1.reminder:EMAIL", "acme.example") == sent.provider_id


async def test_one_permit_has_one_message_id(sink: tuple[int, Path]) -> None:
    port, folder = sink

    async with post(port) as email:
        for key in ("a", "a", "b"):
            await email.send(message(key))

    assert len(tally(folder).message_ids) == 2
    assert "a" not in next(iter(read_mail(folder))).message_id.partition("@")[0].partition("case")[1]


async def test_a_server_that_is_not_there_has_sent_nothing() -> None:
    async with post(1) as email:
        with pytest.raises(NotSent):
            await email.send(message())


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_later_means_that_nothing_was_sent(command: str) -> None:
    async with told_server({"DATA": "354 go"} | {command: "451 later"}) as told, post(told.port) as email:
        with pytest.raises(NotSent, match="451"):
            await email.send(message())


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_never_is_a_refusal_that_names_only_the_code(command: str) -> None:
    answers = {"DATA": "354 go"} | {command: "550 ana@example.com unknown"}
    async with told_server(answers) as told, post(told.port) as email:
        sent = await email.send(message())

    assert (sent.outcome, sent.detail) == (ContactOutcome.REFUSED, "550")


async def test_a_refusal_after_the_text_is_a_refusal() -> None:
    async with told_server({"DATA": "354 go"}, after_data="554 spam") as told, post(told.port) as email:
        sent = await email.send(message())

    assert sent.outcome is ContactOutcome.REFUSED


async def test_silence_after_the_text_is_unknown() -> None:
    async with told_server({"DATA": "354 go"}, after_data=None) as told, post(told.port) as email:
        sent = await email.send(message())

    assert sent.outcome is ContactOutcome.UNKNOWN


async def test_a_server_that_wants_a_log_in_delays_the_message_and_does_not_refuse_it() -> None:
    async with told_server({"MAIL": "530 log in first"}) as told, post(told.port) as email:
        with pytest.raises(NotSent, match="530"):
            await email.send(message())


async def test_an_address_that_is_none_is_refused_without_a_word_to_the_server(sink: tuple[int, Path]) -> None:
    port, folder = sink

    async with post(port) as email:
        sent = await email.send(message(address="ana@example.com\r\nBcc: all@example.com"))

    assert sent.outcome is ContactOutcome.REFUSED
    assert tally(folder).messages == 0


async def test_many_messages_go_over_few_connections() -> None:
    async with told_server({"DATA": "354 go"}) as told, post(told.port) as email:
        sent = await asyncio.gather(*(email.send(message(f"case:{number}")) for number in range(50)))

        assert {each.outcome for each in sent} == {ContactOutcome.ACCEPTED}
        assert told.connections <= 4


@pytest.mark.parametrize("answer", ["550 unknown", "451 later"])
async def test_a_connection_goes_on_after_a_refusal(answer: str) -> None:
    async with told_server({"RCPT": answer}) as told, post(told.port) as email:
        for _ in range(3):
            with suppress(NotSent):
                await email.send(message())

        assert told.connections == 1
        assert told.heard.count("RSET") == 3


async def test_an_old_connection_that_died_before_the_text_is_replaced() -> None:
    async with told_server({"DATA": "354 go"}, hang_up_after=1) as told, post(told.port) as email:
        first, second = [await email.send(message(key)) for key in ("a", "b")]

        assert (first.outcome, second.outcome) == (ContactOutcome.ACCEPTED, ContactOutcome.ACCEPTED)
        assert told.connections == 2
        assert told.heard.count("DATA") == 2


async def test_a_server_that_closes_with_words_has_taken_nothing() -> None:
    async with told_server({"MAIL": "421 enough"}) as told, post(told.port) as email:
        with pytest.raises(NotSent, match="421"):
            await email.send(message())


@pytest.mark.parametrize("answer", ["what?", "250", "299 fine"])
async def test_an_answer_to_the_text_that_nobody_can_read_is_unknown(answer: str) -> None:
    async with told_server({"DATA": "354 go"}, after_data=answer) as told, post(told.port) as email:
        sent = await email.send(message())

    assert sent.outcome is (ContactOutcome.ACCEPTED if answer == "250" else ContactOutcome.UNKNOWN)


async def test_a_connection_that_spoke_nonsense_is_used_no_more() -> None:
    async with told_server({"DATA": "354 go"}, after_data="299 fine") as told, post(told.port) as email:
        for key in ("a", "b"):
            await email.send(message(key))

        assert told.connections == 2


async def test_a_new_connection_that_dies_before_the_text_is_not_tried_again_at_once() -> None:
    async with told_server({}, hang_up_at="RCPT") as told, post(told.port) as email:
        with pytest.raises(NotSent):
            await email.send(message())

        assert told.heard.count("RCPT") == 1


async def test_after_the_text_an_old_connection_is_as_uncertain_as_a_new_one() -> None:
    async with told_server({"DATA": "354 go"}, hang_up_at="DATA") as told, post(told.port) as email:
        sent = await email.send(message())

        assert sent.outcome is ContactOutcome.UNKNOWN
        assert told.heard.count("DATA") == 1


async def test_a_sender_that_is_stopped_in_the_middle_leaves_no_connection_to_the_next() -> None:
    async with told_server({"DATA": "354 go", "RCPT": ""}) as told, post(told.port) as email:
        waiting = asyncio.create_task(email.send(message("a")))
        while "RCPT" not in told.heard:
            await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        second = asyncio.create_task(email.send(message("b")))
        while told.heard.count("RCPT") < 2:
            await asyncio.sleep(0.01)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second

        assert told.connections == 2
