"""A real server on a free port with everything behind it, and what a client says to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NoReturn

import grpc

from api.server import ApiServer, ServerSettings, build_server
from api.services import Payments, Services
from api.turnstile import Limits
from application.bulk import BulkDesk
from application.case_desk import CaseDesk, PersonDesk
from application.collector_desk import CollectorDesk
from application.contact_desk import ContactDesk
from application.erasure_desk import ErasureDesk
from application.export_desk import ExportDesk
from application.payment_links import PaymentLinkDesk
from application.ports import EventStore
from application.read_ports import CaseReader
from application.report_desk import ReportDesk
from application.statement_desk import StatementDesk
from application.verify_contacts import verify_contacts
from application.writer import Writer, no_link, nobody_told
from domain.case.bounds import Bounds
from domain.case.decider import case_decider
from domain.case.link import owed_minor
from domain.case.policy import Policy
from domain.case.state import Case
from domain.case.words import Channel
from domain.ladder.next_step import next_step
from domain.ladder.owed import Owed
from domain.money import Money as OwnMoney
from domain.person import person_decider
from infra.access.attempts import PostgresAttempts
from infra.address_book import AddressHashes, MemoryAddressBook
from infra.codec import EventCodec
from infra.holidays_calendar import calendar_for
from infra.laws import load_laws
from infra.memory_store import MemoryEventStore
from infra.number_zones import zones_of
from infra.payment_links.pages import SignedPaymentPages
from infra.person_exports import PersonExports
from infra.person_requests import PostgresPersonRequests
from infra.rules import load_rules
from infra.statements import StatementPages
from infra.strategies import load_strategies
from infra.templates import load_catalogue
from infra.templates.shelf import load_languages
from infra.waiting_erasures import PostgresWaitingErasures
from projections.ports import ReadTables
from projections.verification import Verifier
from protos.escalera import v1 as pb
from tests.api.asking import named, opening
from tests.api.refusing import Refused as Refused
from tests.api.refusing import refusal as refusal
from tests.api.refusing import refused as refused
from tests.application.bank_entries import PayeesByLog, intake_on, queue_on
from tests.application.erasing import EntriesByLog
from tests.application.paying import PUBLIC_URL, KeptProvider
from tests.application.reporting import BoundByLog

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ELSEWHERE = {"books": "elsewhere"}  # the house's books are not in the log
RULES = load_rules().with_readings({f"{each}.records": ELSEWHERE for each in ("cl", "es", "pe")})
LAWS = load_laws()
CATALOGUE = load_catalogue()
SUPERVISOR = (("x-escalera-actor", "supervisor:s-17"),)


class StandingClock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.at = MONDAY

    def now(self) -> datetime:
        return self.at

    def wait_seconds(self, until: datetime) -> float:
        return max((until - self.at).total_seconds(), 0.0)

    def pass_by(self, **span: float) -> None:
        self.at += timedelta(**span)


class NoTables:
    """Stands for read tables where a test must not need any."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"this test has no read tables, and something asked for {name}")


@dataclass
class Door:
    """A running server, a channel to it, and its stubs."""

    api: ApiServer
    services: Services
    clock: StandingClock
    channel: grpc.aio.Channel
    cases: Any = field(init=False)
    persons: Any = field(init=False)
    queries: Any = field(init=False)
    strategies: Any = field(init=False)
    reports: Any = field(init=False)
    contacts: Any = field(init=False)
    agreements: Any = field(init=False)
    links: Any = field(init=False)
    payments: Any = field(init=False)
    statements: Any = field(init=False)
    limitation: Any = field(init=False)
    audit: Any = field(init=False)

    def __post_init__(self) -> None:
        self.cases = pb.CaseServiceStub(self.channel)
        self.persons = pb.PersonServiceStub(self.channel)
        self.queries = pb.QueryServiceStub(self.channel)
        self.strategies = pb.StrategyServiceStub(self.channel)
        self.reports = pb.ReportServiceStub(self.channel)
        self.contacts = pb.ContactServiceStub(self.channel)
        self.agreements = pb.AgreementServiceStub(self.channel)
        self.links = pb.PaymentLinkServiceStub(self.channel)
        self.payments = pb.PaymentQueueServiceStub(self.channel)
        self.statements = pb.StatementServiceStub(self.channel)
        self.limitation = pb.LimitationServiceStub(self.channel)
        self.audit = pb.AuditServiceStub(self.channel)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.api.port}"

    async def open(self, reference: str = "R-1", **changes: Any) -> pb.CommandResult:
        """Open a case of 100.00 EUR due on the first of December."""
        request = pb.OpenCaseRequest(request_id=f"open-{reference}", command=opening(reference, **changes))
        result: pb.CommandResult = await self.cases.OpenCase(request)
        return result

    async def case(self, reference: str = "R-1") -> pb.Case:
        found: pb.Case = await self.queries.GetCase(pb.GetCaseRequest(case_name=named(reference)))
        return found

    async def position(self) -> int:
        return await self.services.store.position()


