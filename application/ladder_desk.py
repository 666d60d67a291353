"""The climb of one case: takes what is due and needs nothing from outside, and says what comes next."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from application.case_desk import CaseDesk
from application.contact_desk import ContactDesk, Permitted, Refused, Wanted, permit_id
from application.next import Move, Next
from application.ports import Clock
from application.recovery import LOOK_AGAIN_SECONDS, NOT_CLEARED, AlwaysCleared, Clearance
from application.request import Asked
from domain.calendar import BusinessCalendar
from domain.case import commands
from domain.case.commands import CaseCommand, TakeStep
from domain.case.inquiry import next_inquiry, next_unreported
from domain.case.state import Absent, Case
from domain.case.step import permits_of
from domain.case.view import days_past_due
from domain.case.words import Channel, ContactOutcome, StepAction, StrategyPin
from domain.decider import Rejected, changed
from domain.ladder.next_step import next_step
from domain.ladder.owed import (
    Action,
    Charge,
    Contact,
    Due,
    EnterStage,
    JudgeAgreements,
    Nothing,
    Owed,
    RaiseAlarm,
    Skip,
    Task,
)
from domain.ladder.strategy import Strategy
from domain.ledger.book import NO_LAWS, LawBook

STEPS_MAX = 20  # taken in one call; what is still due then comes with the next call
ACTOR = "ladder"
CONTACT_TASK = "CONTACT"
MESSAGES = frozenset((Channel.EMAIL, Channel.SMS, Channel.WHATSAPP))  # what only a machine sends
SPOKEN = frozenset((Channel.PHONE, Channel.VISIT))  # what only a person does

StrategyOf = Callable[[StrategyPin], Strategy]
CalendarOf = Callable[[str], BusinessCalendar]


class LadderDesk:
    """Looks at what is owed and takes it, one bounded call at a time.

    Everything it records carries the actor "ladder" and an id made of the case, its version and the step: called twice,
    it records once.
    """

    def __init__(
        self,
        *,
        cases: CaseDesk,
        contacts: ContactDesk,
        clock: Clock,
        strategy_of: StrategyOf,
        calendar_of: CalendarOf,
        channels: Collection[Channel],
        askable: Collection[Channel] = (),
        laws: LawBook = NO_LAWS,
        clearance: Clearance | None = None,
    ) -> None:
        self._cases = cases
        self._contacts = contacts
        self._clock = clock
        self._strategy_of = strategy_of
        self._calendar_of = calendar_of
        self._channels = frozenset(channels)
        self._clearance = clearance or AlwaysCleared()
        self._laws = laws  # those of the cases' decider: what it forbids is not owed
        self._askable = frozenset(askable)  # whose providers can be asked what became of a message

    async def advance(self, case_id: UUID, *, trace_id: str = "", facts_changed: bool = False) -> Next:
        """Take what is due on the log and reserve the contact that is; answer with the next move.

        Nothing is taken while a restore from a backup is not reconciled.

        facts_changed: something changed about a person, so a contact that was refused before is tried again now.
        """
        case, version = await self._cases.load(case_id)
        for _ in range(STEPS_MAX):
            if isinstance(case, Absent):
                return Next(move=Move.ENDED)
            now = self._clock.now()
            if not (await self._clearance.standing()).cleared:
                stand_still = Next(move=Move.WAIT, wait_seconds=LOOK_AGAIN_SECONDS, why=NOT_CLEARED)
                return self._shown(case, now, stand_still)
            if waiting := undelivered(case, self._channels):
                return self._shown(case, now, Next(move=Move.DELIVER, permit_id=waiting, why="PERMITTED"))
            inquiry = next_inquiry(case, self._askable)
            if inquiry is not None and inquiry[0] <= now:
                return self._shown(case, now, Next(move=Move.DELIVER, permit_id=inquiry[1], why="UNANSWERED"))
            unreported = next_unreported(case, self._channels)
            if unreported is not None and unreported[0] <= now:
                await self._give_up_waiting(case_id, unreported[1], trace_id)
                case, version = await self._cases.load(case_id)
                continue
            tried_again, facts_changed = facts_changed, False
            owed = self.owed(_tried_again(case) if tried_again else case, now)
            if isinstance(owed, Nothing) or owed.due_at > now:
                if tried_again:
                    continue
                return self._shown(case, now, self._wait(case, owed))
            await self._take(case_id, case, version, owed, trace_id)
            before = version
            case, version = self._cases.kept(case_id) or await self._cases.load(case_id)
            assert version > before or tried_again, f"case {case_id}: {owed.why.reason} was taken and left no trace"
        return Next(move=Move.WAIT, wait_seconds=0.0, why="MORE_IS_DUE")

    def owed(self, case: Case, now: datetime) -> Owed:
        """Return what the case's ladder owes at `now`."""
        calendar = self._calendar_of(case.country)
        return next_step(case, self._strategy_of(case.strategy), now, calendar, laws=self._laws)

    def looks_at(self, case: Case, now: datetime) -> datetime | None:
        """Return the business instant at which the case must be looked at next; None: only when something happens."""
        if undelivered(case, self._channels):
            return now
        return earlier_of(instant_of(self.owed(case, now)), self._settles_at(case))

    def _settles_at(self, case: Case) -> datetime | None:
        """Return when something is next to be done about a contact of which nothing is known."""
        known = (next_inquiry(case, self._askable), next_unreported(case, self._channels))
        return min((found[0] for found in known if found), default=None)

    async def _give_up_waiting(self, case_id: UUID, permit: str, trace_id: str) -> None:
        """A contact by hand of which nobody tells may have been made: it counts as that, until somebody does."""
        asked = Asked(request_id="", actor=ACTOR, trace_id=trace_id)
        await self._contacts.record_outcome(
            case_id, permit, outcome=ContactOutcome.UNKNOWN, detail="NOT_REPORTED", asked=asked
        )

    async def _take(self, case_id: UUID, case: Case, version: int, due: Due, trace_id: str) -> None:
        """Take one due action. A refusal means that the case changed meanwhile: the caller looks again."""
        action = due.action
        now = self._clock.now()
        asked = Asked(
            request_id=f"ladder:{case_id}:{version}:{_name(action)}", actor=ACTOR, trace_id=trace_id, stamped=("at",)
        )
        try:
            if isinstance(action, Contact) and action.channel in self._channels:
                await self._reserve(case_id, case, action, due, asked)
            elif isinstance(action, Contact) and (
                # Tried over another channel before and reached nobody; that attempt was the step.
                (action.step_key in case.climb.steps and action.channel not in SPOKEN)
                # Nobody writes by hand what a machine can send on another channel.
                or (action.channel in MESSAGES and self._channels.intersection(action.fallbacks))
            ):
                await self._cases.handle(case_id, not_served(action, now), asked)
            else:
                await self._cases.handle(case_id, command_of(action, due, now), asked)
        except Rejected:
            _, version_now = await self._cases.load(case_id)
            if version_now == version:
                raise  # nobody else wrote: what the ladder says is due and what the case allows do not fit together

    async def _reserve(self, case_id: UUID, case: Case, action: Contact, due: Due, asked: Asked) -> Permitted | Refused:
        number = permits_of(case, action.step_key, action.channel) + 1  # those before ran out, and were never used
        wanted = Wanted(
            permit_id=permit_id(case_id, action.step_key, action.channel, number),
            person_id=action.person_id,
            channel=action.channel,
            template=action.template,
            step_key=action.step_key,
            due_at=due.due_at,
        )
        return await self._contacts.permit(case_id, wanted, asked)

    def _wait(self, case: Case, owed: Owed) -> Next:
        settles_at = self._settles_at(case)
        if not case.open and settles_at is None:
            return Next(move=Move.ENDED, closure=str(case.closure))
        due_at = earlier_of(instant_of(owed), settles_at)
        wait_seconds = None if due_at is None else self._clock.wait_seconds(due_at)
        return Next(move=Move.WAIT, wait_seconds=wait_seconds, due_at=due_at, why=str(owed.why))

    def _shown(self, case: Case, now: datetime, next_: Next) -> Next:
        return replace(
            next_, stage=case.climb.stage.value, portfolio=case.portfolio, days_past_due=days_past_due(case, now)
        )


