"""TLS in front of a server that speaks none: ends it, asks for a client certificate where told, and hands bytes on.

On blocking sockets, because asyncio closes a connection that it refuses without the alert that says why.
"""

import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography import x509

CHUNK: Final = 65_536
LOOK_SECONDS: Final = 0.05
HANDSHAKE_SECONDS: Final = 10.0


@dataclass
class TlsProxy:
    """Where it listens, and whose certificates were shown to it ("" for none), in order of coming."""

    address: str
    shown: list[str] = field(default_factory=list)


@contextmanager
def tls_before(address: str, certificate: Path, key: Path, *, client_ca: Path | None = None) -> Iterator[TlsProxy]:
    """Listen on this machine with TLS, for a server at `address`; `client_ca`: who must have signed the clients'."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2"])
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    stop, threads = threading.Event(), list[threading.Thread]()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(LOOK_SECONDS)
        proxy = TlsProxy(f"127.0.0.1:{server.getsockname()[1]}")

        def accept() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    connection, _ = server.accept()
                    threads.append(threading.Thread(target=_serve, args=(connection, context, address, proxy, stop)))
                    threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield proxy
        finally:
            stop.set()
            accepting.join()
            for thread in threads:
                thread.join()


def _serve(
    connection: socket.socket, context: ssl.SSLContext, address: str, proxy: TlsProxy, stop: threading.Event
) -> None:
    connection.settimeout(HANDSHAKE_SECONDS)
    with suppress(OSError), connection, context.wrap_socket(connection, server_side=True) as client:
        shown = client.getpeercert(binary_form=True)
        names = x509.load_der_x509_certificate(shown).subject if shown else ()
        proxy.shown.append("".join(str(each.value) for each in names))
        host, _, port = address.rpartition(":")
        with socket.create_connection((host, int(port))) as behind:
            _hand_on(client, behind, stop)


def _hand_on(client: ssl.SSLSocket, behind: socket.socket, stop: threading.Event) -> None:
    while not stop.is_set():
        ready, _, _ = select.select([client, behind], [], [], 0 if client.pending() else LOOK_SECONDS)
        if client in ready or client.pending():
            client.settimeout(LOOK_SECONDS)
            with suppress(TimeoutError):  # a record of TLS's own
                if not (data := client.recv(CHUNK)):
                    return
                behind.sendall(data)
        if behind in ready:
            client.settimeout(HANDSHAKE_SECONDS)
            if not (data := behind.recv(CHUNK)):
                return
            client.sendall(data)
