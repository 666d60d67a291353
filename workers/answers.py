"""Who hears what comes back: over the channels' own connections, by e-mail, and from printers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from infra.channels.answers import Hearing
from infra.channels.bounces import Answers
from infra.channels.letter import LetterReceipts
from infra.channels.mail_in import MailIn
from infra.channels.throttle import Throttled
from infra.read_tables import open_pool
from infra.settings import SettingInvalid, Settings
from workers.channels import answers_of
from workers.reporting import report_desk_on
from workers.wiring import Desks, open_desks


@asynccontextmanager
async def heard(desks: Desks, settings: Settings) -> AsyncIterator[None]:
    """Record what comes over the connections that the channels themselves keep (SMPP), as long as the block lasts."""
    posts = [post.post if isinstance(post, Throttled) else post for post in desks.posts.values()]
    hearing = [post for post in posts if isinstance(post, Hearing)]
    if not hearing:
        yield
        return
    async with open_pool(settings.required("database_url")) as pool:
        reports = report_desk_on(desks, pool, settings)
        for post in hearing:
            await post.hear(on_report=reports.report, on_inbound=reports.inbound)
        yield


async def receive(settings: Settings, stopped: asyncio.Event) -> None:
    """`python -m workers mail-in`: record e-mail that comes back and what printers say, until asked to stop."""
    addresses = answers_of(settings)
    if addresses is None and not settings.letter_folder:
        raise SettingInvalid("ESCALERA_MAIL_IN_ADDRESS or ESCALERA_LETTER_FOLDER must be set")
    async with open_desks(settings) as desks, open_pool(settings.required("database_url")) as pool:
        reports = report_desk_on(desks, pool, settings)
        door = None
        if addresses is not None:
            answers = Answers(addresses=addresses, domain=settings.mail_from.rpartition("@")[2])
            door = MailIn(answers, on_report=reports.report, on_inbound=reports.inbound)
            host, _, port = settings.mail_in_listen.rpartition(":")
            await door.start(host=host.strip("[]"), port=int(port))
        try:
            if settings.letter_folder:
                await LetterReceipts(Path(settings.letter_folder), reports.report).watch(stopped)
            await stopped.wait()
        finally:
            if door is not None:
                await door.stop()
