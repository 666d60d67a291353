"""The application on a store, for tests: desks, a clock set by hand, and a channel that keeps what it is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from application.bulk import BulkDesk
from application.case_desk import CaseDesk, PersonDesk
from application.contact_desk import ContactDesk
from application.delivery_desk import DeliveryDesk
from application.ladder_desk import LadderDesk
from application.messages import Inquiry, Message, NotSent, Sent
from application.ports import Clock, EventStore, Recorded
from application.recovery import Clearance
from application.request import Asked
from application.writer import Writer, no_link, nobody_told
from domain.case import case_id
from domain.case.bounds import Bounds
from domain.case.commands import OpenCase
from domain.case.decider import case_decider
from domain.case.policy import Policy
from domain.case.words import Channel, ContactOutcome, Obligation, Obligor, Role, StrategyPin
from domain.compliance.book import RuleBook
from domain.ledger.book import LawBook
from domain.money import Money
from domain.person import person_decider
from domain.person.approval_rules import PersonRules
from domain.person.commands import AddContactPoint, RegisterPerson
from domain.person.identity import person_id
from infra.holidays_calendar import calendar_for
from infra.laws import load_laws
from infra.rules import load_rules
from infra.strategies import load_strategies
from infra.templates import load_catalogue

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # a Monday
DUE_ON = date(2026, 3, 16)
BY = "system:test"
RULES = load_rules().with_readings({"es.records": {"books": "elsewhere"}})  # its books are not in the log
LAWS = load_laws()
CATALOGUE = load_catalogue()


@dataclass
class HandClock:
    """Business time as the test says; a wait is as long as it looks."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def wait_seconds(self, until: datetime) -> float:
        return max((until - self.at).total_seconds(), 0.0)


@dataclass
class KeptPost:
    """Keeps every message. `mood` may raise instead of sending, or say what the provider says."""

    messages: list[Message] = field(default_factory=list)
    mood: Callable[[Message], Sent] = lambda _: Sent(outcome=ContactOutcome.ACCEPTED, detail="250")

    async def send(self, message: Message) -> Sent:
        said = self.mood(message)
        self.messages.append(message)
        return said


def unreachable(_: Message) -> Sent:
    """The mood of a provider that is down."""
    raise NotSent("CONNECTION_REFUSED")


class House:
    """Everything above a store. A second house on the same store is a second process: it shares nothing else."""

    def __init__(
        self,
        store: EventStore,
        clock: Clock,
        post: KeptPost | None = None,
        *,
        rules: RuleBook | None = None,
        laws: LawBook = LAWS,
        clearance: Clearance | None = None,
        approvals: PersonRules = (),
    ) -> None:
        self.store = store
        self.clock = clock
        self.post = post or KeptPost()
        self.strategies = load_strategies()
        self.rules = rules or RULES
        self.cases = CaseDesk(
            case_decider(Policy(laws=laws, bounds=Bounds(), fee_caps=self.rules.fee_caps)), store, clock
        )
        self.persons = PersonDesk(person_decider(self.rules, calendar_for, approvals), store, clock)
        self.bulk = BulkDesk(cases=self.cases, persons=self.persons, store=store, clock=clock)
        self.contacts = ContactDesk(
            cases=self.cases, persons=self.persons, store=store, clock=clock, laws=laws, clearance=clearance
        )
        self.ladder = LadderDesk(
            cases=self.cases,
            contacts=self.contacts,
            clock=clock,
            strategy_of=self.strategies.get,
            calendar_of=calendar_for,
            channels=(Channel.EMAIL,),
            askable=(Channel.EMAIL,) if isinstance(self.post, Inquiry) else (),
            laws=laws,
            clearance=clearance,
        )
        self.delivery = DeliveryDesk(
            cases=self.cases,
            persons=self.persons,
            contacts=self.contacts,
            store=store,
            posts={Channel.EMAIL: self.post},
            writer=Writer(catalogue=CATALOGUE, particulars_of=nobody_told, unsubscribe_at=no_link),
            clock=clock,
            clearance=clearance,
        )

    async def registered(self, reference: str = "p-1", *, address: str = "ana@example.com") -> UUID:
        """Register a debtor who can be reached by e-mail, and return the id."""
        person = person_id("acme", reference)
        now = self.clock.now()
        await self.persons.handle_all(
            person,
            (
                RegisterPerson(name="Ana Ruiz", language="es", country="ES", time_zone="Europe/Madrid", at=now, by=BY),
                AddContactPoint(point_id="mail", channel=Channel.EMAIL, address=address, at=now, by=BY),
            ),
            asked(f"register-{reference}"),
        )
        return person

    async def opened(self, reference: str = "c-1", *, due_on: date = DUE_ON, minor: int = 50_000) -> UUID:
        """Open a consumer's case of one obligation, with its debtor, and return the id."""
        person = await self.registered(f"p-{reference}", address=f"{reference}@example.com")
        command = opening(reference, person, due_on=due_on, minor=minor, at=self.clock.now())
        await self.cases.handle(case_id("acme", reference), command, asked(f"open-{reference}"))
        return case_id("acme", reference)

    async def log(self) -> tuple[Recorded, ...]:
        """Return the whole log."""
        return await self.store.read_log(0, 100_000)

    async def happened(self, stream_id: UUID) -> list[str]:
        """Return the names of a stream's events, in order."""
        return [type(recorded.event).__name__ for recorded in await self.store.read_stream(stream_id)]


def asked(request_id: str = "", *, actor: str = BY, validate_only: bool = False) -> Asked:
    return Asked(request_id=request_id, actor=actor, validate_only=validate_only)


def opening(
    reference: str, person: UUID, *, due_on: date = DUE_ON, minor: int = 50_000, at: datetime = START
) -> OpenCase:
    return OpenCase(
        creditor_id="acme",
        reference=reference,
        portfolio="cards",
        currency="EUR",
        country="ES",
        time_zone="Europe/Madrid",
        language="es",
        strategy=StrategyPin(name="consumer", version=1),
        obligations=(Obligation(obligation_id="o-1", reference="F-1", principal=Money(minor, "EUR"), due_on=due_on),),
        obligors=(Obligor(person_id=person, role=Role.PRINCIPAL),),
        at=at,
        by=BY,
    )
