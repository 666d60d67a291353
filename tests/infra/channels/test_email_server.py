"""How a server is reached: TLS, log-in, and what is never said in the clear."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from application.messages import Message, NotSent, Words
from domain.case.words import Channel, ContactOutcome
from infra.channels.email import EmailPost
from infra.channels.email_address import ReturnAddresses
from infra.channels.email_server import Place
from tests.house import HandClock
from tests.infra.channels.smtp_servers import PASSWORD, USER, authority, post_office, told_server

KEY = "0f8fad5b-d9cd-469f-a165-70867728950e:2.second_notice:EMAIL"
WORDS = Words(subject="F-1", body="Estimada Ana:\n", html="<p>Estimada Ana:</p>")
MESSAGE = Message(key=KEY, channel=Channel.EMAIL, address="ana@example.com", words=WORDS, language="es")
LOGIN = f"{USER}:{quote(PASSWORD, safe='')}@"


@asynccontextmanager
async def post(url: str, answers: ReturnAddresses | None = None) -> AsyncIterator[EmailPost]:
    opened = EmailPost(url=url, sender="cobros@acme.example", clock=HandClock(), answers=answers, timeout_seconds=5.0)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.mark.parametrize(("scheme", "starttls"), [("smtps", False), ("smtp+starttls", True), ("smtp", True)])
async def test_a_message_goes_through_tls_after_a_log_in(tmp_path: Path, scheme: str, starttls: bool) -> None:
    made = authority(tmp_path)
    async with (
        post_office(tls=made.server, starttls=starttls, login=True) as office,
        post(f"{scheme}://{LOGIN}127.0.0.1:{office.port}?ca={made.file}") as email,
    ):
        sent = await email.send(MESSAGE)

    assert sent.outcome is ContactOutcome.ACCEPTED
    assert office.logins == [USER]
    assert len(office.messages) == 1


@pytest.mark.parametrize(("scheme", "starttls"), [("smtps", False), ("smtp+starttls", True), ("smtp", True)])
async def test_a_server_whose_certificate_nobody_vouches_for_is_told_nothing(
    tmp_path: Path, scheme: str, starttls: bool
) -> None:
    async with (
        post_office(tls=authority(tmp_path).server, starttls=starttls, login=True) as office,
        post(f"{scheme}://{LOGIN}127.0.0.1:{office.port}") as email,
    ):
        with pytest.raises(NotSent):
            await email.send(MESSAGE)

    assert (office.logins, office.commands) == ([], [])


async def test_without_the_tls_that_must_be_nothing_is_said() -> None:
    async with told_server({}) as told, post(f"smtp+starttls://{LOGIN}127.0.0.1:{told.port}") as email:
        with pytest.raises(NotSent):
            await email.send(MESSAGE)

    assert told.heard == ["EHLO"]


async def test_a_wrong_password_delays_and_refuses_nobody() -> None:
    async with post_office(login=True) as office, post(f"smtp://{USER}:wrong@127.0.0.1:{office.port}") as email:
        with pytest.raises(NotSent, match="CONNECT_535"):
            await email.send(MESSAGE)


@pytest.mark.parametrize(
    ("url", "tls_must_be"),
    [
        ("smtp://mail.example", False),
        ("smtp://ana:pw@mail.example", True),
        ("smtp://ana:pw@10.0.0.1", True),
        ("smtp://ana:pw@127.0.0.1", False),
        ("smtp://ana:pw@localhost", False),
        ("smtp://ana:pw@localhost.example", True),
        ("smtp+starttls://mail.example", True),
    ],
)
def test_a_password_goes_to_another_machine_through_tls_only(url: str, tls_must_be: bool) -> None:
    assert Place.from_url(url).tls_must_be is tls_must_be


@pytest.mark.parametrize("url", ["", "mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port"])
def test_what_is_no_address_of_a_server_is_said_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match=r"host|Port"):
        Place.from_url(url)


def test_a_password_shows_in_no_trace() -> None:
    assert "secret" not in repr(Place.from_url("smtps://ana:secret@mail.example"))


async def test_a_server_that_reports_is_asked_to_with_the_permit_and_an_address_that_tells_nothing() -> None:
    answers = ReturnAddresses(address="mail@in.acme.example", key=b"k")
    async with post_office() as office, post(f"smtp://127.0.0.1:{office.port}", answers) as email:
        sent = await email.send(MESSAGE)

    mail, recipient = office.commands
    (sender,) = office.senders
    found = answers.read(sender)
    assert sent.outcome is ContactOutcome.ACCEPTED
    assert found
    assert found.is_about(KEY)
    assert f"RET=HDRS ENVID={KEY}" in mail
    assert recipient == "RCPT TO:<ana@example.com> NOTIFY=SUCCESS,FAILURE,DELAY"


async def test_without_an_address_for_answers_no_reports_are_asked_for() -> None:
    async with post_office() as office, post(f"smtp://127.0.0.1:{office.port}") as email:
        await email.send(MESSAGE)

    assert office.commands == ["MAIL FROM:<cobros@acme.example>", "RCPT TO:<ana@example.com>"]


async def test_an_address_in_another_script_needs_a_server_that_takes_it() -> None:
    message = Message(key=KEY, channel=Channel.EMAIL, address="josé@exámple.com", words=WORDS, language="es")
    async with post_office() as office, post(f"smtp://127.0.0.1:{office.port}") as email:
        taken = await email.send(message)
    async with told_server({}) as told, post(f"smtp://127.0.0.1:{told.port}") as email:
        refused = await email.send(message)

    assert taken.outcome is ContactOutcome.ACCEPTED
    assert office.commands[1] == "RCPT TO:<josé@xn--exmple-qta.com>"
    assert (refused.outcome, refused.detail) == (ContactOutcome.REFUSED, "SMTPUTF8_NOT_OFFERED")


async def test_tls_is_the_kind_that_checks_names_too(tmp_path: Path) -> None:
    made = authority(tmp_path)
    async with (
        post_office(tls=made.server) as office,
        post(f"smtps://localhost:{office.port}?ca={made.file}") as email,
    ):
        with pytest.raises(NotSent):
            await email.send(MESSAGE)  # the certificate is for 127.0.0.1

    assert office.messages == []
