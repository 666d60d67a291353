"""Where a server listens, and what must hold before it may: nobody is let in unseen by anything but this machine."""

import ipaddress
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc

from api.turnstile import Limits

if TYPE_CHECKING:  # takes long to import, and who only looks at settings needs none
    from application.access import Access


class NotSafe(ValueError):
    """A server would have been open to others in a way that nobody asked for; the text says what to set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files in PEM. They are read again when they change, so that a certificate is renewed without a restart.

    client_ca: who signs the certificates that clients show; None: clients show none.
    """

    certificate: Path
    key: Path
    client_ca: Path | None = None

    def credentials(self, *, clients: bool) -> grpc.ServerCredentials:
        """Return what a port listens with; with `clients`, only those with a certificate of `client_ca` get in."""
        read = _Reader(self, clients=clients)
        return grpc.dynamic_ssl_server_credentials(read.now(), read.when_changed, require_client_authentication=clients)


class _Reader:
    """Reads the files, and later only when one of them has changed."""

    def __init__(self, tls: Tls, *, clients: bool) -> None:
        self._tls = tls
        self._authority = tls.client_ca if clients else None
        self._seen: tuple[int, ...] = ()

    def now(self) -> grpc.ServerCertificateConfiguration:
        """Return what the files hold; raise `NotSafe` when one cannot be read."""
        try:
            self._seen = self._stamps()
            pair = (self._tls.key.read_bytes(), self._tls.certificate.read_bytes())
            authority = self._authority.read_bytes() if self._authority else None
            return grpc.ssl_server_certificate_configuration([pair], root_certificates=authority)
        except OSError as error:
            raise NotSafe(f"{error.filename} cannot be read: {error.strerror}") from error

    def when_changed(self) -> Any:
        """Return what the files hold now; None, on gRPC's side of a handshake: as before."""
        try:
            return None if self._stamps() == self._seen else self.now()
        except (OSError, NotSafe):  # being replaced: the next handshake looks again
            self._seen = ()
            return None

    def _stamps(self) -> tuple[int, ...]:
        files = (self._tls.key, self._tls.certificate, self._authority)
        return tuple([each.stat().st_mtime_ns for each in files if each])


def require_safe(address: str, *, asks_who: bool, tls: Tls | None, behind_proxy: bool) -> None:
    """Raise `NotSafe` where others than this machine could call without being asked who they are, or in the clear."""
    if is_local(address):
        return
    if not asks_who:
        raise NotSafe(
            f"{address} can be reached from elsewhere, and nobody would be asked who they are: listen on 127.0.0.1, or"
            " say in ESCALERA_ACCESS_FILE who is let in"
        )
    if tls is None and not behind_proxy:
        raise NotSafe(
            f"{address} can be reached from elsewhere, and tokens would travel in the clear: set"
            " ESCALERA_TLS_CERTIFICATE_FILE and ESCALERA_TLS_KEY_FILE, or ESCALERA_TLS_ENDS_BEFORE=yes where a proxy"
            " ends TLS"
        )


def is_local(address: str) -> bool:
    """Return whether only this machine can reach an address, whatever its name is said to mean."""
    if address.startswith(("unix:", "unix-abstract:")):
        return True
    host = address.rpartition(":")[0].strip("[]")
    if not host:
        return False
    try:
        found = {str(each[4][0]) for each in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError:
        return False
    return bool(found) and all(_loopback(each) for each in found)


def _loopback(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where and how to listen.

    address:           host:port; port 0 takes a free one.
    traces:            make a span for each call (somebody has set up where they go).
    limits:            how much callers may ask for.
    reflection:        tell clients what services there are; None: where only this machine can ask.
    access:            who is let in; None: whoever can reach the address, which must be this machine only.
    tls:               how connections are encrypted; with a `client_ca`, clients show certificates
    systems_address:   and do so here; where it is empty, at `address`.
    behind_proxy:      somebody else ends TLS: the address may be reached from elsewhere without.
    """

    address: str = "127.0.0.1:50051"
    traces: bool = False
    limits: Limits = field(default_factory=Limits)
    reflection: bool | None = None
    access: "Access | None" = None
    tls: Tls | None = None
    systems_address: str = ""
    behind_proxy: bool = False

    def require_safe(self, *, asks_who: bool | None = None) -> None:
        """Raise `NotSafe` where these settings would let somebody in whom nobody has asked for.

        asks_who: whether callers will be asked who they are; None: `access` says it.
        """
        asks_who = self.access is not None if asks_who is None else asks_who
        require_safe(self.address, asks_who=asks_who, tls=self.tls, behind_proxy=self.behind_proxy)
        if self.systems_address and not (asks_who and self.tls and self.tls.client_ca):
            raise NotSafe(
                "ESCALERA_GRPC_SYSTEMS_ADDRESS is for client certificates: it needs ESCALERA_TLS_CLIENT_CA_FILE, TLS,"
                " and ESCALERA_ACCESS_FILE"
            )

    def options(self) -> list[tuple[str, Any]]:
        """Return these settings as gRPC wants them."""
        return [*self.limits.options(), ("grpc.so_reuseport", 0)]

    def reflects(self) -> bool:
        """Return whether clients are told what services there are."""
        return self.access is None and is_local(self.address) if self.reflection is None else self.reflection
