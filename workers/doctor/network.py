"""Our own doors, the public address that leads to them, the mail server, and ports that somebody else has."""

import asyncio
import ssl
from typing import Final

import aiosmtplib
import httpx2

from application.diagnosis import Finding, doubtful, wrong
from infra.channels.email_server import Place
from workers.doctor.scene import CONNECT_SECONDS, Scene
from workers.ports import LOCALHOST

HEALTHY: Final = "ok\n"


async def look(scene: Scene) -> list[Finding]:
    """Knock at each door; nothing is sent."""
    settings = scene.settings
    findings: list[Finding] = []
    if not await _answers(settings.grpc_address):
        findings.append(wrong("API_UNREACHABLE", address=settings.grpc_address))
    if not await _answers(settings.web_address):
        findings.append(wrong("WEB_UNREACHABLE", address=settings.web_address))
    elif settings.public_url:
        findings += await _public(settings.public_url)
    if settings.smtp_url:
        findings += await _mail(settings.smtp_url)
    return findings


async def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        connecting = asyncio.open_connection(host.strip("[]") or LOCALHOST, int(port))
        _reader, writer = await asyncio.wait_for(connecting, CONNECT_SECONDS)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def _public(url: str) -> list[Finding]:
    """Ask for our health at the address that providers and readers are given."""
    try:
        async with httpx2.AsyncClient(timeout=CONNECT_SECONDS) as client:
            answer = await client.get(f"{url}/health")
    except httpx2.HTTPError as error:
        return [doubtful("PUBLIC_URL_UNREACHABLE", url=url, error=type(error).__name__)]
    if answer.text != HEALTHY or not answer.is_success:
        return [wrong("PUBLIC_URL_ELSEWHERE", url=url, status=answer.status_code)]
    return []


async def _mail(url: str) -> list[Finding]:
    """Connect as a message would, log in, and say goodbye."""
    try:
        place = Place.from_url(url)
        tls = ssl.create_default_context(cafile=place.authority or None)
    except (ValueError, OSError):
        return []  # said by whoever looks at the settings
    where = {"server": f"{place.host}:{place.port}"}
    server = aiosmtplib.SMTP(
        hostname=place.host,
        port=place.port,
        timeout=CONNECT_SECONDS,
        use_tls=place.tls_from_the_start,
        start_tls=True if place.tls_must_be else (False if place.tls_from_the_start else None),
        tls_context=tls,
    )
    try:
        await server.connect()
        if place.user:
            await server.login(place.user, place.password)
        await server.quit()
    except aiosmtplib.SMTPAuthenticationError:
        return [wrong("MAIL_REFUSES_US", **where)]
    except (aiosmtplib.SMTPException, OSError) as error:
        return [wrong("MAIL_UNREACHABLE", **where, error=type(error).__name__)]
    finally:
        server.close()
    return []