def instant_of(owed: Owed) -> datetime | None:
    """Return the business instant at which something is owed or to be looked at again; None: not by itself."""
    return owed.due_at if isinstance(owed, Due) else owed.look_again_at


def earlier_of(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier of two instants; None stands for never."""
    return min((at for at in (one, other) if at is not None), default=None)


def undelivered(case: Case, channels: Collection[Channel]) -> str:
    """Return the id of a step's contact that was permitted and has no outcome yet; empty if there is none."""
    for permit, contact in case.contacts.items():
        if contact.outcome is None and contact.step_key and contact.channel in channels:
            return permit
    return ""


def _tried_again(case: Case) -> Case:
    """Return the case as if its refusals had run out: what the rules say is asked again, not remembered."""
    refusals = {step_key: (times, None) for step_key, (times, _) in case.climb.refusals.items()}
    return changed(case, climb=changed(case.climb, refusals=refusals))


def command_of(action: Action, due: Due, now: datetime) -> CaseCommand:
    """Return the command that takes an action on the log alone; a contact becomes a person's task."""
    match action:
        case EnterStage():
            return commands.EnterStage(stage=action.stage, reason=action.reason, at=now, by=ACTOR)
        case Charge():
            return TakeStep(
                step_key=action.step_key,
                action=StepAction.CHARGE,
                due_at=due.due_at,
                charge=action.amount,
                charge_component=action.component,
                at=now,
                by=ACTOR,
            )
        case Task():
            return _task(action.step_key, action.kind, action.channel, due, now)
        case Contact():
            # No way of ours to this channel: a person makes the contact, and asks for the permit then.
            return _task(action.step_key, action.template or CONTACT_TASK, action.channel, due, now)
        case Skip():
            return TakeStep(
                step_key=action.step_key,
                action=action.action,
                due_at=due.due_at,
                skipped=True,
                reason=action.reason,
                at=now,
                by=ACTOR,
            )
        case JudgeAgreements():
            return commands.JudgeAgreements(at=now, by=ACTOR)
        case RaiseAlarm():
            return commands.RaiseLimitationAlarm(
                obligation_id=action.obligation_id,
                action=action.action,
                ends_on=action.ends_on,
                days_left=action.days_left,
                at=now,
                by=ACTOR,
            )
        case _:
            assert_never(action)


def not_served(action: Contact, now: datetime) -> commands.RefuseContact:
    """Return the command that says that a channel is none of ours."""
    return commands.RefuseContact(
        step_key=action.step_key,
        person_id=action.person_id,
        channel=action.channel,
        reason="CHANNEL_NOT_SERVED",
        next_allowed_at=None,
        at=now,
        by=ACTOR,
    )


def _task(step_key: str, kind: str, channel: Channel | None, due: Due, now: datetime) -> TakeStep:
    return TakeStep(
        step_key=step_key,
        action=StepAction.TASK,
        due_at=due.due_at,
        task_id=step_key,
        task_kind=kind,
        channel=channel,
        at=now,
        by=ACTOR,
    )


def _name(action: Action) -> str:
    """Return the part of a request id that says what was taken."""
    match action:
        case EnterStage():
            return f"{action.stage}:{action.reason}"
        case JudgeAgreements():
            return "agreements"
        case RaiseAlarm():
            return f"limitation:{action.obligation_id}:{action.action}:{action.ends_on}:{action.days_left}"
        case _:
            return action.step_key
