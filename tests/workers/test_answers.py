"""What comes back reaches the log: a bounce, a reply and a complaint through the door, a printer's word, a receipt."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import aiosmtplib
import pytest

from domain.case.state import Case, Contact
from domain.case.words import ContactOutcome
from infra.channels.email_address import Purpose
from infra.settings import SettingInvalid, Settings
from tests.house import House
from tests.infra.channels.smtp_servers import PostOffice, post_office
from workers.answers import receive
from workers.channels import answers_of, posts_of
from workers.ports import free_port
from workers.projector import project
from workers.wiring import Desks, open_desks

DSN = """\
From: MAILER-DAEMON@mx.example.com
To: {to}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; ana@example.com
Action: failed
Status: 5.1.1
--b--
"""


@dataclass
class Talk:
    """One message that went out, and the door that answers come to."""

    settings: Settings
    office: PostOffice
    desks: Desks
    case_id: UUID
    permit_id: str

    async def write(self, sender: str, to: str, text: str) -> None:
        _, _, port = self.settings.mail_in_listen.rpartition(":")
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=int(port), timeout=10.0) as client:
            await client.sendmail(sender, to, text.replace("\n", "\r\n").encode())

    async def contacts(self) -> dict[str, Contact]:
        case, _ = await self.desks.cases.load(self.case_id)
        assert isinstance(case, Case)
        return dict(case.contacts)

    async def outcome(self) -> ContactOutcome | None:
        return (await self.contacts())[self.permit_id].outcome


@asynccontextmanager
async def talk(dsn: str, folder: Path) -> AsyncIterator[Talk]:
    """Send one reminder to a real server and take answers to it."""
    async with post_office() as office:
        settings = Settings(
            database_url=dsn,
            key_file=str(folder / "keys"),
            clock=f"2026-03-13T09:00:00+00:00@{datetime.now(UTC).isoformat()}*1",
            smtp_url=f"smtp://127.0.0.1:{office.port}",
            mail_from="cobros@acme.example",
            mail_in_address="mail@in.acme.example",
            mail_in_listen=f"127.0.0.1:{free_port()}",
            letter_folder=str(folder / "letters"),
        )
        stopped = asyncio.Event()
        async with open_desks(settings) as desks:
            case_id = await House(desks.store, desks.clock).opened()
            permit_id = (await desks.ladder.advance(case_id)).permit_id
            assert await desks.delivery.deliver(case_id, permit_id) is ContactOutcome.ACCEPTED
            # The projector carries the address book along, in which answers without a permit's id are looked up.
            door = asyncio.gather(receive(settings, stopped), project(settings, stopped))
            await listening(settings.mail_in_listen)
            try:
                yield Talk(settings, office, desks, case_id, permit_id)
            finally:
                stopped.set()
                await door


async def test_a_bounce_is_recorded_on_the_case(fresh_dsn: str, tmp_path: Path) -> None:
    async with talk(fresh_dsn, tmp_path) as mail:
        (return_path,) = mail.office.senders
        await mail.write("", return_path, DSN.format(to=return_path))

        assert await mail.outcome() is ContactOutcome.BOUNCED


async def test_a_reply_is_an_inbound_contact_on_the_case(fresh_dsn: str, tmp_path: Path) -> None:
    async with talk(fresh_dsn, tmp_path) as mail:
        (sent,) = mail.office.messages
        reply = EmailMessage()
        reply["From"], reply["Message-ID"] = "c-1@example.com", "<1@example.com>"
        reply.set_content("Ya pagué ayer.")
        for _ in range(2):
            await mail.write("c-1@example.com", str(sent["Reply-To"]), reply.as_string())

        said = [each for each in (await mail.contacts()).values() if each.outcome is ContactOutcome.REPLIED]
        assert said


async def test_one_letter_to_the_unsubscribe_address_ends_the_channel(fresh_dsn: str, tmp_path: Path) -> None:
    async with talk(fresh_dsn, tmp_path) as mail:
        addresses = answers_of(mail.settings)
        assert addresses is not None
        await mail.write("c-1@example.com", addresses.write(Purpose.UNSUBSCRIBE, mail.permit_id), "Subject: x\n\n")

        assert await mail.outcome() is ContactOutcome.OPTED_OUT


async def test_without_anything_to_take_the_process_says_what_is_missing() -> None:
    with pytest.raises(SettingInvalid, match="ESCALERA_MAIL_IN_ADDRESS"):
        await receive(Settings(), asyncio.Event())


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("smtp_url", "nonsense"),
        ("sms_url", "smpp://nonsense"),
        ("mail_in_address", "a-local-part-that-is-too-long@in.acme.example"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, name: str, wrong: str) -> None:
    good = Settings(smtp_url="smtp://127.0.0.1", key_file=str(tmp_path / "keys"))
    clock: Callable[[], object] = object
    with pytest.raises(SettingInvalid, match=f"ESCALERA_{name.upper()}"):
        posts_of(replace(good, **{name: wrong}), clock())  # type: ignore[arg-type]  # never asked for the time


async def listening(address: str) -> None:
    host, _, port = address.rpartition(":")
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection(host, int(port))
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                await writer.wait_closed()
                return
