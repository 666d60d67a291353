"""Connections are encrypted, systems show certificates, and a server that asks nobody listens to this machine only."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from api.listening import NotSafe, Tls, is_local
from api.server import ServerSettings, build_server
from domain.access import Principal, Role, Way
from infra.access.entries import CertificateEntry
from infra.memory_store import MemoryEventStore
from protos.escalera import v1 as pb
from tests.api.asking import named, opening
from tests.api.certificates import Authority
from tests.api.door import StandingClock, services_on
from tests.api.guarded import Guarded, guarded

LOOPBACK = x509.IPAddress(ip_address("127.0.0.1"))
ERP = CertificateEntry(
    names=("URI:spiffe://example.com/erp", "SUBJECT:CN=scanner"),
    principal=Principal(id="erp", roles=(Role.SYSTEM,), way=Way.CERTIFICATE, portfolios=None),
)


@dataclass
class Encrypted:
    asks: Guarded
    authority: Authority
    folder: Path

    async def get(self, port: int, pair: tuple[Path, Path] | None = None, metadata: Any = (), ca: Any = None) -> str:
        """Return "OK" or how a case was refused, on a connection of its own."""
        key, chain = (pair[1].read_bytes(), pair[0].read_bytes()) if pair else (None, None)
        credentials = grpc.ssl_channel_credentials((ca or self.authority.file).read_bytes(), key, chain)
        async with grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials) as channel:
            asking: Any = pb.QueryServiceStub(channel).GetCase
            try:
                await asking(pb.GetCaseRequest(case_name=named()), metadata=metadata, timeout=10)
            except grpc.aio.AioRpcError as error:
                return f"{error.code().name} {(error.details() or '').partition(':')[0]}"
        return "OK"


@asynccontextmanager
async def encrypted(folder: Path, *, apart: bool) -> AsyncIterator[Encrypted]:
    authority = Authority(folder)
    certificate, key = authority.signs("server", LOOPBACK)
    tls = Tls(certificate=certificate, key=key, client_ca=authority.file)
    settings = ServerSettings(address="127.0.0.1:0", tls=tls, systems_address="127.0.0.1:0" if apart else "")
    async with guarded(settings, certificates=[ERP]) as asks:
        yield Encrypted(asks, authority, folder)


async def opened_by(encrypted_: Encrypted, port: int, pair: tuple[Path, Path]) -> pb.CommandResult:
    credentials = grpc.ssl_channel_credentials(
        encrypted_.authority.file.read_bytes(), pair[1].read_bytes(), pair[0].read_bytes()
    )
    async with grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials) as channel:
        asking: Any = pb.CaseServiceStub(channel).OpenCase
        result: pb.CommandResult = await asking(pb.OpenCaseRequest(request_id="o", command=opening("R-1")))
        return result


async def test_a_system_is_who_its_certificate_says(tmp_path: Path) -> None:
    async with encrypted(tmp_path, apart=False) as running:
        port = running.asks.door.api.port
        erp = running.authority.signs("anything", x509.UniformResourceIdentifier("spiffe://example.com/erp"))
        result = await opened_by(running, port, erp)
        first = (await running.asks.door.services.store.read_log(0, 1))[0]
        assert (result.events[0], first.metadata.actor) == ("CaseOpened", "system:erp")
        assert await running.get(port, erp) == "OK"
        assert await running.get(port, running.authority.signs("scanner")) == "OK"
        stranger = running.authority.signs("stranger", x509.DNSName("spiffe://example.com/erp"))
        assert await running.get(port, stranger) == "UNAUTHENTICATED CERTIFICATE_UNKNOWN"
        assert await running.get(port, stranger, running.asks.as_(Role.COLLECTOR)) == "OK"
        assert await running.get(port, erp, (("authorization", "Bearer x"),)) == "UNAUTHENTICATED TOKEN_INVALID"


async def test_who_has_no_certificate_of_the_authority_does_not_get_in_at_all(tmp_path: Path) -> None:
    async with encrypted(tmp_path, apart=False) as running:
        port, metadata = running.asks.door.api.port, running.asks.as_(Role.COLLECTOR)
        forged = Authority(tmp_path, "another").signs("scanner")
        assert (await running.get(port, None, metadata)).startswith("UNAVAILABLE")
        assert (await running.get(port, forged, metadata)).startswith("UNAVAILABLE")
        assert running.asks.refusals == []


async def test_a_certificate_that_is_not_for_this_is_none(tmp_path: Path) -> None:
    """Out of its days, for servers alone, or signed by somebody who has one and is no authority."""
    erp = x509.UniformResourceIdentifier("spiffe://example.com/erp")
    async with encrypted(tmp_path, apart=False) as running:
        port, signs = running.asks.door.api.port, running.authority.signs
        scanner = signs("scanner", usage=ExtendedKeyUsageOID.CLIENT_AUTH)
        await opened_by(running, port, scanner)
        for pair in (
            signs("over", erp, good=(-3, -1)),
            signs("soon", erp, good=(1, 3)),
            signs("of-a-server", erp, usage=ExtendedKeyUsageOID.SERVER_AUTH),
            running.authority.signed_by(scanner, "scanner"),
        ):
            assert (await running.get(port, pair)).startswith("UNAVAILABLE"), pair
        assert running.asks.refusals == []


@pytest.mark.parametrize(
    ("name", "more", "names"),
    [
        ("URI:spiffe://example.com/erp", "", ()),
        ("spiffe://example.com/erp", "", ()),
        ("x", "", (x509.DNSName("scanner"), x509.RFC822Name("erp@example.com"), x509.DNSName("SUBJECT:CN=scanner"))),
        ("x", "", (x509.UniformResourceIdentifier("spiffe://example.com/erp/"),)),
        ("x", "", (x509.UniformResourceIdentifier("SPIFFE://EXAMPLE.COM/ERP"),)),
        ("x", "", (x509.UniformResourceIdentifier("spiffe://example.com/erp\0.evil"),)),
        ("scanner", "house", ()),
        ("scanner,CN=scanner", "", ()),
        ("scanner\0", "", ()),
        ("SCANNER", "", ()),
    ],
)
async def test_a_name_counts_in_its_own_place_and_whole(
    tmp_path: Path, name: str, more: str, names: tuple[x509.GeneralName, ...]
) -> None:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    attributes += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, more)] if more else []
    async with encrypted(tmp_path, apart=False) as running:
        pair = running.authority.signs("other", *names, subject=x509.Name(attributes))
        assert await running.get(running.asks.door.api.port, pair) == "UNAUTHENTICATED CERTIFICATE_UNKNOWN"


async def test_people_and_systems_have_doors_of_their_own(tmp_path: Path) -> None:
    async with encrypted(tmp_path, apart=True) as running:
        people, systems = running.asks.door.api.port, running.asks.door.api.systems_port
        scanner = running.authority.signs("scanner")
        await opened_by(running, systems, scanner)
        assert await running.get(people, None, running.asks.as_(Role.COLLECTOR)) == "OK"
        assert await running.get(people, scanner) == "UNAUTHENTICATED CREDENTIALS_MISSING"
        assert await running.get(systems, scanner) == "OK"
        assert (await running.get(systems, None, running.asks.as_(Role.COLLECTOR))).startswith("UNAVAILABLE")


async def test_a_certificate_that_is_renewed_is_used_without_a_restart(tmp_path: Path) -> None:
    async with encrypted(tmp_path, apart=True) as running:
        port, metadata = running.asks.door.api.port, running.asks.as_(Role.SUPERVISOR)
        other = Authority(tmp_path, "next")
        assert (await running.get(port, None, metadata, other.file)).startswith("UNAVAILABLE")
        certificate, key = other.signs("server", LOOPBACK)
        for file in (certificate, key):
            os.utime(file, ns=(1, 1))
        assert (await running.get(port, None, metadata, other.file)) == "PERMISSION_DENIED NOT_PERMITTED"


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("127.0.0.1:50051", True), ("127.9.9.9:1", True), ("[::1]:50051", True), ("localhost:50051", True),
        ("unix:/tmp/socket", True), ("0.0.0.0:50051", False), ("[::]:50051", False), (":50051", False),
        ("192.0.2.7:50051", False), ("[::ffff:127.0.0.1]:1", True), ("[::ffff:192.0.2.7]:1", False), ("0:1", False),
        ("no-such-host.invalid:1", False), ("*:50051", False), ("50051", False),
    ],
)  # fmt: skip
async def test_without_knowing_who_calls_only_this_machine_is_listened_to(address: str, local: bool) -> None:
    assert is_local(address) is local
    nothing: Any = None
    services = services_on(MemoryEventStore(), StandingClock(), nothing, nothing)
    if not local:
        with pytest.raises(NotSafe, match="nobody would be asked who they are"):
            build_server(services, ServerSettings(address=address))


async def test_tokens_do_not_travel_in_the_clear(tmp_path: Path) -> None:
    async with guarded() as asks:
        access = asks.access
        with pytest.raises(NotSafe, match="in the clear"):
            ServerSettings(address="0.0.0.0:0", access=access).require_safe()
        ServerSettings(address="0.0.0.0:0", access=access, behind_proxy=True).require_safe()
        certificate, key = Authority(tmp_path).signs("server", LOOPBACK)
        tls = Tls(certificate=certificate, key=key)
        ServerSettings(address="0.0.0.0:0", access=access, tls=tls).require_safe()
        with pytest.raises(NotSafe, match="certificates"):
            ServerSettings(access=access, tls=tls, systems_address="127.0.0.1:0").require_safe()
        with pytest.raises(NotSafe, match="cannot be read"):
            Tls(certificate=tmp_path / "none", key=key).credentials(clients=False)
