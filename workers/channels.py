"""The channels that the settings describe: where posts meet their providers."""

from application.messages import Post
from application.ports import Clock
from domain.case.words import Channel
from infra.channels.email import EmailPost
from infra.settings import Settings


def posts_of(settings: Settings, clock: Clock) -> dict[Channel, Post]:
    """Return the channels that we can use by ourselves; every process must be told of the same ones."""
    posts: dict[Channel, Post] = {}
    if settings.smtp_url:
        posts[Channel.EMAIL] = EmailPost(url=settings.smtp_url, sender=settings.mail_from, clock=clock)
    return posts
