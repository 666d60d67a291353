"""The settings say which channels there are, and each can be asked for admission and closed."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from application.messages import Connected, Gate, Inquiry, Message, Words
from domain.case.words import Channel, ContactOutcome
from infra import logs
from infra.clock import SystemClock
from infra.settings import SettingInvalid, Settings
from tests.counterparts.provider import Provider, running
from workers.channels import close, posts_of


def settings(provider: Provider) -> Settings:
    return Settings(
        sms_url=provider.sms_url, whatsapp_url=provider.whatsapp_url, public_url="https://collections.example.com"
    )


def message(channel: Channel) -> Message:
    words = Words(subject="", body="Hola", provider_template="overdue", provider_language="es")
    return Message(key=f"case:1:{channel}", channel=channel, address="+5215550001111", words=words, language="es")


def test_without_settings_there_are_no_channels() -> None:
    assert posts_of(Settings(), SystemClock()) == {}


async def test_every_channel_that_is_set_sends_under_the_permits_key() -> None:
    async with running(Provider()) as provider:
        posts = posts_of(settings(provider), SystemClock())
        for channel, post in posts.items():
            assert isinstance(post, Gate)
            assert isinstance(post, Connected)
            assert (await post.send(message(channel))).outcome is ContactOutcome.ACCEPTED
        await close(posts)

    assert posts.keys() == {Channel.SMS, Channel.WHATSAPP}
    assert {each.key for each in provider.delivered} == {"case:1:SMS", "case:1:WHATSAPP"}
    assert isinstance(posts[Channel.SMS], Inquiry)
    assert not isinstance(posts[Channel.WHATSAPP], Inquiry)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("sms_url", Settings(sms_url="nonsense")),
        ("whatsapp_url", Settings(whatsapp_url="nonsense")),
        ("channel_rates", Settings(channel_rates="nonsense")),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, wrong: Settings) -> None:
    with pytest.raises(SettingInvalid, match=f"ESCALERA_{name.upper()}"):
        posts_of(wrong, SystemClock())


async def test_no_log_line_has_a_number_though_twilio_wants_it_in_an_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.set_up("DEBUG", process="case-worker")
        async with running(Provider()) as provider:
            posts = posts_of(settings(provider), SystemClock())
            sms = posts[Channel.SMS]
            assert isinstance(sms, Inquiry)
            since = datetime.now(UTC) - timedelta(minutes=10)
            assert await sms.ask("case:1:SMS", address="+5215550001111", since=since) is None
            await close(posts)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()

    assert len(provider.requests) == 1
    assert "5215550001111" not in capsys.readouterr().err
