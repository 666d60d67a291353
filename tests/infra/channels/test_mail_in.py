"""The door where e-mail comes in, spoken to by a real client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiosmtplib
import pytest

from application.reports import Inbound, Report
from domain.case.words import ContactOutcome
from infra.channels.mail_in import MailIn
from tests.infra.channels.test_bounces import ANSWERS, BOUNCE, KEY, REPLY, dsn, letter


@dataclass
class Desk:
    """Keeps what it is handed; `mood` is raised instead."""

    reports: list[Report] = field(default_factory=list)
    inbound: list[Inbound] = field(default_factory=list)
    mood: Exception | None = None

    async def report(self, report: Report) -> None:
        if self.mood:
            raise self.mood
        self.reports.append(report)

    async def heard(self, inbound: Inbound) -> None:
        if self.mood:
            raise self.mood
        self.inbound.append(inbound)


@asynccontextmanager
async def door(desk: Desk) -> AsyncIterator[aiosmtplib.SMTP]:
    opened = MailIn(ANSWERS, on_report=desk.report, on_inbound=desk.heard)
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=await opened.start(), timeout=5.0)
    try:
        async with client:
            yield client
    finally:
        await opened.stop()


async def test_a_bounce_is_handed_on_before_the_door_says_that_it_has_it() -> None:
    desk = Desk()
    async with door(desk) as client:
        await client.sendmail("", BOUNCE, dsn())

    (report,) = desk.reports
    assert (report.permit_id, report.outcome) == (KEY, ContactOutcome.BOUNCED)


async def test_a_reply_is_handed_on() -> None:
    desk = Desk()
    async with door(desk) as client:
        await client.sendmail("ana@example.com", REPLY, letter())

    assert [each.text for each in desk.inbound] == ["Ya pagué ayer."]


async def test_what_cannot_be_kept_now_is_asked_for_again() -> None:
    desk = Desk(mood=RuntimeError("store is away"))
    async with door(desk) as client:
        with pytest.raises(aiosmtplib.SMTPDataError, match="451"):
            await client.sendmail("", BOUNCE, dsn())
        desk.mood = None
        await client.sendmail("", BOUNCE, dsn())

    assert len(desk.reports) == 1


@pytest.mark.parametrize("to", ["ana@example.com", BOUNCE.replace("+b", "+ba"), "mail+b@in.acme.example"])
async def test_the_door_takes_mail_for_our_own_addresses_only(to: str) -> None:
    desk = Desk()
    async with door(desk) as client:
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await client.sendmail("ana@example.com", to, letter())

    assert (desk.reports, desk.inbound) == ([], [])


async def test_what_says_nothing_is_taken_and_forgotten() -> None:
    desk = Desk()
    async with door(desk) as client:
        await client.sendmail("ana@example.com", REPLY, letter(Auto_Submitted="auto-replied"))

    assert (desk.reports, desk.inbound) == ([], [])
