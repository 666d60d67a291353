"""Records workflow histories that later code must still replay: `python -m tests.workflows.histories`.

A recorded file is never recorded again: it is what a running workflow may look like. A change of the workflow's
commands adds a new story, and the old files must still replay.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from domain.case.commands import MakePromise, PlaceHold, RecordPayment
from domain.case.words import HoldReason, Scope
from domain.money import Money
from tests.conftest import time_skipping
from tests.house import BY, START, asked
from tests.workflows.town import Town, town_on

FOLDER = Path(__file__).resolve().parent.parent / "histories"


async def never_paid(town: Town) -> None:
    """A year without a word from the debtor."""
    await town.house.opened()
    await town.relay_all()
    await town.until(START + timedelta(days=365))


async def paid_after_two_letters(town: Town) -> None:
    """A case that ends."""
    case = await town.house.opened()
    await town.relay_all()
    await town.until(datetime(2026, 3, 25, 12, 0, tzinfo=UTC))
    paid = RecordPayment(payment_id="p", amount=Money(50_000, "EUR"), at=town.house.clock.now(), by=BY)
    await town.house.cases.handle(case, paid, asked("pay"))
    await town.relay_all()
    await town.workflow(case).result()


async def held_and_promised(town: Town) -> None:
    """A promise that is broken, and a hold that ends by itself."""
    case = await town.house.opened()
    await town.relay_all()
    await town.until(datetime(2026, 3, 20, 12, 0, tzinfo=UTC))
    now = town.house.clock.now()
    promise = MakePromise(promise_id="p", amount=Money(20_000, "EUR"), due_on=date(2026, 4, 1), at=now, by=BY)
    await town.house.cases.handle(case, promise, asked("promise"))
    await town.relay_all()
    await town.until(datetime(2026, 4, 10, 12, 0, tzinfo=UTC))
    now = town.house.clock.now()
    hold = PlaceHold(
        hold_id="h",
        reason=HoldReason.SUPERVISOR,
        scope=Scope.ALL,
        authority="supervisor:s",
        from_at=now,
        until=now + timedelta(days=10),
        at=now,
        by="supervisor:s",
    )
    await town.house.cases.handle(case, hold, asked("hold"))
    await town.relay_all()
    await town.until(datetime(2026, 7, 1, 12, 0, tzinfo=UTC))


async def through_an_outage(town: Town) -> None:
    """Nobody can read the log when a letter is due; a supervisor's word comes while that is waited out."""
    case = await town.house.opened()
    await town.relay_all()
    await town.until(datetime(2026, 3, 17, 7, 55, tzinfo=UTC))
    with town.outage():
        await town.until(datetime(2026, 3, 17, 8, 30, tzinfo=UTC))
        await town.wake(case)
        await town.until(datetime(2026, 3, 17, 8, 31, tzinfo=UTC))
    await town.until(datetime(2026, 3, 25, 12, 0, tzinfo=UTC))


async def woken_after_an_outage(town: Town) -> None:
    """The same, by a workflow that a wake gets out of its pause."""
    await through_an_outage(town)


STORIES: tuple[Callable[[Town], Awaitable[None]], ...] = (
    never_paid,
    paid_after_two_letters,
    held_and_promised,
    through_an_outage,
    woken_after_an_outage,
)


async def record() -> AsyncIterator[Path]:
    """Record the stories that have no file yet."""
    for story in STORIES:
        file = FOLDER / f"{story.__name__}.json"
        if file.exists():
            continue
        async with time_skipping() as environment, town_on(environment) as town:
            await story(town)
            (case,) = {one.stream_id for one in await town.house.log() if type(one.event).__name__ == "CaseOpened"}
            history = await town.workflow(case).fetch_history()
            file.write_text(
                json.dumps(nameless(history.to_json_dict()), separators=(",", ":")) + "\n", encoding="utf-8"
            )
        yield file


def nameless(value: Any) -> Any:
    """Return a history without the names of the machine that recorded it, and of its folders."""
    if isinstance(value, dict):
        told = {key: nameless(held) for key, held in value.items() if key != "stackTrace"}
        return told | ({"identity": "test"} if "identity" in told else {})
    if isinstance(value, list):
        return [nameless(held) for held in value]
    return value


async def main() -> None:
    async for file in record():
        print(file.name)


if __name__ == "__main__":
    asyncio.run(main())
