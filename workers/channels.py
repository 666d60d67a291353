"""The channels that the settings describe: where posts meet their providers."""

from collections.abc import Mapping

from application.messages import Connected, Post
from application.ports import Clock
from domain.case.words import Channel
from infra.channels.email import EmailPost
from infra.channels.sms_twilio import TwilioPost
from infra.channels.throttle import rates_from, throttled
from infra.channels.whatsapp import WhatsAppPost
from infra.settings import Settings


def posts_of(settings: Settings, clock: Clock) -> dict[Channel, Post]:
    """Return the channels that we can use by ourselves; every process must be told of the same ones.

    Each is behind its rate and a circuit breaker. For one event loop; `close` them there.
    """
    posts: dict[Channel, Post] = {}
    if settings.smtp_url:
        posts[Channel.EMAIL] = EmailPost(url=settings.smtp_url, sender=settings.mail_from, clock=clock)
    if settings.sms_url:
        posts[Channel.SMS] = TwilioPost(url=settings.sms_url, clock=clock, public_url=settings.public_url)
    if settings.whatsapp_url:
        posts[Channel.WHATSAPP] = WhatsAppPost(url=settings.whatsapp_url)
    rates = rates_from(settings.channel_rates)
    return {channel: throttled(post, rate=rates.get(channel)) for channel, post in posts.items()}


async def close(posts: Mapping[Channel, Post]) -> None:
    """Close the connections that the channels keep open."""
    for post in posts.values():
        if isinstance(post, Connected):
            await post.close()
