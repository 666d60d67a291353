"""How the API listens, as the settings say."""

from pathlib import Path
from typing import TYPE_CHECKING

from api.listening import ServerSettings, Tls
from api.turnstile import Limits
from infra.settings import SettingInvalid, Settings

if TYPE_CHECKING:  # takes long to import, and who only looks at settings needs none
    from application.access import Access


def limits_of(settings: Settings) -> Limits:
    """Return what callers may ask for; raise `SettingInvalid`."""
    try:
        return Limits.read(settings.grpc_limits)
    except ValueError as error:
        raise SettingInvalid(f"ESCALERA_GRPC_LIMITS: {error}") from error


def server_settings(settings: Settings, access: "Access | None") -> ServerSettings:
    """Return where and how the API listens; raise `NotSafe` where somebody would be let in whom nobody asked for."""
    made = _listening(settings, access)
    made.require_safe()
    return made


def require_safe(settings: Settings) -> None:
    """Raise `NotSafe` where the API would not listen as the settings say; who is let in is not read for that."""
    _listening(settings, None).require_safe(asks_who=bool(settings.access_file))


def _listening(settings: Settings, access: "Access | None") -> ServerSettings:
    authority = settings.tls_client_ca_file
    return ServerSettings(
        address=settings.grpc_address,
        traces=bool(settings.otlp_endpoint),
        access=access,
        tls=Tls(
            certificate=Path(settings.tls_certificate_file),
            key=Path(settings.tls_key_file),
            client_ca=Path(authority) if authority else None,
        )
        if settings.tls_certificate_file
        else None,
        systems_address=settings.grpc_systems_address,
        limits=limits_of(settings),
        reflection=True if settings.grpc_reflection else None,
        behind_proxy=bool(settings.tls_ends_before),
    )
