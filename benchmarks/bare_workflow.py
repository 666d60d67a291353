"""What a step costs without us: a timer and one local activity that does nothing, again and again."""

from datetime import timedelta

from temporalio import activity, workflow


@activity.defn
async def nothing(step: int) -> int:
    """Answer at once."""
    return step


@workflow.defn
class BareWorkflow:
    """As many steps as it is told, each after a wait."""

    @workflow.run
    async def run(self, steps: int, wait_seconds: float) -> int:
        """Return how many steps it took."""
        done = 0
        for step in range(steps):
            await workflow.sleep(timedelta(seconds=wait_seconds))
            done += (
                await workflow.execute_local_activity(nothing, step, start_to_close_timeout=timedelta(seconds=5)) >= 0
            )
        return done


@activity.defn
async def sends_nothing(step: int) -> int:
    """Answer at once, as an activity of its own."""
    return step


@workflow.defn
class BareSending:
    """What a contact costs without us: one local activity, then one activity."""

    @workflow.run
    async def run(self) -> int:
        """Return how many activities it ran."""
        timeout = timedelta(seconds=30)
        looked = await workflow.execute_local_activity(nothing, 1, start_to_close_timeout=timeout)
        return looked + await workflow.execute_activity(sends_nothing, 1, start_to_close_timeout=timeout)
