"""The story of a case as Temporal sees it: look at what is owed, wait until it is due or somebody wakes us, look again.

It knows nothing but where it waits. It may be ended, lost or started again at any point: it looks, and goes on.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any, NoReturn, assert_never

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey, SearchAttributeUpdate
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.case_steps import ADVANCE, DELIVER
    from activities.messages import Delivery, Look
    from application.next import Move, Next
    from workflows.ids import CASE_WORKFLOW, WAKE
    from workflows.messages import CaseStart, Wake

STAGE = SearchAttributeKey.for_keyword("EscaleraStage")
PORTFOLIO = SearchAttributeKey.for_keyword("EscaleraPortfolio")
NEXT_DUE = SearchAttributeKey.for_datetime("EscaleraNextDue")
DAYS_PAST_DUE = SearchAttributeKey.for_int("EscaleraDaysPastDue")

LOOK_TIMEOUT = timedelta(seconds=5)
LOOK_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=50), maximum_interval=timedelta(seconds=1), maximum_attempts=4
)
DELIVERY_TIMEOUT = timedelta(seconds=60)  # longer than any channel waits for an answer
DELIVERY_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1), maximum_attempts=8
)
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 2.0, 300.0
PAUSE = "waiting out an outage"
WOKEN_FROM_A_PAUSE = "woken-from-a-pause"  # Temporal's patch: pauses that began before it are slept through
SHOWN_FROM_SECONDS = 10.0
UNTIL_WOKEN = timedelta(days=365)  # waits always have an end: with or without one are different histories


@workflow.defn(name=CASE_WORKFLOW)
class CaseWorkflow:
    """One case, from its first due step to its end."""

    @workflow.init
    def __init__(self, start: CaseStart) -> None:
        self._start = start
        self._trace_id = start.trace_id
        self._woken = False
        self._facts_changed = start.facts_changed
        self._pause_seconds = FIRST_PAUSE_SECONDS

    @workflow.run
    async def run(self, start: CaseStart) -> str:
        """Return why the case was closed."""
        move = await self._look()
        while move.move is not Move.ENDED:
            self._show(move)
            move = await self._do(move)
        self._show(move)
        return move.closure

    @workflow.signal(name=WAKE)
    def wake(self, wake: Wake) -> None:
        self._woken = True
        self._facts_changed |= wake.facts_changed
        self._trace_id = wake.trace_id

    async def _do(self, move: Next) -> Next:
        match move.move:
            case Move.DELIVER:
                return await self._deliver(move.permit_id)
            case Move.WAIT:
                await self._wait(move)
                if workflow.info().is_continue_as_new_suggested():
                    self._continue_as_new()
                return await self._look()
            case Move.ENDED:
                return move
            case _:
                assert_never(move.move)

    async def _wait(self, move: Next) -> None:
        wait = UNTIL_WOKEN if move.wait_seconds is None else timedelta(seconds=move.wait_seconds)
        try:
            await workflow.wait_condition(lambda: self._woken, timeout=min(wait, UNTIL_WOKEN))
        except TimeoutError:
            self._trace_id = ""  # time, and nobody's command, leads to the next look

    async def _look(self) -> Next:
        """Look, and take what is due. Effects on the log only, idempotent by request id: hence a local activity."""
        while True:
            look = Look(case_id=self._start.case_id, facts_changed=self._facts_changed, trace_id=self._trace_id)
            self._woken = self._facts_changed = False
            try:
                move: Next = await workflow.execute_local_activity(
                    ADVANCE, look, result_type=Next, schedule_to_close_timeout=LOOK_TIMEOUT, retry_policy=LOOK_RETRY
                )
            except FailureError as failure:
                if is_cancelled_exception(failure):
                    raise
                self._facts_changed |= look.facts_changed
                await self._pause()
            else:
                self._pause_seconds = FIRST_PAUSE_SECONDS
                return move

    async def _deliver(self, permit_id: str) -> Next:
        delivery = Delivery(case_id=self._start.case_id, permit_id=permit_id, trace_id=self._trace_id)
        try:
            move: Next = await workflow.execute_activity(
                DELIVER,
                delivery,
                result_type=Next,
                start_to_close_timeout=DELIVERY_TIMEOUT,
                retry_policy=DELIVERY_RETRY,
            )
        except FailureError as failure:
            if is_cancelled_exception(failure):
                raise
            await self._pause()
            return await self._look()
        else:
            return move

    async def _pause(self) -> None:
        """An outage is waited out, longer every time, or until somebody wakes the case; it never fails the case."""
        seconds, self._pause_seconds = self._pause_seconds, min(self._pause_seconds * 2, LONGEST_PAUSE_SECONDS)
        if not workflow.patched(WOKEN_FROM_A_PAUSE):
            await workflow.sleep(seconds, summary=PAUSE)
            return
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._woken, timeout=seconds, timeout_summary=PAUSE)

    def _show(self, move: Next) -> None:
        """Show where the case stands to whoever looks into Temporal; only what has changed is written."""
        workflow.set_current_details(_details(move))
        shown = workflow.info().typed_search_attributes
        # A short wait is over before an index of it would be of use to anybody, and the index write is what costs.
        worth_showing = move.wait_seconds is None or move.wait_seconds >= SHOWN_FROM_SECONDS
        changes: list[SearchAttributeUpdate[Any]] = []
        if move.stage and shown.get(STAGE) != move.stage:
            changes.append(STAGE.value_set(move.stage))
        if move.portfolio and shown.get(PORTFOLIO) != move.portfolio:
            changes.append(PORTFOLIO.value_set(move.portfolio))
        if shown.get(NEXT_DUE) != move.due_at and worth_showing:
            changes.append(NEXT_DUE.value_set(move.due_at) if move.due_at else NEXT_DUE.value_unset())
        if changes and move.days_past_due is not None:
            changes.append(DAYS_PAST_DUE.value_set(move.days_past_due))
        if changes:
            workflow.upsert_search_attributes(changes)  # pyright: ignore[reportUnknownMemberType]  # its own stub

    def _continue_as_new(self) -> NoReturn:
        carried = CaseStart(case_id=self._start.case_id, trace_id=self._trace_id, facts_changed=self._facts_changed)
        workflow.continue_as_new(carried)


def _details(move: Next) -> str:
    """Return the current details that Temporal's web page shows, in Markdown."""
    if move.move is Move.ENDED:
        return f"**{move.stage}** {move.closure}"
    due = move.due_at.isoformat(timespec="minutes") if move.due_at else "when woken"
    late = "" if move.days_past_due is None else f", {move.days_past_due} days past due"
    return f"**{move.stage}**{late}\n\nnext: {due}\n\n{move.why}"
