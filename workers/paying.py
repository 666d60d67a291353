"""Payments that banks tell of, on the desks and read tables of one process."""

from api.services import Payments
from application.case_desk import Desk
from application.payment_intake import PaymentIntake
from application.payment_queue import PaymentQueue, SuspenseDesk
from domain.suspense import SUSPENSE
from infra.holidays_calendar import calendar_for
from infra.read_tables import PostgresPayees
from infra.read_tables.tables import Pool
from workers.wiring import Desks


def payments_on(desks: Desks, pool: Pool) -> Payments:
    """Return what takes in, matches and lists bank entries, over a pool that whoever made it closes."""
    entries: SuspenseDesk = Desk(SUSPENSE, desks.store, desks.clock)
    payees = PostgresPayees(pool)
    intake = PaymentIntake(
        cases=desks.cases,
        persons=desks.persons,
        entries=entries,
        payees=payees,
        store=desks.store,
        clock=desks.clock,
        calendar_of=calendar_for,
    )
    return Payments(
        intake=intake,
        queue=PaymentQueue(entries=entries, cases=desks.cases, store=desks.store, clock=desks.clock),
        entries=payees,
        calendar_of=calendar_for,
    )
