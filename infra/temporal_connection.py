"""How Temporal is reached: in the clear on one's own machine, elsewhere over TLS, with what proves who we are."""

import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from temporalio.service import ConnectConfig, ServiceClient, TLSConfig

from infra.settings import SettingInvalid, Settings
from infra.temporal_refusal import TemporalAway, TemporalRefused

# What an engine with a Temporal of its own must not be told of another one.
ELSEWHERE: Final = (
    "ESCALERA_TEMPORAL_TLS",
    "ESCALERA_TEMPORAL_TLS_CA_FILE",
    "ESCALERA_TEMPORAL_TLS_CERTIFICATE_FILE",
    "ESCALERA_TEMPORAL_TLS_KEY_FILE",
    "ESCALERA_TEMPORAL_TLS_SERVER_NAME",
    "ESCALERA_TEMPORAL_API_KEY_FILE",
    "ESCALERA_TEMPORAL_API_KEY",
)
_CLIENT: Final = "ESCALERA_TEMPORAL_TLS_CERTIFICATE_FILE and ESCALERA_TEMPORAL_TLS_KEY_FILE"
_KEY: Final = "ESCALERA_TEMPORAL_API_KEY_FILE or ESCALERA_TEMPORAL_API_KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """How a connection is secured. `tls` False: it is not. `api_key` "": none is shown."""

    tls: TLSConfig | bool = False
    api_key: str = ""

    def __repr__(self) -> str:
        """Show no keys."""
        return "Secured(...)"


def secured_by(settings: Settings) -> Secured:
    """Return how the settings secure the connection, with the files as they are now; raise `SettingInvalid`."""
    api_key = settings.temporal_api_key
    if settings.temporal_api_key_file:
        api_key = _read("temporal_api_key_file", settings.temporal_api_key_file).decode("ascii", "replace").strip()
        if not api_key or not api_key.isprintable() or not api_key.isascii():
            raise SettingInvalid("ESCALERA_TEMPORAL_API_KEY_FILE holds no API key")
    ca, certificate, key = (
        _read(name, getattr(settings, name)) if getattr(settings, name) else None
        for name in ("temporal_tls_ca_file", "temporal_tls_certificate_file", "temporal_tls_key_file")
    )
    if not (settings.temporal_tls or settings.temporal_tls_server_name or api_key or ca or certificate):
        return Secured()
    _require_usable(settings)
    tls = TLSConfig(
        server_root_ca_cert=ca,
        domain=settings.temporal_tls_server_name or None,
        client_cert=certificate,
        client_private_key=key,
    )
    return Secured(tls=tls, api_key=api_key)


async def reach(settings: Settings) -> ServiceClient:
    """Connect; raise `TemporalRefused`, `SettingInvalid`, `TemporalAway`, or `RuntimeError` when nobody answers."""
    secured = secured_by(settings)
    config = ConnectConfig(target_host=settings.temporal_address, tls=secured.tls, api_key=secured.api_key or None)
    try:
        return await ServiceClient.connect(config)
    except RuntimeError as error:
        raise what_is_wrong(error, settings) from None


def what_is_wrong(error: RuntimeError, settings: Settings) -> Exception:
    """Return what a failed connection means; `error` itself where nobody answers."""
    said = str(error)
    at = f"Temporal at {settings.temporal_address}"
    if "NotValidForName" in said:
        return TemporalRefused(f"{at} shows a certificate for another name: see ESCALERA_TEMPORAL_TLS_SERVER_NAME")
    if "InvalidCertificate" in said:
        why = (re.findall(r"InvalidCertificate\((\w+)", said) or ["?"])[0]
        return TemporalRefused(f"{at} shows a certificate that is not good ({why}): see ESCALERA_TEMPORAL_TLS_CA_FILE")
    if "InvalidMessage" in said:
        return TemporalRefused(f"{at} speaks no TLS: leave the settings ESCALERA_TEMPORAL_TLS... and _API_KEY... out")
    if alert := re.search(r"received fatal alert: (\w+)", said):
        shown = "does not take our certificate" if settings.temporal_tls_certificate_file else "asks for a certificate"
        return TemporalRefused(f"{at} {shown} ({alert[1]}): see {_CLIENT}")
    if re.search(r"code: (Unauthenticated|PermissionDenied)", said):
        shows_one = settings.temporal_api_key or settings.temporal_api_key_file
        shown = "does not take our API key" if shows_one else "asks for an API key"
        return TemporalRefused(f"{at} {shown}: see {_KEY}")
    if "get_system_info" in said and "transport::Error" in said:
        return TemporalAway(
            f"{at} ends the connection; it may ask for TLS (ESCALERA_TEMPORAL_TLS), or for a certificate ({_CLIENT})"
        )
    return error


def _read(name: str, file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise SettingInvalid(f"ESCALERA_{name.upper()}: {file} cannot be read: {error.strerror}") from None


def _require_usable(settings: Settings) -> None:
    """Say which file is none before the connection says something about all of them."""
    context = ssl.create_default_context()
    if settings.temporal_tls_ca_file:
        try:
            context.load_verify_locations(settings.temporal_tls_ca_file)
        except ssl.SSLError:
            raise SettingInvalid("ESCALERA_TEMPORAL_TLS_CA_FILE holds no certificate in PEM") from None
    if settings.temporal_tls_certificate_file:
        certificate, key = settings.temporal_tls_certificate_file, settings.temporal_tls_key_file
        try:
            context.load_cert_chain(certificate, key, password="")  # it would ask for one at the terminal
        except (ssl.SSLError, ValueError):
            raise SettingInvalid(f"{_CLIENT} are no certificate and its key in PEM, without a passphrase") from None
