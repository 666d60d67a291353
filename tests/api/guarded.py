"""A door that asks who calls: a server with an issuer beside it, and a caller for each role."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import grpc

from api.server import ServerSettings, build_server
from application.access import Access, Refusal, Refusals
from application.ports import EventStore
from application.read_ports import CaseReader
from domain.access import Role
from infra.access.certificates import Certificates
from infra.access.entries import CLAIMS, CertificateEntry, IssuerEntry
from infra.access.identities import ShownIdentities
from infra.access.oidc import IssuerKeys
from infra.access.refusals import open_refusals
from infra.access.rules import load_access_rules
from infra.access.tokens import Tokens
from infra.memory_store import MemoryEventStore
from infra.read_tables import PostgresPayees
from projections.ports import ReadTables
from protos.escalera import v1 as pb
from tests.api.asking import opening
from tests.api.door import Door, NoTables, StandingClock, services_on
from tests.api.issuer import AUDIENCE, Issuer, issuing
from tests.application.bank_entries import entries_desk

RULES = load_access_rules()
Metadata = Sequence[tuple[str, str]]


class KeptRefusals(list[Refusal]):
    """Refusals, to be looked at; where there is a database, they are written there as well."""

    also: Refusals | None = None

    def note(self, refusal: Refusal) -> None:
        self.append(refusal)
        if self.also is not None:
            self.also.note(refusal)


class UsedInMemory(set[tuple[str, str]]):
    async def first(self, issuer: str, jti: str, until: Any) -> bool:
        known = (issuer, jti) in self
        self.add((issuer, jti))
        return not known


@dataclass
class Guarded:
    """A running server that asks."""

    door: Door
    issuer: Issuer
    refusals: KeptRefusals
    clock: StandingClock
    access: Access
    elapsed: list[float]

    def pass_by(self, **span: float) -> None:
        """Let real time pass, for tokens and for the keys of their issuer."""
        self.clock.pass_by(**span)
        self.elapsed[0] += timedelta(**span).total_seconds()

    def as_(self, *roles: Role | str, actor: str = "", **claims: Any) -> Metadata:
        """Return the metadata of somebody with these roles."""
        token = self.issuer.token(**({"roles": [str(role) for role in roles]} | claims))
        return bearer(token) + ((("x-escalera-actor", actor),) if actor else ())

    async def open(self, reference: str = "R-1", **changes: Any) -> None:
        """Open a case as somebody who may."""
        request = pb.OpenCaseRequest(request_id=f"open-{reference}", command=opening(reference, **changes))
        await self.door.cases.OpenCase(request, metadata=self.as_(Role.BACK_OFFICE, sub="keeper", portfolios=["*"]))


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


@asynccontextmanager
async def guarded(
    settings: ServerSettings | None = None,
    certificates: Sequence[CertificateEntry] = (),
    behind: tuple[EventStore, CaseReader, ReadTables] | None = None,
    pool: Any = None,
    **entry: Any,
) -> AsyncIterator[Guarded]:
    """Run a server that lets in whom its issuer says; `behind`: store and tables, `entry`: of the issuer's.

    pool: to the tables' database, for what is asked of it directly, and for refusals.
    """
    clock, refusals, elapsed = StandingClock(), KeptRefusals(), [0.0]
    nothing: Any = NoTables()
    store, reader, tables = behind or (MemoryEventStore(), nothing, nothing)
    services = services_on(store, clock, reader, tables, PostgresPayees(pool) if pool else None, pool)
    async with issuing(clock.now()) as issuer, open_refusals(pool) if pool else nullcontext() as refusals.also:
        known = IssuerEntry(**({"url": issuer.url, "audience": AUDIENCE, "claims": CLAIMS} | entry))
        tokens = Tokens(
            [known], clock, UsedInMemory(), keys_of=lambda each: IssuerKeys(each, monotonic=lambda: elapsed[0])
        )
        access = Access(
            rules=RULES,
            identities=ShownIdentities(tokens, Certificates(certificates, clock)),
            refusals=refusals,
            cases=services.cases,
            persons=services.persons,
            entries=entries_desk(store, clock),
            reader=reader,
            clock=clock,
        )
        made = settings or ServerSettings(address="127.0.0.1:0")
        api = build_server(
            services,
            replace(made, access=access, reflection=True),
        )
        await api.start()
        try:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{api.port}") as channel:
                yield Guarded(Door(api, services, clock, channel), issuer, refusals, clock, access, elapsed)
        finally:
            await api.drain(0.2)
