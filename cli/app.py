"""All commands under one name. Modules imported here import nothing heavy themselves, so that `--help` is quick."""

import typer

from cli import (
    access,
    access_refused,
    agreements,
    audit_log,
    audit_states,
    audit_then,
    case_acting,
    case_agreements,
    case_approvals,
    case_limitation_acting,
    case_money,
    case_offers,
    case_opening,
    case_reading,
    compliance,
    contact,
    doctor,
    evidence,
    importing,
    keys,
    laws,
    limitation,
    listing,
    payment_links,
    payments,
    payments_queue,
    person,
    person_approvals,
    person_erasure,
    person_facts,
    person_waiting,
    process_export,
    recovery,
    reporting,
    statement,
    strategy,
    templates,
    upkeep,
)
from cli.spoken import Group

_EPILOG = (
    "Exit status: 0 done, 1 refused or not verified, 2 not understood, 3 no server or one that failed, "
    "4 done, and something is left for a person."
)

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    help="Escalera: an event-sourced workflow engine for collection cases.",
    epilog=_EPILOG,
    pretty_exceptions_enable=False,  # its panels print the values of variables, and those may be personal data
)

upkeep.register(app)
doctor.register(app)
app.add_typer(case_reading.app, cls=Group, name="case")
listing.register(app)
app.add_typer(person.app, cls=Group, name="person")
app.add_typer(contact.app, cls=Group, name="contact")
app.add_typer(compliance.app, cls=Group, name="compliance")
app.add_typer(audit_log.app, cls=Group, name="audit")
app.add_typer(recovery.backups, cls=Group, name="backup")
app.add_typer(recovery.recover, cls=Group, name="recover")
app.add_typer(keys.app, cls=Group, name="keys")
app.add_typer(laws.app, cls=Group, name="laws")
app.add_typer(access.app, cls=Group, name="access")
app.add_typer(importing.app, cls=Group, name="import")
app.add_typer(payments.app, cls=Group, name="payments")
app.add_typer(reporting.app, cls=Group, name="report")
reporting.register_verify(app)
app.add_typer(strategy.app, cls=Group, name="strategies")
app.add_typer(templates.app, cls=Group, name="templates")
app.add_typer(upkeep.projections, cls=Group, name="projections")

# Each registers its commands on the app of its subject when it is imported.
__all__ = [
    "access_refused",
    "agreements",
    "app",
    "audit_states",
    "audit_then",
    "case_acting",
    "case_agreements",
    "case_approvals",
    "case_limitation_acting",
    "case_money",
    "case_offers",
    "case_opening",
    "evidence",
    "limitation",
    "payment_links",
    "payments_queue",
    "person_approvals",
    "person_erasure",
    "person_facts",
    "person_waiting",
    "process_export",
    "statement",
]
