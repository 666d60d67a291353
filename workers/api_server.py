"""`python -m workers api`: gRPC's door."""

import asyncio
from functools import partial

from api.server import build_server
from api.services import Services
from application.verify_contacts import verify_contacts
from infra.access.attempts import PostgresAttempts
from infra.codec import EventCodec
from infra.holidays_calendar import calendar_for
from infra.number_zones import zones_of
from infra.person_requests import PostgresPersonRequests
from infra.read_tables import PostgresCaseReader, PostgresTables, open_pool
from infra.settings import Settings
from infra.waiting_erasures import PostgresWaitingErasures
from projections.verification import Verifier
from workers.collecting import collector_desk_on
from workers.explaining import statement_desk_on
from workers.forgetting import erasure_desk_on, export_desk_on
from workers.letting_in import open_access
from workers.listening import server_settings
from workers.paying import payments_on
from workers.payment_links import link_desk_on, open_provider
from workers.reporting import report_desk_on
from workers.wiring import open_desks


async def serve(settings: Settings, stopped: asyncio.Event) -> None:
    """Answer until asked to stop, then let the calls under way end."""
    if not settings.access_file:
        server_settings(settings, None)  # what is not safe is said before anything is opened
    async with (
        open_desks(settings) as desks,
        open_pool(settings.database_url) as pool,
        open_provider(settings) as provider,
        open_access(settings, desks, pool) as access,
    ):
        statements, erasures = statement_desk_on(desks, settings), erasure_desk_on(desks, pool)
        services = Services(
            cases=desks.cases,
            persons=desks.persons,
            bulk=desks.bulk,
            contacts=desks.contacts,
            store=desks.store,
            reader=PostgresCaseReader(pool),
            clock=desks.clock,
            shelf=desks.strategies,
            owed=desks.ladder.owed,
            laws=desks.laws,
            writer=EventCodec(),
            verifier=Verifier(desks.log, PostgresTables(pool)),
            zones_of=zones_of,
            audit=partial(verify_contacts, desks.log, desks.rules, calendar_for),
            collectors=collector_desk_on(desks, settings),
            reports=report_desk_on(desks, pool, settings),
            links=link_desk_on(desks, provider, settings),
            payments=payments_on(desks, pool),
            statements=statements,
            erasures=erasures,
            exports=export_desk_on(desks, pool, statements, erasures),
            attempts=PostgresAttempts(pool),
            waiting=PostgresWaitingErasures(pool),
            requests=PostgresPersonRequests(pool),
        )
        server = build_server(services, server_settings(settings, access))
        await server.start()
        try:
            await stopped.wait()
        finally:
            await server.drain()
