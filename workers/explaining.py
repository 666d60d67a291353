"""The desk that explains balances, on the desks of a process."""

from pathlib import Path

from application.statement_desk import StatementDesk
from infra.channels.letter_head import load_letterheads
from infra.settings import Settings
from infra.statements import StatementPages
from infra.templates.shelf import load_languages
from workers.wiring import Desks


def statement_desk_on(desks: Desks, settings: Settings) -> StatementDesk:
    """Return the desk; its documents look as the creditors' letters do."""
    letterheads = load_letterheads(Path(settings.letterheads_file) if settings.letterheads_file else None)
    return StatementDesk(
        store=desks.store,
        persons=desks.persons,
        clock=desks.clock,
        laws=desks.laws,
        particulars_of=desks.writer.particulars_of,
        printer=StatementPages(load_languages(), letterheads),
    )
