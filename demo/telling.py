"""Tells the engine what people do, through gRPC, each deed once and at its business instant."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, assert_never

import grpc

from api.client import AsyncDoors, acting_as, refused
from api.translate_values import day_out, instant_out, money, money_out
from application.ports import Clock
from demo import deeds
from demo.deeds import Happening
from demo.figures import Audience, Told
from demo.portfolio import CREDITOR, Portfolio
from domain.money import Money
from protos.escalera import v1 as pb

AT_ONCE = 8  # deeds under way at the same time
TRIES_MAX = 8
_PASSING = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED", "RESOURCE_EXHAUSTED"})

# A debtor does not know the books: money for a case that was closed meanwhile, a promise over what is left. The engine
# says no, and the story goes on; any other refusal is a fault of the demo or of the engine.
EXPECTED = frozenset({"CASE_CLOSED", "NOTHING_OWED", "PROMISE_EXCEEDS_BALANCE", "AGREEMENT_IN_FORCE"})


class Teller:
    """One story's deeds on their way to the engine."""

    def __init__(self, doors: AsyncDoors, clock: Clock, portfolio: Portfolio, audience: Audience) -> None:
        self._doors, self._clock, self._audience = doors, clock, audience
        self._customers = {account.reference: account.debtor.reference for account in portfolio.accounts}
        self._accepted: Counter[str] = Counter()
        self._refused: dict[str, Counter[str]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    @property
    def count(self) -> int:
        """How many deeds the engine has answered."""
        return self._accepted.total() + sum(reasons.total() for reasons in self._refused.values())

    def told(self) -> tuple[Told, ...]:
        """What became of them, by kind."""
        kinds = sorted({*self._accepted, *self._refused})
        return tuple(
            Told(kind=kind, accepted=self._accepted[kind], refused=dict(self._refused.get(kind, {}))) for kind in kinds
        )

    async def tell_all(self, happenings: Sequence[Happening]) -> None:
        """Tell each deed when its instant has come; deeds of one case stay in order."""
        last: dict[str, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as tasks:
            for deed in happenings:
                await asyncio.sleep(self._clock.wait_seconds(deed.at))
                last[deed.account] = tasks.create_task(self._tell(deed, last.get(deed.account)))

    async def _tell(self, deed: Happening, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await before
        kind = type(deed).__name__
        async with self._slots:
            try:
                sent, amount = await self._patiently(deed)
            except grpc.aio.AioRpcError as error:
                self._refused.setdefault(kind, Counter())[refused(error).reason] += 1
                return
        if not sent:
            self._refused.setdefault(kind, Counter())["NOTHING_OWED"] += 1
            return
        self._accepted[kind] += 1
        self._audience.tell(deed, amount=amount)

    async def _patiently(self, deed: Happening) -> tuple[bool, Money | None]:
        """Send a deed, again where the engine was away; its request id makes that safe."""
        for turn in range(TRIES_MAX):
            try:
                return await self._send(deed)
            except grpc.aio.AioRpcError as error:
                if error.code().name not in _PASSING or turn == TRIES_MAX - 1:
                    raise
                await asyncio.sleep(0.2 * 2**turn)
        raise AssertionError("the last try either answers or raises")

    async def _send(self, deed: Happening) -> tuple[bool, Money | None]:
        """Send one deed; return whether there was anything to send (nobody pays nothing), and its amount."""
        if isinstance(deed, deeds.OptOut):
            name = pb.PersonName(creditor_id=CREDITOR, reference=self._customers[deed.account])
            opting = pb.OptOut(channel=pb.Channel.Value(f"CHANNEL_{deed.channel}"), source="REPLY")
            await self._doors.persons.OptOut(
                pb.OptOutRequest(person_name=name, command=opting, **_common(deed)), metadata=acting_as("debtor:demo")
            )
            return True, None
        case = pb.CaseName(creditor_id=CREDITOR, reference=deed.account)
        command, amount = await self._command(deed, case)
        if command is None:
            return False, None
        name_of = type(command).__name__
        request = getattr(pb, f"{name_of}Request")(case_name=case, command=command, **_common(deed))
        await getattr(self._doors.cases, name_of)(request, metadata=acting_as(_who(deed)), timeout=30)
        return True, amount

    async def _command(self, deed: Happening, case: pb.CaseName) -> tuple[Any, Money | None]:
        match deed:
            case deeds.Pay():
                amount = deed.amount or await self._owed(case)
                return _payment(deed.payment_id, amount), amount
            case deeds.PayInstallment():
                amount = await self._installment(case, deed)
                return _payment(deed.payment_id, amount), amount
            case deeds.PaySettlement():
                amount = await self._settlement(case, deed.settlement_id)
                return _payment(deed.payment_id, amount), amount
            case deeds.Bounce():
                return pb.ReversePayment(payment_id=deed.payment_id, reason=deed.reason), None
            case deeds.Promise():
                promise = pb.MakePromise(
                    promise_id=deed.promise_id, amount=_wire(deed.amount), due_date=day_out(deed.due_on)
                )
                return promise, deed.amount
            case deeds.Dispute():
                return pb.OpenDispute(dispute_id=deed.dispute_id, reason=deed.reason), None
            case deeds.Resolve():
                outcome = pb.DisputeOutcome.Value(f"DISPUTE_OUTCOME_{deed.outcome}")
                return pb.ResolveDispute(dispute_id=deed.dispute_id, outcome=outcome, reason=deed.reason), None
            case deeds.AgreePlan():
                return await self._plan(case, deed)
            case deeds.Offer():
                return await self._offer(case, deed)
            case deeds.Approve():
                return pb.ApproveOffer(offer_id=deed.offer_id), None
            case deeds.Accept():
                return pb.AcceptOffer(offer_id=deed.offer_id), None
            case deeds.Pause():
                hold = pb.PlaceHold(hold_id=deed.hold_id, reason=pb.HOLD_REASON_SUPERVISOR, authority="supervisor:demo")
                hold.scope = pb.Scope.Value(f"SCOPE_{deed.scope}")
                return hold, None
            case deeds.Resume():
                return pb.ReleaseHold(hold_id=deed.hold_id, reason=deed.reason), None
            case deeds.Escalate():
                return pb.Escalate(stage=pb.Stage.Value(f"STAGE_{deed.stage}"), reason=deed.reason), None
            case deeds.OptOut():
                raise AssertionError("a person's deed, not a case's")
            case _:
                assert_never(deed)

    async def _case(self, case: pb.CaseName) -> pb.Case:
        return await self._doors.queries.GetCase(pb.GetCaseRequest(case_name=case), timeout=30)

    async def _owed(self, case: pb.CaseName) -> Money | None:
        """What is owed now; None when nothing is."""
        balance = money((await self._case(case)).balance, "balance")
        return balance if balance.minor > 0 else None

    async def _plan(self, case: pb.CaseName, deed: deeds.AgreePlan) -> tuple[Any, Money | None]:
        owed = await self._owed(case)
        if owed is None:
            return None, None
        schedule = pb.Schedule(
            shape=pb.PLAN_SHAPE_EQUAL,
            first_date=day_out(deed.first_on),
            every=pb.Every.Value(f"EVERY_{deed.every}"),
            count=deed.count,
            rate_percent=deed.rate_percent,
        )
        return pb.AgreePlan(plan_id=deed.plan_id, schedule=schedule), owed

    async def _offer(self, case: pb.CaseName, deed: deeds.Offer) -> tuple[Any, Money | None]:
        owed = await self._owed(case)
        if owed is None:
            return None, None
        share = Money(-(-owed.minor * deed.percent // 100), owed.currency)
        offered = pb.OfferSettlement(
            offer_id=deed.offer_id,
            amount=_wire(share),
            pay_by_date=day_out(deed.pay_by),
            expire_time=instant_out(deed.expires_at),
        )
        return offered, share

    async def _installment(self, case: pb.CaseName, deed: deeds.PayInstallment) -> Money | None:
        for plan in (await self._case(case)).plans:
            if plan.plan_id == deed.plan_id:
                return money(plan.installments[deed.number].amount, "amount")
        return None

    async def _settlement(self, case: pb.CaseName, settlement_id: str) -> Money | None:
        for settlement in (await self._case(case)).settlements:
            if settlement.settlement_id == settlement_id:
                return money(settlement.amount, "amount")
        return None


def unexpected(told: Sequence[Told]) -> dict[str, int]:
    """Refusals that no debtor's ignorance explains, by kind and reason."""
    return {
        f"{each.kind}: {reason}": count
        for each in told
        for reason, count in each.refused.items()
        if reason not in EXPECTED
    }


def _who(deed: Happening) -> str:
    match deed:
        case deeds.Pause() | deeds.Resume() | deeds.Escalate() | deeds.Resolve():
            return "supervisor:demo"
        case deeds.Approve():
            return "supervisor:second"  # another person than the one who made the offer, whatever their roles
        case deeds.Pay() | deeds.PayInstallment() | deeds.PaySettlement() | deeds.Bounce():
            return "system:bank"
        case _:
            return "collector:demo"


def _common(deed: Happening) -> dict[str, Any]:
    request_id = f"demo-{type(deed).__name__}-{deed.account}-{deed.at:%Y%m%dT%H%M}"
    return {"request_id": request_id, "effective_time": instant_out(deed.at)}


def _payment(payment_id: str, amount: Money | None) -> Any:
    return pb.RecordPayment(payment_id=payment_id, amount=_wire(amount)) if amount else None


def _wire(amount: Money) -> Any:
    return money_out(amount.minor, amount.currency)
