"""The desks that forget people and hand out what is known of them, on the desks and read tables of one process."""

from application.erasure_desk import ErasureDesk
from application.export_desk import ExportDesk
from application.statement_desk import StatementDesk
from infra.person_exports import PersonExports
from infra.read_tables import PostgresPayees
from infra.read_tables.tables import Pool
from infra.relay import PostgresPersonCases
from infra.templates.shelf import load_languages
from workers.wiring import Desks


def erasure_desk_on(desks: Desks, pool: Pool) -> ErasureDesk:
    """Return the desk that forgets people, over a pool that whoever made it closes."""
    return ErasureDesk(
        persons=desks.persons,
        store=desks.store,
        person_cases=PostgresPersonCases(pool),
        entries=PostgresPayees(pool),
        forgetting=desks.log.forgetting,
        book=desks.rules,
        clock=desks.clock,
    )


def export_desk_on(desks: Desks, pool: Pool, statements: StatementDesk, erasures: ErasureDesk) -> ExportDesk:
    """Return the desk that hands out what is known of people."""
    return ExportDesk(
        persons=desks.persons,
        store=desks.store,
        person_cases=PostgresPersonCases(pool),
        statements=statements,
        erasures=erasures,
        book=desks.rules,
        printer=PersonExports(load_languages()),
        clock=desks.clock,
    )
