"""Files of TLS: readable, of today, and key and certificate of one pair."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificates

from application.diagnosis import Finding, doubtful, wrong
from infra.settings import Settings
from workers.doctor.scene import Scene

SOON: Final = timedelta(days=14)
_READ: Final = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


async def look(scene: Scene) -> list[Finding]:
    """Look at the files; who shows which certificate at which address is the network's."""
    return list(of_files(scene.settings, datetime.now(UTC)))


def of_files(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield what is wrong with certificate, key and authority at `now`."""
    chain: Sequence[Certificate] = ()
    for setting in ("tls_certificate_file", "tls_client_ca_file"):
        file = str(getattr(settings, setting))
        if not file:
            continue
        where = {"file": file, "setting": f"ESCALERA_{setting.upper()}"}
        try:
            found = load_pem_x509_certificates(Path(file).read_bytes())
        except (OSError, ValueError) as error:
            yield wrong("TLS_FILE_UNREADABLE", **where, error=type(error).__name__)
            continue
        # A server shows its whole chain; of several authorities one that holds is enough.
        if setting == "tls_certificate_file":
            chain = found
            yield from _of_day(where, min(found, key=_until), now)
        else:
            yield from _of_day(where, max(found, key=_until), now)
    if settings.tls_key_file:
        yield from _of_pair(settings.tls_key_file, chain)


def _until(certificate: Certificate) -> datetime:
    return certificate.not_valid_after_utc


def _of_day(where: dict[str, str], found: Certificate, now: datetime) -> Iterator[Finding]:
    since, until = found.not_valid_before_utc, found.not_valid_after_utc
    if not since <= now <= until:
        yield wrong("CERTIFICATE_NOT_VALID", **where, since=since.date(), until=until.date())
    elif until < now + SOON:
        yield doubtful("CERTIFICATE_ENDS", **where, until=until.date())


def _of_pair(file: str, chain: Sequence[Certificate]) -> Iterator[Finding]:
    try:
        key: PrivateKeyTypes = load_pem_private_key(Path(file).read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:  # TypeError: it wants a passphrase
        yield wrong("TLS_FILE_UNREADABLE", file=file, setting="ESCALERA_TLS_KEY_FILE", error=type(error).__name__)
        return
    if chain and key.public_key().public_bytes(*_READ) != chain[0].public_key().public_bytes(*_READ):
        yield wrong("TLS_KEY_OTHER", file=file)
