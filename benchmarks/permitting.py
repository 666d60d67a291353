"""A permit (rules judged, both streams appended) beside a plain command of one event, by one client and by sixty-four.

Both go through their desks to a server with fsync on. Each permit is for a debtor of its own, in Colombia, where law
and house have a say; each plain command is the assignment of a case. A permit is three events in two streams
(reserved, permitted, step taken), the other is one event in one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import UUID

from application.contact_desk import Permitted, Wanted, permit_id
from application.request import Asked
from benchmarks.database import fresh, server
from benchmarks.histories import BY, assignment, open_case
from benchmarks.measure import Ratio, side_by_side
from domain.case import case_id
from domain.case.words import Channel, Obligor, Role
from domain.person.commands import AddContactPoint, RegisterPerson
from domain.person.identity import person_id
from infra.clock import SpeedClock
from infra.embedded.postgres import EmbeddedPostgres
from infra.settings import Settings
from workers.garbage import collect_rarely
from workers.wiring import Desks, open_desks

CROWD = 64
CASES = {1: 1_000, CROWD: 6_400}
MORNING = datetime(2026, 1, 5, 15, 0, 5, tzinfo=UTC)  # ten o'clock of a Monday in Bogotá
OPENED_AT = datetime(2026, 1, 2, 16, tzinfo=UTC)
NUMBERS = count(1)

Call = Callable[[Desks, int], Awaitable[object]]


def measure() -> dict[str, Ratio]:
    """Return permits and plain commands per second, by one client and by a crowd."""
    with server() as postgres:
        return {
            "permit_vs_command_alone": side_by_side(_run(postgres, 1, _permit), _run(postgres, 1, _assign)),
            "permit_vs_command": side_by_side(_run(postgres, CROWD, _permit), _run(postgres, CROWD, _assign)),
        }


def _run(postgres: EmbeddedPostgres, clients: int, call: Call) -> Callable[[], float]:
    async def run() -> float:
        collect_rarely()
        with TemporaryDirectory() as folder:
            clock = SpeedClock(business=MORNING, real=datetime.now(UTC), speed=1)
            settings = Settings(database_url=fresh(postgres), key_file=str(Path(folder, "keys")), clock=clock.setting)
            async with open_desks(settings) as desks:
                numbers = [next(NUMBERS) for _ in range(CASES[clients])]
                for first in range(0, len(numbers), CROWD):
                    await asyncio.gather(*(_open(desks, number) for number in numbers[first : first + CROWD]))
                left = iter(numbers)

                async def client() -> None:
                    for number in left:
                        await call(desks, number)

                started = perf_counter()
                await asyncio.gather(*(client() for _ in range(clients)))
                return len(numbers) / (perf_counter() - started)

    return lambda: asyncio.run(run())


def _case(number: int) -> UUID:
    return case_id("bench", f"B-{number}")


async def _permit(desks: Desks, number: int) -> None:
    wanted = Wanted(
        permit_id=permit_id(_case(number), "1.reminder", Channel.EMAIL),
        person_id=person_id("bench", f"P-{number}"),
        channel=Channel.EMAIL,
        template="reminder",
        step_key="1.reminder",
    )
    said = await desks.contacts.permit(_case(number), wanted, Asked(request_id=f"permit-{number}", actor=BY))
    assert isinstance(said, Permitted), said


async def _assign(desks: Desks, number: int) -> None:
    await desks.cases.handle(_case(number), assignment(number), Asked(request_id=f"assign-{number}", actor=BY))


async def _open(desks: Desks, number: int) -> None:
    debtor = person_id("bench", f"P-{number}")
    registered = RegisterPerson(
        name=f"Debtor {number}", language="es", country="CO", time_zone="America/Bogota", at=OPENED_AT, by=BY
    )
    by_mail = AddContactPoint(
        point_id="mail", channel=Channel.EMAIL, address=f"p{number}@example.com", at=OPENED_AT, by=BY
    )
    await desks.persons.handle_all(debtor, (registered, by_mail), Asked(request_id=f"p-{number}", actor=BY))
    opening = open_case(number, at=OPENED_AT)
    opening = replace(
        opening,
        country="CO",
        time_zone="America/Bogota",
        obligors=(Obligor(person_id=debtor, role=Role.PRINCIPAL),),
        obligations=(replace(opening.obligations[0], due_on=date(2026, 1, 8)),),
    )
    await desks.cases.handle(_case(number), opening, Asked(request_id=f"o-{number}", actor=BY))


if __name__ == "__main__":
    for key, found in measure().items():
        print(key, found)
