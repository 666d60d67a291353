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
from cli.command import Lang
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


@app.callback()
def language(lang: Lang = "") -> None:
    """Let the language be said before a command as well as after it; `cli.spoken` hears it wherever it stands."""


def _subject(name: str, commands: typer.Typer) -> None:
    app.add_typer(commands, name=name, cls=Group, callback=language)


upkeep.register(app)
doctor.register(app)
_subject("case", case_reading.app)
listing.register(app)
_subject("person", person.app)
_subject("contact", contact.app)
_subject("compliance", compliance.app)
_subject("audit", audit_log.app)
_subject("backup", recovery.backups)
_subject("recover", recovery.recover)
_subject("keys", keys.app)
_subject("laws", laws.app)
_subject("access", access.app)
_subject("import", importing.app)
_subject("payments", payments.app)
_subject("report", reporting.app)
reporting.register_verify(app)
_subject("strategies", strategy.app)
_subject("templates", templates.app)
_subject("projections", upkeep.projections)

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
