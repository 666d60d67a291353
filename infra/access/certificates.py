"""Client certificates, as TLS has verified them against the authority, made into principals by the names on them."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from application.access import Unauthenticated
from application.ports import Clock
from domain.access import Principal
from infra.access.entries import CertificateEntry

KEPT_MAX: Final = 1_024


class Certificates:
    """Knows whom certificates belong to."""

    def __init__(self, entries: Sequence[CertificateEntry], clock: Clock) -> None:
        """`clock` is real time."""
        self._by_name = {name: each.principal for each in entries for name in each.names}
        self._clock = clock
        self._kept: OrderedDict[bytes, tuple[Principal | None, datetime, datetime]] = OrderedDict()

    def principal(self, pem: bytes) -> Principal:
        """Return whose certificate it is; raise `Unauthenticated`. One that ends during a connection ends there too."""
        name = sha256(pem).digest()
        if name not in self._kept:
            self._kept[name] = self._read(pem)
            if len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        principal, since, until = self._kept[name]
        if principal is None:
            raise Unauthenticated("CERTIFICATE_UNKNOWN", told="CERTIFICATE_UNKNOWN")
        if not since <= self._clock.now() <= until:
            raise Unauthenticated("CERTIFICATE_EXPIRED", told="CERTIFICATE_UNKNOWN")
        return principal

    def _read(self, pem: bytes) -> tuple[Principal | None, datetime, datetime]:
        try:
            found = x509.load_pem_x509_certificate(pem)
            names = list(_names(found))
        except (ValueError, x509.DuplicateExtension) as error:
            raise Unauthenticated("CERTIFICATE_UNREADABLE", told="CERTIFICATE_UNKNOWN") from error
        principal = next((self._by_name[each] for each in names if each in self._by_name), None)
        return principal, found.not_valid_before_utc, found.not_valid_after_utc


def _names(found: x509.Certificate) -> Iterator[str]:
    """Yield the names of a certificate as entries have them, the most exact first."""
    yield f"SHA256:{found.fingerprint(SHA256()).hex()}"
    try:
        others = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        yield from (f"URI:{each}" for each in others.get_values_for_type(x509.UniformResourceIdentifier))
        yield from (f"DNS:{each}" for each in others.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        pass
    yield f"SUBJECT:{found.subject.rfc4514_string()}"
