"""One telling of the story against a running engine: open, live through the days, count."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import grpc

from api.client import AsyncDoors
from api.translate_values import money
from api.words import CLOSURE, STAGE
from demo.books import Books
from demo.checks import deeds_check, lawful_check, mail_checks, mail_figures, money_check, replay_check
from demo.debtors import behave
from demo.figures import Audience, Check, Figures, Phase, Pulse, Standing, Sums
from demo.opening import open_portfolio
from demo.portfolio import STARTS_AT, Portfolio
from demo.telling import Teller
from infra.clock import SpeedClock
from infra.mail_sink import Tally, count_mail, tally
from infra.settings import Settings
from protos.escalera import v1 as pb

PULSE_SECONDS = 0.5
LOOKS_AT_ONCE = 16
PAGE = 500


class Performance:
    """One telling. `mail` is the sink's folder."""

    def __init__(
        self,
        *,
        doors: AsyncDoors,
        clock: SpeedClock,
        portfolio: Portfolio,
        days: int,
        seed: int,
        mail: Path,
        audience: Audience,
    ) -> None:
        self._doors, self._clock, self._portfolio = doors, clock, portfolio
        self._days, self._seed, self._mail, self._audience = days, seed, mail, audience
        self._deeds = behave(portfolio, days=days, seed=seed)
        self._teller = Teller(doors, clock, portfolio, audience)
        self._seen = Books()  # kept live, for the display

    async def open(self) -> int:
        """Open the portfolio, wait until the tables show it, and return its position; business time stands still."""
        self._audience.enter(Phase.OPENING, count=len(self._portfolio.accounts))
        position = await open_portfolio(self._doors, self._portfolio)
        self._audience.enter(Phase.WAITING)
        await self._doors.reports.GetFunnel(pb.GetFunnelRequest(min_position=position), timeout=60, wait_for_ready=True)
        return position

    async def live(self) -> None:
        """Let the days pass, telling what happens in them."""
        self._audience.enter(Phase.RUNNING)
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(self._read_along())
            showing = tasks.create_task(self._show())
            telling = tasks.create_task(self._teller.tell_all(self._deeds))
            await asyncio.sleep(self._clock.wait_seconds(STARTS_AT + timedelta(days=self._days)))
            await telling
            for task in (reading, showing):
                task.cancel()

    async def count(self, *, stopped_at: datetime) -> Figures:
        """Count everything, with the engine standing still since `stopped_at` (business time), and check it."""
        books = Books()
        async for event in self._doors.queries.StreamEvents(pb.StreamEventsRequest(), timeout=600):
            books.enter(event)
        report = await self._doors.reports.GetStages(pb.GetStagesRequest(min_position=books.position), timeout=60)
        overdue = await self._overdue(stopped_at)
        mail, told, sums = tally(self._mail), self._teller.told(), _sums(report)
        return Figures(
            cases=len(self._portfolio.accounts),
            persons=books.persons,
            days=self._days,
            seed=self._seed,
            speed=self._clock.speed,
            starts_at=STARTS_AT,
            events=books.events,
            position=books.position,
            start_seconds=0.0,
            wall_seconds=0.0,
            funnel=_funnel(report),
            contacts=books.contacts(),
            refusals=dict(sorted(books.refusals.items())),
            mail=mail_figures(mail),
            money=sums,
            told=told,
            lateness=books.lateness(overdue=overdue),
            checks=await self._checks(books, mail, sums),
        )

    async def _checks(self, books: Books, mail: Tally, sums: tuple[Sums, ...]) -> tuple[Check, ...]:
        return (
            await replay_check(self._doors),
            await lawful_check(self._doors),
            *mail_checks(books, mail, Settings.from_env().mail_from),
            money_check(sums, books),
            deeds_check(self._teller.told(), len(self._deeds)),
        )

    async def _read_along(self) -> None:
        """Follow the live log, going on after the last event received where the stream breaks."""
        while True:
            asked = pb.StreamEventsRequest(after_position=self._seen.position, follow=True)
            try:
                async for event in self._doors.queries.StreamEvents(asked):
                    self._seen.enter(event)
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
            await asyncio.sleep(0.2)

    async def _show(self) -> None:
        while True:
            try:
                funnel = await self._doors.reports.GetFunnel(pb.GetFunnelRequest(), timeout=10)
            except grpc.aio.AioRpcError as error:
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                    raise
            else:
                self._audience.pulse(self._pulse(funnel))
            await asyncio.sleep(PULSE_SECONDS)

    def _pulse(self, funnel: pb.Funnel) -> Pulse:
        now = self._clock.now()
        cases: Counter[str] = Counter()
        for row in funnel.rows:
            cases[STAGE[row.stage]] += row.cases
        return Pulse(
            now=now,
            day=min(self._days, max(0, (now - STARTS_AT).days)),
            days=self._days,
            cases=cases,
            contacts=len(self._seen.channels),
            mails=count_mail(self._mail),
            told=self._teller.count,
            collected=dict(self._seen.paid),
        )

    async def _overdue(self, stopped_at: datetime) -> list[float]:
        """Hours by which steps were due and not taken when everything was stopped."""
        slots = asyncio.Semaphore(LOOKS_AT_ONCE)

        async def hours(case_id: str) -> float:
            async with slots:
                name = pb.CaseName(case_id=case_id)
                case = await self._doors.queries.GetCase(pb.GetCaseRequest(case_name=name), timeout=30)
            step = case.next_step
            if step.action == "NOTHING" or not step.HasField("due_time"):
                return 0.0
            return (stopped_at.timestamp() - step.due_time.ToMicroseconds() / 1e6) / 3600

        found = await asyncio.gather(*[hours(case_id) async for case_id in self._open_cases()])
        return [late for late in found if late > 0]

    async def _open_cases(self) -> AsyncIterator[str]:
        token = ""
        while True:
            asked = pb.ListCasesRequest(filter=pb.CaseFilter(open=True), page_size=PAGE, page_token=token)
            page = await self._doors.queries.ListCases(asked, timeout=30)
            for case in page.cases:
                yield case.case_id
            token = page.next_page_token
            if not token:
                return


def _funnel(report: pb.StagesReport) -> tuple[Standing, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    for row in report.rows:
        closure = str(CLOSURE[row.closure]) if row.closure else ""
        counts[str(STAGE[row.stage]), closure] += row.cases
    return tuple(Standing(stage=stage, closure=closure, cases=count) for (stage, closure), count in counts.items())


def _sums(report: pb.StagesReport) -> tuple[Sums, ...]:
    cases: Counter[str] = Counter()
    totals: dict[str, Counter[str]] = {}
    for row in report.rows:
        currency = row.principal.currency_code
        cases[currency] += row.cases
        totals.setdefault(currency, Counter()).update(
            principal=money(row.principal, "principal").minor,
            charged=money(row.charged, "charged").minor,
            waived=money(row.waived, "waived").minor,
            collected=money(row.collected, "collected").minor,
            balance=money(row.balance, "balance").minor,
            credit=money(row.credit, "credit").minor,
        )
    return tuple(Sums(currency=currency, cases=cases[currency], **sums) for currency, sums in sorted(totals.items()))
