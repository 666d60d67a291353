"""Settings that contradict each other, miss something, or are not what was meant."""

from collections.abc import Iterator
from dataclasses import fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from application.diagnosis import Finding, doubtful, wrong
from infra.clock import clock_from
from infra.settings import SettingInvalid, Settings
from workers.channels import close, posts_of
from workers.doctor.scene import Scene
from workers.public_copy import public_place

HERE: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})
PREFIX: Final = "ESCALERA_"
# What the command line reads itself: who asks, whom, and by which proof.
OF_COMMANDS: Final = frozenset(
    {f"{PREFIX}{name}" for name in ("ACTOR", "CA", "CERT", "CERT_KEY", "DATA", "TOKEN", "TOKEN_FILE")}
)
LIKE: Final = 0.85  # how much alike two names are of which one is meant for the other


async def look(scene: Scene) -> list[Finding]:
    """Look at the settings alone."""
    settings = scene.settings
    return [
        *_misspelt(scene),
        *await _channels(settings),
        *_sender(settings),
        *_secrets(settings),
        *_addresses(settings),
        *_log(settings),
        *_meant(scene),
    ]


def _misspelt(scene: Scene) -> Iterator[Finding]:
    known = {f"{PREFIX}{each.name.upper()}" for each in fields(Settings)} | OF_COMMANDS
    for name in sorted(scene.environment):
        if name.startswith(PREFIX) and name not in known:
            for meant in get_close_matches(name, known, n=1, cutoff=LIKE):
                yield doubtful("SETTING_UNKNOWN", name=name, meant=meant)


async def _channels(settings: Settings) -> list[Finding]:
    """Make the channels as a process would."""
    try:
        await close(posts_of(_leaving_no_trace(settings), clock_from(settings.clock)))
    except SettingInvalid as invalid:
        return [wrong("SETTING_INVALID", detail=invalid)]
    return []


def _leaving_no_trace(settings: Settings) -> Settings:
    """Return the settings without what channels would make on the disk where it is missing, and whom they would ask."""
    if not Path(settings.letter_folder).is_dir():
        settings = replace(settings, letter_folder="")
    if settings.kms_url or not (settings.master_key or Path(settings.key_file).is_file()):
        settings = replace(settings, mail_in_address="")
    return replace(settings, database_url="")


def _sender(settings: Settings) -> Iterator[Finding]:
    host = urlsplit(settings.smtp_url).hostname if settings.smtp_url else ""
    if host not in HERE and settings.mail_from.endswith(".invalid"):
        yield wrong("SENDER_INVALID", sender=settings.mail_from)


def _secrets(settings: Settings) -> Iterator[Finding]:
    """Providers' webhooks come in only where their secret is set: without it what they report is turned away."""
    over_twilio = settings.sms_url.startswith("twilio")
    needed: tuple[tuple[str, bool, tuple[str, ...]], ...] = (
        ("SMS", over_twilio and bool(settings.public_url), ("twilio_auth_token",)),
        ("WHATSAPP", bool(settings.whatsapp_url), ("meta_app_secret", "meta_verify_token")),
        ("PAYMENT_LINKS", bool(settings.payment_links_url), ("adyen_hmac_keys",)),
    )
    for what, used, names in needed:
        for name in names:
            if used and not getattr(settings, name):
                yield wrong("SECRET_MISSING", channel=what, setting=f"{PREFIX}{name.upper()}")
    reported = {"SMS": over_twilio, "WHATSAPP": settings.whatsapp_url, "PAYMENT_LINKS": settings.payment_links_url}
    for what in (what for what, used in reported.items() if used and not settings.public_url):
        yield doubtful("PUBLIC_URL_MISSING", channel=what)


def _addresses(settings: Settings) -> Iterator[Finding]:
    listening = {
        "ESCALERA_GRPC_ADDRESS": settings.grpc_address,
        "ESCALERA_GRPC_SYSTEMS_ADDRESS": settings.grpc_systems_address,
        "ESCALERA_WEB_ADDRESS": settings.web_address,
        "ESCALERA_MAIL_IN_LISTEN": settings.mail_in_listen if settings.mail_in_address else "",
    }
    taken: dict[str, str] = {}
    for name, address in listening.items():
        if address and not address.endswith(":0") and (other := taken.setdefault(address, name)) != name:
            yield wrong("ADDRESS_TWICE", one=other, other=name, address=address)
    public = urlsplit(settings.public_url)
    if public.scheme == "http" and public.hostname not in HERE:
        yield doubtful("PUBLIC_URL_PLAIN", url=settings.public_url)


def _log(settings: Settings) -> Iterator[Finding]:
    try:
        public_place(settings)
    except SettingInvalid as invalid:
        yield wrong("SETTING_INVALID", detail=invalid)
    if not settings.seal_key_file:
        yield doubtful("NOT_SEALED")
    elif not settings.public_log_folder:
        yield doubtful("NO_PUBLIC_COPY")
    elif settings.log_name == Settings().log_name and urlsplit(settings.public_url).hostname not in {None, *HERE}:
        yield doubtful("LOG_NAME_DEFAULT", name=settings.log_name)
    if settings.key_file and settings.key_file == settings.seal_key_file:
        yield wrong("KEYS_SHARED", file=settings.key_file)


def _meant(scene: Scene) -> Iterator[Finding]:
    if scene.settings.clock != "system":
        yield doubtful("CLOCK_NOT_SYSTEM", clock=scene.settings.clock)
    if scene.settings.wal_archive_folder and not scene.is_embedded:
        yield doubtful("ARCHIVE_NOT_OURS", folder=scene.settings.wal_archive_folder)
