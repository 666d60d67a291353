"""SMTP servers for tests: a whole one with TLS, log-in and delivery reports, and one that answers as it is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "escalera", "s3cr3t:/@"


@dataclass
class PostOffice:
    """What a whole server was told: commands as they came, and messages; `connections` is how often somebody came."""

    port: int = 0
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        assert isinstance(envelope.original_content, bytes)
        self.raw.append(envelope.original_content)
        self.messages.append(message_from_bytes(envelope.original_content, policy=policy.default))
        self.senders.append(str(envelope.mail_from))
        return "250 kept"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, offered: LoginPassword
    ) -> AuthResult:
        self.logins.append(offered.login.decode())
        good = (offered.login.decode(), offered.password.decode()) == (USER, PASSWORD)
        return AuthResult(success=good, handled=False)  # False: let the server say so


class _Smtp(SMTP):
    """Offers DSN (RFC 3461) and keeps the commands as they came."""

    office: PostOffice

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self.session:  # not again after STARTTLS
            self.office.connections += 1
        super().connection_made(transport)

    async def push(self, status: Any) -> None:
        if status == "250 HELP":
            await super().push("250-DSN")
        await super().push(status)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        self.office.commands.append(f"MAIL {arg}")
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        self.office.commands.append(f"RCPT {arg}")
        await super().smtp_RCPT(arg)

    def _getparams(self, params: Any) -> Any:
        return super()._getparams([each for each in params if each.partition("=")[0] not in ("RET", "ENVID", "NOTIFY")])


@asynccontextmanager
async def post_office(
    *, tls: ssl.SSLContext | None = None, starttls: bool = False, login: bool = False
) -> AsyncIterator[PostOffice]:
    """A whole server; `tls` from the start, or by STARTTLS, or both False and None: neither."""
    office = PostOffice()

    def speak() -> _Smtp:
        server = _Smtp(
            office,
            hostname="office",
            enable_SMTPUTF8=True,
            tls_context=tls if starttls else None,
            require_starttls=starttls,
            auth_require_tls=False,  # aiosmtpd does not see the TLS that a connection begins with
            authenticator=office.authenticate if login else None,
        )
        server.office = office
        talks.append(server)
        return server

    talks: list[_Smtp] = []
    listening = await asyncio.get_running_loop().create_server(speak, "127.0.0.1", 0, ssl=None if starttls else tls)
    office.port = listening.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        listening.close()
        for talk in talks:
            if talk.transport is not None:
                talk.transport.close()
        await listening.wait_closed()


@dataclass
class Told:
    """A server that answers as it is told. `heard` is every command; `connections` how often somebody came."""

    port: int = 0
    connections: int = 0
    heard: list[str] = field(default_factory=list)


@asynccontextmanager
async def told_server(
    answers: dict[str, str], *, after_data: str | None = "250 kept", hang_up_at: str = "", hang_up_after: int = 0
) -> AsyncIterator[Told]:
    """A server that answers each command as told; "" is silence.

    after_data: None: it hangs up instead of answering. hang_up_at: at this command it hangs up without an answer.
    hang_up_after: after so many messages it hangs up on whoever goes on.
    """
    told = Told()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.current_task())
        told.connections += 1
        messages = 0
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            word = line.split()[0].decode().upper()
            told.heard.append(word)
            if word == hang_up_at or (hang_up_after and messages >= hang_up_after):
                break
            if answer := answers.get(word, "250 ok"):
                writer.write((answer + "\r\n").encode())
            if word == "DATA" and answers.get("DATA", "354 go").startswith("354"):
                await reader.readuntil(b"\r\n.\r\n")
                if after_data is None:
                    break
                messages += 1
                writer.write((after_data + "\r\n").encode())
        writer.close()
        await writer.wait_closed()

    talks: list[asyncio.Task[None] | None] = []
    listening = await asyncio.start_server(speak, "127.0.0.1", 0)
    told.port = listening.sockets[0].getsockname()[1]
    try:
        yield told
    finally:
        listening.close()
        await asyncio.gather(*(talk for talk in talks if talk))


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A certificate authority made for a test, and a server's context with a certificate of it for 127.0.0.1."""

    file: Path
    server: ssl.SSLContext


def authority(folder: Path) -> Authority:
    """Make an authority and a server certificate that it vouches for."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = _name("Test authority")
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    root = (
        _certificate(root_name, root_name, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    server = (
        _certificate(_name("127.0.0.1"), root_name, key.public_key())
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(issuer, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    file, chain = folder / "authority.pem", folder / "server.pem"
    file.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(server.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return Authority(file=file, server=context)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
    )
