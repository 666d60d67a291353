"""`python -m workers mail-sink`: a mail server that keeps what it is sent, for demonstrations."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

from infra.mail_sink import MailSink
from infra.settings import Settings


async def receive(settings: Settings, stopped: asyncio.Event) -> None:
    """Receive at the SMTP address in the settings until asked to stop."""
    place = urlsplit(settings.required("smtp_url"))
    sink = MailSink(Path(settings.required("mail_folder")))
    await sink.start(host=place.hostname or "127.0.0.1", port=place.port or 0)
    try:
        await stopped.wait()
    finally:
        await sink.stop()
