"""Who is let in, joined to what the settings name; nothing where nobody is asked who they are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from application.access import Access
from application.case_desk import Desk
from domain.suspense import SUSPENSE
from infra.access.certificates import Certificates
from infra.access.entries import load_entries
from infra.access.identities import ShownIdentities
from infra.access.refusals import open_refusals
from infra.access.rules import SHIPPED, load_access_rules
from infra.access.tokens import Tokens
from infra.access.used_tokens import PostgresUsedTokens
from infra.clock import SystemClock
from infra.read_tables import PostgresCaseReader
from infra.read_tables.tables import Pool
from infra.settings import Settings
from workers.wiring import Desks


@asynccontextmanager
async def open_access(settings: Settings, desks: Desks, pool: Pool) -> AsyncIterator[Access | None]:
    """Read who is let in, and keep refusals while inside; None without an access file.

    Raises `Rejected` for a file that is wrong. Tokens and refusals go by real time, whatever the business clock says.
    """
    if not settings.access_file:
        yield None
        return
    clock = SystemClock()
    entries = load_entries(Path(settings.access_file))
    tokens = Tokens(entries.issuers, clock, PostgresUsedTokens(pool, clock))
    async with open_refusals(pool) as refusals:
        yield Access(
            rules=load_access_rules(Path(settings.access_rules_file) if settings.access_rules_file else SHIPPED),
            identities=ShownIdentities(tokens, Certificates(entries.certificates, clock)),
            refusals=refusals,
            cases=desks.cases,
            persons=desks.persons,
            entries=Desk(SUSPENSE, desks.store, desks.clock),
            reader=PostgresCaseReader(pool),
            clock=clock,
        )
