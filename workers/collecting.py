"""The desk for people who call and visit, on the desks of a process."""

from datetime import timedelta

from application.collector_desk import CollectorDesk
from infra.clock import clock_from
from infra.settings import Settings
from workers.wiring import SPEED_MAX, Desks

# Real time in which somebody who asked for a permit makes the contact; their hours may end before.
BY_HAND_VALID = timedelta(minutes=15)


def collector_desk_on(desks: Desks, settings: Settings) -> CollectorDesk:
    """Return the desk; what it says is what messages say, and what the ladder itself sends it leaves to the ladder."""
    return CollectorDesk(
        cases=desks.cases,
        persons=desks.persons,
        contacts=desks.contacts,
        book=desks.rules,
        scripts=desks.writer,
        clock=desks.clock,
        permit_valid=BY_HAND_VALID * min(clock_from(settings.clock).speed, SPEED_MAX),
        served=desks.posts,
    )
