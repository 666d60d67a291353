"""`escalera payments import`: payments out of bank files, through gRPC. What is not clear waits on the server."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from cli.command import DryRun, command
from cli.private_file import open_private
from cli.session import LEFT, REFUSED, Session

if TYPE_CHECKING:
    from importers.payment_files.options import ReadOptions
    from importers.payments import Checked, Left, Result

app = typer.Typer(no_args_is_help=True, help="Payments from bank statements, notifications and boleto returns.")
SHOWN_MAX = 50
JSON_MAX = 1000

_FORMATS = "CAMT, MT940, CNAB240, CNAB400, SPEI or CSV: refuse the file if it is another. Found out by default."


@command(app, "import")
def import_(
    session: Session,
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="The file.")],
    creditor: Annotated[str, typer.Option("--creditor", help="Whose references they are; all creditors' if not.")] = "",
    file_format: Annotated[str, typer.Option("--format", help=_FORMATS)] = "",
    account: Annotated[str, typer.Option("--account", help="The account, where the file does not say.")] = "",
    currency: Annotated[str, typer.Option("--currency", help="The currency, where the file does not say.")] = "",
    decimal: Annotated[str, typer.Option("--decimal", help="Decimal separator of a CSV that does not show it.")] = "",
    day_first: Annotated[bool, typer.Option("--day-first", help="Dates of the CSV are 22/11/2026.")] = False,
    encoding: Annotated[str, typer.Option("--encoding", help="Of a text file that is not UTF-8.")] = "",
    unmatched: Annotated[
        Path | None,
        typer.Option("--unmatched", help="Write entries left for a person here too: JSON lines, mode 0600."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Record the payments of a bank file. Safe to repeat. Exit status 4: entries are left, or a total does not hold."""
    from importers.payment_files.options import DateOrder, ReadOptions
    from importers.payments import Importer

    dates = DateOrder.DAY_FIRST if day_first else DateOrder.ISO
    options = ReadOptions(account=account, currency=currency, decimal=decimal, dates=dates, encoding=encoding)
    checked = _checked(session, file, options, file_format.upper())
    kept: list[Left] = []
    with _lines(unmatched) as lines:

        def left(one: "Left") -> None:
            if len(kept) < JSON_MAX:
                kept.append(one)
            if lines is not None:
                lines.write(json.dumps(_for_a_person(one), ensure_ascii=False) + "\n")
                lines.flush()

        importer = Importer(doors=session.doors, creditor=creditor, validate_only=dry_run, left=left)
        importer.actor = session.imported_by(importer.actor)
        result = importer.run(file, options, checked)
    if session.as_json:
        session.give(_plain(checked, result, kept, dry_run=dry_run))
    else:
        _show(session, checked, result, kept, dry_run=dry_run, unmatched=unmatched)
    if result.left or checked.summary.controls_failed:
        raise SystemExit(LEFT)


def _checked(session: Session, file: Path, options: "ReadOptions", wanted: str) -> "Checked":
    """Read the whole file before anything is sent; end with REFUSED where it is not good."""
    from importers.payment_files.entry import FileFormat
    from importers.payment_files.refusal import PaymentFileInvalid
    from importers.payments import check

    if wanted and wanted not in set(FileFormat):
        session.fail(
            REFUSED,
            reason="FORMAT_UNKNOWN",
            detail=wanted,
            field="--format",
            accepted=", ".join(FileFormat),
            technical=True,
        )
    try:
        checked = check(file, options)
    except PaymentFileInvalid as error:
        session.fail(REFUSED, reason="FILE_INVALID", detail=str(error), technical=True)
    if wanted and checked.file_format != wanted:
        session.fail(
            REFUSED,
            reason="FORMAT_DIFFERS",
            detail=f"{file.name}: {checked.file_format}",
            field="--format",
            technical=True,
        )
    return checked


@contextmanager
def _lines(file: Path | None) -> Iterator[TextIO | None]:
    """Open the file for what is left, readable by its owner only, also where it was there before."""
    if file is None:
        yield None
        return
    with TextIOWrapper(open_private(file), encoding="utf-8") as lines:
        yield lines


def _told(one: "Left") -> dict[str, Any]:
    """What may be shown of an entry that is left: nothing that the payer wrote, no name, no account."""
    entry, outcome = one.entry, one.outcome
    day = entry.booked_on or entry.value_on
    return {
        "queue_id": outcome.queue_id or None,
        "position": entry.position,
        "date": day.isoformat() if day else None,
        "amount": {"minor": entry.amount.minor, "currency": entry.currency},
        "reversal": entry.reversal,
        "payment_id": outcome.payment_id or None,
        "why": one.why,
        "detail": outcome.detail,
        "candidates": [
            {"case": each.case_title or each.case_id, "score": each.points, "signs": list(each.signs)}
            for each in outcome.candidates
        ],
    }


def _for_a_person(one: "Left") -> dict[str, Any]:
    """All of an entry, with the payer's name, account and words."""
    entry = one.entry
    return _told(one) | {
        "file": entry.file,
        "account": entry.account,
        "statement": entry.statement_id,
        "structured_reference": entry.structured_reference,
        "document_number": entry.document_number,
        "end_to_end_id": entry.end_to_end_id,
        "transaction_reference": entry.transaction_reference,
        "remittance": entry.remittance,
        "counterparty_name": entry.counterparty_name,
        "counterparty_account": entry.counterparty_account,
        "ultimate_counterparty_name": entry.ultimate_counterparty_name,
    }


def _counts(result: "Result") -> dict[str, int]:
    return {
        "recorded": result.recorded,
        "reversed": result.reversed,
        "repeated": result.repeated,
        "passed_over": result.passed_over.total(),
        "left": result.left.total(),
    }


def _plain(checked: "Checked", result: "Result", kept: "list[Left]", *, dry_run: bool) -> dict[str, Any]:
    summary = checked.summary
    return {
        "format": checked.file_format.value,
        "validated_only": dry_run,
        **_counts(result),
        "left_by_reason": dict(result.left),
        "passed_over_by_reason": dict(result.passed_over),
        "notices": dict(summary.notices),
        "controls_checked": summary.controls_checked,
        "controls_failed": summary.controls_failed,
        "mismatches": [str(each) for each in summary.mismatches],
        "unmatched": [_told(one) for one in kept],
    }


def _show(
    session: Session,
    checked: "Checked",
    result: "Result",
    kept: "list[Left]",
    *,
    dry_run: bool,
    unmatched: Path | None,
) -> None:
    from cli.show import sum_of, table

    words, say = session.words, session.console.print
    counts = {key: words.number(value) for key, value in _counts(result).items()}
    say(words("say", "payments_would" if dry_run else "payments_imported", **counts))
    if checked.summary.mismatches:
        say(words("say", "payments_mismatch"), style="red")
        for mismatch in checked.summary.mismatches[:SHOWN_MAX]:
            say(f"  {mismatch}", markup=False, style="red")
    if not kept:
        return
    rows = [
        (
            one.entry.position,
            told["date"] or "",
            sum_of(words, told["amount"]),
            " ".join(part for part in (words.of("left", one.why), one.outcome.detail) if part),
            "\n".join(f"{each['case']} {each['score']}" for each in told["candidates"]),
        )
        for one, told in ((one, _told(one)) for one in kept[:SHOWN_MAX])
    ]
    say(table(words, ("place", "day", "amount", "why", "case"), rows))
    left = result.left.total()
    if unmatched is not None:
        say(words("say", "payments_unmatched", count=words.number(left), file=unmatched), markup=False)
    elif not dry_run:
        say(words("say", "payments_queue", count=words.number(left)))
