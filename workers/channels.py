"""The channels that the settings describe: where posts meet their providers."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from application.messages import Connected, Post
from application.ports import Clock
from application.recovery import NamedAs
from domain.case.words import Channel
from infra.channels.email import EmailPost
from infra.channels.email_address import ReturnAddresses, message_id, return_addresses
from infra.channels.letter import LetterPost
from infra.channels.letter_head import load_letterheads
from infra.channels.sms_smpp import SmppPost
from infra.channels.sms_twilio import TwilioPost
from infra.channels.throttle import rates_from, throttled
from infra.channels.whatsapp import WhatsAppPost
from infra.settings import SettingInvalid, Settings
from workers.log import root_key

T = TypeVar("T")


def posts_of(settings: Settings, clock: Clock) -> dict[Channel, Post]:
    """Return the channels that we can use by ourselves; every process must be told of the same ones.

    Each is behind its rate and a circuit breaker. For one event loop; `close` them there.
    """
    posts: dict[Channel, Post] = {}
    if settings.smtp_url:
        posts[Channel.EMAIL] = _named(
            "SMTP_URL",
            lambda: EmailPost(
                url=settings.smtp_url, sender=settings.mail_from, clock=clock, answers=answers_of(settings)
            ),
        )
    if settings.sms_url.startswith(("smpp://", "smpps://")):
        posts[Channel.SMS] = _named("SMS_URL", lambda: SmppPost(url=settings.sms_url, clock=clock))
    elif settings.sms_url:
        posts[Channel.SMS] = TwilioPost(url=settings.sms_url, clock=clock, public_url=settings.public_url)
    if settings.whatsapp_url:
        posts[Channel.WHATSAPP] = WhatsAppPost(url=settings.whatsapp_url)
    if settings.letter_folder:
        heads = load_letterheads(Path(settings.letterheads_file) if settings.letterheads_file else None)
        posts[Channel.LETTER] = _named("LETTER_FOLDER", lambda: LetterPost(Path(settings.letter_folder), heads))
    rates = rates_from(settings.channel_rates)
    return {channel: throttled(post, rate=rates.get(channel)) for channel, post in posts.items()}


def named_as(settings: Settings) -> NamedAs:
    """Return what providers call our messages, on channels where we give them their names."""
    domain = settings.mail_from.rpartition("@")[2]
    return {Channel.EMAIL: lambda key: message_id(key, domain)}


def answers_of(settings: Settings) -> ReturnAddresses | None:
    """Return the addresses that answers to our e-mail come back to; None where nobody reads them."""
    if not settings.mail_in_address:
        return None
    root = root_key(settings)
    return _named("MAIL_IN_ADDRESS", lambda: return_addresses(root, settings.mail_in_address))


def _named(setting: str, make: Callable[[], T]) -> T:
    try:
        return make()
    except SettingInvalid:
        raise
    except (ValueError, OSError) as wrong:
        raise SettingInvalid(f"ESCALERA_{setting} cannot be used; accepted: {wrong}") from None


async def close(posts: Mapping[Channel, Post]) -> None:
    """Close the connections that the channels keep open."""
    for post in posts.values():
        if isinstance(post, Connected):
            await post.close()