def services_on(
    store: Any, clock: StandingClock, reader: CaseReader, tables: ReadTables, payees: Any = None, pool: Any = None
) -> Services:
    """Join everything that the door needs to a store; `pool`: to the database of what is asked of it directly."""
    nothing: Any = NoTables()
    policy = Policy(laws=LAWS, bounds=Bounds())
    cases: CaseDesk = CaseDesk(case_decider(policy), store, clock)
    persons: PersonDesk = PersonDesk(person_decider(RULES, calendar_for), store, clock)
    contacts = ContactDesk(cases=cases, persons=persons, store=store, clock=clock, laws=LAWS)
    shelf = load_strategies()

    def owed(case: Case, now: datetime) -> Owed:
        return next_step(case, shelf.get(case.strategy), now, calendar_for(case.country), laws=LAWS)

    statements = StatementDesk(
        store=store,
        persons=persons,
        clock=clock,
        laws=LAWS,
        particulars_of=nobody_told,
        printer=StatementPages(load_languages(), {}),
    )
    erasures = ErasureDesk(
        persons=persons,
        store=store,
        person_cases=BoundByLog(store),
        entries=EntriesByLog(store),
        forgetting=store.forgetting,
        book=RULES,
        clock=clock,
    )
    return Services(
        cases=cases,
        persons=persons,
        bulk=BulkDesk(cases=cases, persons=persons, store=store, clock=clock),
        contacts=contacts,
        store=store,
        reader=reader,
        clock=clock,
        shelf=shelf,
        owed=owed,
        laws=LAWS,
        writer=EventCodec(),
        verifier=Verifier(store, tables),
        zones_of=zones_of,
        audit=partial(verify_contacts, store, RULES, calendar_for),
        collectors=CollectorDesk(
            cases=cases,
            persons=persons,
            contacts=contacts,
            book=RULES,
            scripts=Writer(catalogue=CATALOGUE, particulars_of=nobody_told, unsubscribe_at=no_link),
            clock=clock,
            permit_valid=timedelta(minutes=15),
            served=(Channel.EMAIL,),
        ),
        links=PaymentLinkDesk(
            cases=cases,
            persons=persons,
            provider=KeptProvider(),
            pages=SignedPaymentPages(bytes(32), PUBLIC_URL),
            clock=clock,
            owed_of=lambda case, at: OwnMoney(owed_minor(case, policy, at), case.currency),
        ),
        payments=Payments(
            intake=intake_on(store, clock, cases, persons, payees),
            queue=queue_on(store, clock, cases),
            entries=payees or PayeesByLog(store),
            calendar_of=calendar_for,
        ),
        reports=ReportDesk(
            cases=cases,
            persons=persons,
            contacts=contacts,
            store=store,
            book=MemoryAddressBook(store, AddressHashes(bytes(32))),
            person_cases=BoundByLog(store),
            clock=clock,
        ),
        statements=statements,
        erasures=erasures,
        exports=ExportDesk(
            persons=persons,
            store=store,
            person_cases=BoundByLog(store),
            statements=statements,
            erasures=erasures,
            book=RULES,
            printer=PersonExports(load_languages()),
            clock=clock,
        ),
        attempts=PostgresAttempts(pool) if pool else nothing,
        waiting=PostgresWaitingErasures(pool) if pool else nothing,
        requests=PostgresPersonRequests(pool) if pool else nothing,
    )


@asynccontextmanager
async def opened(
    store: EventStore | None = None,
    reader: CaseReader | None = None,
    tables: ReadTables | None = None,
    payees: Any = None,
    pool: Any = None,
) -> AsyncIterator[Door]:
    """Run a server on a store; where none is given, on one in memory."""
    clock = StandingClock()
    nothing: Any = NoTables()
    services = services_on(store or MemoryEventStore(), clock, reader or nothing, tables or nothing, payees, pool)
    api = build_server(services, ServerSettings(address="127.0.0.1:0", limits=Limits(message_bytes_max=256 * 1024)))
    await api.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{api.port}") as channel:
            yield Door(api, services, clock, channel)
    finally:
        await api.drain(0.2)
