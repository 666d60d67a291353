"""A portfolio that is worked for weeks: debtors and their cases, contacts under house rules and law, money, interest.

Every event is decided by the real deciders, so that an audit finds nothing. Debtors come in cohorts whose days go on
side by side, as in the log of an installation: the events of one stream lie among those of hundreds of others.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from application.contact_desk import Wanted, permit_id
from application.contact_wish import permission, reservation
from application.ports import Append, Appended, Event, Metadata, StreamWrite
from application.request import Asked
from benchmarks.histories import BY, open_case
from domain.case import case_id
from domain.case.commands import (
    AddCharge,
    CaseCommand,
    EnterStage,
    MakePromise,
    PlaceHold,
    RecordContactOutcome,
    RecordPayment,
    ReleaseHold,
)
from domain.case.decider import CASE
from domain.case.state import CaseState
from domain.case.words import Channel, Component, ContactOutcome, HoldReason, Obligor, Role, Scope, Stage
from domain.ledger.book import NO_LAWS
from domain.money import Money
from domain.person import person_decider
from domain.person.commands import AddContactPoint, EndContact, GiveConsent, PersonCommand, RegisterPerson
from domain.person.events import ContactReserved
from domain.person.identity import person_id
from domain.person.state import PersonState
from infra.event_store import open_store
from infra.holidays_calendar import calendar_for
from infra.rules import load_rules

COHORT: Final = 250
WEEKS: Final = 8
OPENED_AT: Final = datetime(2026, 1, 2, 16, tzinfo=UTC)
TUESDAY: Final = datetime(2026, 1, 13, 15, 0, 5, tzinfo=UTC)  # ten o'clock in Bogotá
METADATA: Final = Metadata(actor=BY, request_id="bench", trace_id="00-" + "0" * 32 + "-" + "0" * 16 + "-01")
PERSON = person_decider(load_rules(), calendar_for)


async def fill(dsn: str, keys: Path, events: int, *, cohort: int = COHORT) -> int:
    """Write at least so many events into the log; return how many they are."""
    written = 0
    async with open_store(dsn, keys) as store:
        for first in range(0, events, cohort):
            days = [_Debtor(number).life() for number in range(first, first + cohort)]
            for appends in zip(*days, strict=True):
                outcomes = await store.append_many(appends)
                assert all(isinstance(outcome, Appended) for outcome in outcomes)
                written += sum(len(write.events) for append in appends for write in append.writes)
            if written >= events:
                break
    return written


class _Debtor:
    """One debtor and the one case that there is of them."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._person_id, self._case_id = person_id("bench", f"P-{number}"), case_id("bench", f"B-{number}")
        self._person: PersonState = PERSON.initial
        self._case: CaseState = CASE.initial
        self._versions: dict[UUID, int] = {}

    def life(self) -> Iterator[Append]:
        """Yield all that happens, an append at a time; of every debtor there are as many."""
        yield self._append(OPENED_AT, self._met(OPENED_AT), self._told_case(OPENED_AT, self._opening()))
        at = TUESDAY
        yield self._append(at, (), self._told_case(at, EnterStage(at=at, by=BY, stage=Stage.SOFT, reason="GATE_OPEN")))
        for week in range(WEEKS):
            at = TUESDAY + timedelta(days=7 * week, seconds=self._number % 3_600)
            yield self._permitted(at, week)
            yield self._ended(at + timedelta(seconds=30), week)
            yield self._append(at, (), self._told_case(at, *self._money(at + timedelta(hours=2), week)))

    def _met(self, at: datetime) -> tuple[Event, ...]:
        number = self._number
        return self._told_person(
            RegisterPerson(
                name=f"Debtor {number}", language="es", country="CO", time_zone="America/Bogota", at=at, by=BY
            ),
            AddContactPoint(point_id="mail", channel=Channel.EMAIL, address=f"p{number}@example.com", at=at, by=BY),
            AddContactPoint(point_id="phone", channel=Channel.SMS, address=f"+57310{number:07d}", at=at, by=BY),
            GiveConsent(channel=Channel.EMAIL, source="contract", at=at, by=BY),
        )

    def _opening(self) -> CaseCommand:
        opening = open_case(self._number, at=OPENED_AT)
        return replace(
            opening,
            country="CO",
            currency="COP",
            time_zone="America/Bogota",
            obligors=(Obligor(person_id=self._person_id, role=Role.PRINCIPAL),),
            obligations=(
                replace(opening.obligations[0], due_on=date(2026, 1, 8), principal=Money(125_000_000, "COP")),
            ),
        )

    def _permitted(self, at: datetime, week: int) -> Append:
        wanted = Wanted(
            permit_id=self._permit(week),
            person_id=self._person_id,
            channel=Channel.EMAIL,
            template="reminder",
            step_key=f"2.reminder-{week}",
            due_at=at,
        )
        asked = Asked(request_id="bench", actor=BY)
        reserved = self._told_person(reservation(self._case_id, self._case, wanted, asked, at, NO_LAWS))
        grounds = next(event.grounds for event in reserved if isinstance(event, ContactReserved))
        return self._append(at, reserved, self._told_case(at, permission(wanted, asked, at, grounds)))

    def _ended(self, at: datetime, week: int) -> Append:
        outcome = ContactOutcome.DELIVERED if week % 4 else ContactOutcome.REFUSED
        ended = self._told_person(EndContact(permit_id=self._permit(week), outcome=outcome, at=at, by=BY))
        record = RecordContactOutcome(permit_id=self._permit(week), outcome=outcome, detail="250 OK", at=at, by=BY)
        return self._append(at, ended, self._told_case(at, record))

    def _permit(self, week: int) -> str:
        return permit_id(self._case_id, f"2.reminder-{week}", Channel.EMAIL)

    def _money(self, at: datetime, week: int) -> Iterator[CaseCommand]:
        interest = Money(1_234_00 + week, "COP")
        yield AddCharge(
            at=at,
            by=BY,
            charge_id=f"interest-{week}",
            obligation_id="1",
            component=Component.INTEREST,
            amount=interest,
            reason="interest",
            period=f"2026-W{week + 3:02d}",
        )
        yield RecordPayment(at=at, by=BY, payment_id=f"q-{week}", amount=Money(50_000_00 + self._number % 977, "COP"))
        if week == WEEKS - 1:
            yield MakePromise(
                at=at, by=BY, promise_id="w", amount=Money(90_000_00, "COP"), due_on=(at + timedelta(days=20)).date()
            )
        if week == 4:
            yield PlaceHold(
                at=at, by=BY, hold_id="h", reason=HoldReason.SUPERVISOR, scope=Scope.ALL, authority=BY, from_at=at
            )
            yield ReleaseHold(at=at + timedelta(hours=1), by=BY, hold_id="h", reason="over")

    def _told_person(self, *commands: PersonCommand) -> tuple[Event, ...]:
        told: list[Event] = []
        for command in commands:
            events = PERSON.decide(command, self._person)
            self._person = PERSON.fold(events, self._person)
            told += events
        return tuple(told)

    def _told_case(self, _: datetime, *commands: CaseCommand) -> tuple[Event, ...]:
        told: list[Event] = []
        for command in commands:
            events = CASE.decide(command, self._case)
            self._case = CASE.fold(events, self._case)
            told += events
        return tuple(told)

    def _append(self, at: datetime, person: tuple[Event, ...], case: tuple[Event, ...]) -> Append:
        return Append(
            writes=tuple(
                self._write(stream, events)
                for stream, events in ((self._person_id, person), (self._case_id, case))
                if events
            ),
            metadata=METADATA,
            recorded_at=at,
        )

    def _write(self, stream: UUID, events: tuple[Event, ...]) -> StreamWrite:
        before = self._versions.get(stream, 0)
        self._versions[stream] = before + len(events)
        return StreamWrite(stream_id=stream, expected_version=before, events=events)
