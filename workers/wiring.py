"""Where ports meet adapters, and nowhere else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

from application.bulk import BulkDesk
from application.case_desk import CaseDesk, PersonDesk
from application.contact_desk import ContactDesk
from application.delivery_desk import DeliveryDesk
from application.ladder_desk import LadderDesk
from application.messages import Inquiry, Posts
from application.ports import Clock, EventStore
from application.recovery import Clearance
from application.writer import Writer
from domain.case.decider import case_decider
from domain.case.policy import Policy
from domain.compliance.book import RuleBook
from domain.ledger.book import LawBook
from domain.person import person_decider
from domain.person.approval_rules import PersonRules
from infra import telemetry
from infra.bounds import load_bounds, load_person_rules
from infra.clock import clock_from
from infra.creditors import load_creditors
from infra.event_store import PostgresEventStore
from infra.holidays_calendar import calendar_for
from infra.laws import load_laws
from infra.read_tables import open_pool
from infra.recovery import PostgresRecovery, Remembered
from infra.settings import Settings
from infra.strategies import Strategies, load_strategies
from infra.templates import TemplateCatalogue, insist, load_catalogue
from workers.channels import close, named_as, posts_of
from workers.log import open_log
from workers.reporting import unsubscribe_links_of
from workers.rule_book import rules_of

# Real time from permit to attempt in which a contact counts as made when it was permitted, where time is sped up.
LEEWAY = timedelta(minutes=15)
SPEED_MAX = 1_000_000.0
RECOVERY_CONNECTIONS = 2  # one question a contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """The application, on one store, for one process."""

    log: PostgresEventStore  # the store itself, also in stream order
    store: EventStore  # the same, traced where traces are exported
    clock: Clock
    strategies: Strategies
    rules: RuleBook
    laws: LawBook
    cases: CaseDesk
    persons: PersonDesk
    bulk: BulkDesk
    contacts: ContactDesk
    ladder: LadderDesk
    delivery: DeliveryDesk
    posts: Posts
    writer: Writer


@asynccontextmanager
async def open_desks(settings: Settings) -> AsyncIterator[Desks]:
    """Open the store and put the desks on it, for the running event loop."""
    async with (
        open_log(settings) as log,
        open_pool(settings.database_url, size=RECOVERY_CONNECTIONS) as pool,
    ):
        store = telemetry.TracedStore(log) if settings.otlp_endpoint else log
        desks = desks_on(log, cast(EventStore, store), settings, PostgresRecovery(pool))
        try:
            yield desks
        finally:
            await close(desks.posts)


def desks_on(log: PostgresEventStore, store: EventStore, settings: Settings, clearance: Clearance) -> Desks:
    """Return the desks over a store; they make contacts as long as they are cleared."""
    clock = clock_from(settings.clock)
    own = (Path(settings.strategies_dir),) if settings.strategies_dir else ()
    strategies = load_strategies(*own)
    policy = policy_of(settings)
    cases = CaseDesk(case_decider(policy), store, clock)
    rules = rules_of(settings)
    persons = PersonDesk(person_decider(rules, calendar_for, person_rules_of(settings)), store, clock)
    log.forgetting.tell(persons.drop)
    contacts = ContactDesk(
        cases=cases, persons=persons, store=store, clock=clock, laws=policy.laws, clearance=clearance
    )
    posts = posts_of(settings, clock)
    writer = writer_of(settings)
    return Desks(
        log=log,
        store=store,
        clock=clock,
        strategies=strategies,
        rules=rules,
        laws=policy.laws,
        cases=cases,
        persons=persons,
        bulk=BulkDesk(cases=cases, persons=persons, store=store, clock=clock),
        contacts=contacts,
        ladder=LadderDesk(
            cases=cases,
            contacts=contacts,
            clock=clock,
            strategy_of=strategies.get,
            calendar_of=calendar_for,
            channels=posts,
            askable=[channel for channel, post in posts.items() if isinstance(post, Inquiry)],
            laws=policy.laws,
            clearance=Remembered(clearance),
        ),
        delivery=DeliveryDesk(
            cases=cases,
            persons=persons,
            contacts=contacts,
            store=store,
            posts=posts,
            writer=writer,
            clock=clock,
            clearance=clearance,
            named_as=named_as(settings),
            taken_as_permitted=LEEWAY * min(clock.speed, SPEED_MAX) if clock.speed > 1 else timedelta(),
        ),
        posts=posts,
        writer=writer,
    )


def policy_of(settings: Settings) -> Policy:
    """Return what decisions on money are made under; every process must be told of the same."""
    bounds = load_bounds(Path(settings.agreements_dir) if settings.agreements_dir else None)
    own = (Path(settings.laws_dir),) if settings.laws_dir else ()
    return Policy(laws=load_laws(*own), bounds=bounds, fee_caps=rules_of(settings).fee_caps)


def person_rules_of(settings: Settings) -> PersonRules:
    """Return what nobody does alone with what is known of people; every process must be told of the same."""
    return load_person_rules(Path(settings.agreements_dir) if settings.agreements_dir else None)


def writer_of(settings: Settings) -> Writer:
    """Return what writes messages, with the templates and the creditors' particulars that the settings name."""
    own = (Path(settings.templates_dir),) if settings.templates_dir else ()
    creditors = Path(settings.creditors_file) if settings.creditors_file else None
    return Writer(
        catalogue=load_catalogue(*own),
        particulars_of=load_creditors(creditors),
        unsubscribe_at=unsubscribe_links_of(settings).link,
    )


def require_words(desks: Desks) -> None:
    """Raise `Rejected` unless every step of every strategy can be said, everywhere and in every language.

    It takes a second: for the process that sends, when it starts, and not at nine in the morning.
    """
    catalogue = desks.writer.catalogue
    assert isinstance(catalogue, TemplateCatalogue), "loaded above"
    insist(catalogue, desks.strategies.all(), desks.rules.rule_sets)
