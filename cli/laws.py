"""`escalera laws list|show|check`: the law on money that is shipped, and texts of one's own; none needs a server."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.command import command
from cli.session import REFUSED, Session

if TYPE_CHECKING:
    from cli.law_text import RunsOut
    from domain.ledger.book import LawBook
    from domain.ledger.law import LawPack
    from domain.ledger.rates import RateTable

app = typer.Typer(no_args_is_help=True, help="The law on money: packs, rates, and how sure each rule is.")

Folders = Annotated[
    list[Path] | None,
    typer.Option("--laws", metavar="FOLDER", envvar="ESCALERA_LAWS_DIR", help="More packs and rates. Repeatable."),
]
On = Annotated[str, typer.Option("--on", metavar="DATE", help="The day of which rates are missed; today by default.")]


@command(app, "list")
def list_laws(session: Session, laws: Folders = None, on: On = "") -> None:
    """List the law packs and the rate tables, and the rates that run out."""
    from cli.law_text import rules_of, running_out, validity
    from cli.show import table

    book, words = _book(session, *(laws or ())), session.words
    found = running_out(book.tables, _day(on))
    if session.as_json:
        session.give({"packs": [_pack(each) for each in book.packs], "tables": [_table(each) for each in book.tables],
                      "warnings": [_warning(each) for each in found]})  # fmt: skip
        return
    packs = [
        (each.id, str(each.version), _place(session, each), validity(words, each.effective_from, each.effective_until),
         str(len(rules_of(each))), each.stamp.rpartition("@")[2])
        for each in book.packs
    ]  # fmt: skip
    session.console.print(table(words, ("pack", "version", "jurisdiction", "holds_for", "rules", "stamp"), packs))
    rates = [
        (each.id, str(each.rows[0].first), str(each.rows[-1].last), str(len(each.rows)),
         words.of("quoted", each.quoted.name))
        for each in book.tables
    ]  # fmt: skip
    session.console.print(table(words, ("rate_table", "since", "until", "rows", "quoted"), rates))
    _warn(session, found)


@command(app, "show")
def show(
    session: Session,
    pack: Annotated[str, typer.Argument(metavar="PACK", help="es.money, its place (ES), or a rate table (es.demora).")],
    laws: Folders = None,
    on: On = "",
) -> None:
    """Show the rules of a pack with their sources and how sure they are, and the rates that they name."""
    from rich.text import Text

    from cli.law_text import rules_of, running_out, says, tables_of, validity
    from cli.show import facts, table

    book, words = _book(session, *(laws or ())), session.words
    found = _named(book, pack)
    tables = tables_of(found, book) if found else [each for each in book.tables if each.id == pack]
    if not found and not tables:
        known = [*(each.id for each in book.packs), *(each.id for each in book.tables)]
        session.fail(REFUSED, reason="LAW_NOT_FOUND", detail=words("law", "unknown", name=pack),
                     field="pack", accepted=", ".join(known))  # fmt: skip
    ending = running_out(tables, _day(on))
    if session.as_json:
        told = {**_pack(found), "rules": [_rule(session, each) for each in rules_of(found)]} if found else {}
        session.give({"pack": told or None, "tables": [{**_table(each), "rows": _rows(each)} for each in tables],
                      "warnings": [_warning(each) for each in ending]})  # fmt: skip
        return
    if found:
        head = [("pack", f"{found.id} {found.version}"), ("jurisdiction", _place(session, found))]
        head += [("holds_for", validity(words, found.effective_from, found.effective_until))]
        head += [("stamp", found.stamp), ("source", found.file)]
        session.console.print(facts((words("label", key), value) for key, value in head))
        rows = [
            (
                each.id.removeprefix(f"{found.id}."),
                says(words, each),
                each.cite,
                words.of("confidence", each.confidence),
            )
            for each in rules_of(found)
        ]
        session.console.print(table(words, ("rule", "content", "source", "confidence"), rows))
    for each in tables:
        _print_rates(session, each)
    _warn(session, ending)
    if found and not rules_of(found):
        session.console.print(Text(words("law", "no_rules")))


@command(app, "check")
def check(
    session: Session,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="With packs and rates in TOML (money-law/1).")],
    on: On = "",
) -> None:
    """Check texts of one's own together with those shipped: what is wrong is told with file, line and field."""
    from cli.law_text import running_out

    shipped, book = _book(session), _book(session, folder)
    stamps = {each.stamp for each in shipped.packs}
    packs = [each for each in book.packs if each.stamp not in stamps]
    counted = {each.id: len(each.rows) for each in shipped.tables}
    grown = {each: len(each.rows) - counted.get(each.id, 0) for each in book.tables}
    tables = {each: more for each, more in grown.items() if more}
    ending = running_out(tables, _day(on))
    if session.as_json:
        added = [{**_table(each), "added": more} for each, more in tables.items()]
        session.give({"packs": [_pack(each) for each in packs], "tables": added,
                      "warnings": [_warning(each) for each in ending]})  # fmt: skip
        return
    for pack in packs:
        session.console.print(f"{pack.id} {pack.version}: {pack.file}, {pack.stamp}", soft_wrap=True, markup=False)
    for each, more in tables.items():
        told = session.words("law", "added", table=each.id, rows=more, last=each.rows[-1].last)
        session.console.print(told, soft_wrap=True, markup=False)
    if not packs and not tables:
        session.console.print(session.words("law", "nothing_added"))
    _warn(session, ending)


def _book(session: Session, *folders: Path) -> "LawBook":
    from domain.decider import Rejected
    from infra.laws import load_laws

    try:
        return load_laws(*folders)
    except Rejected as refusal:
        session.refuse(refusal)


def _day(written: str) -> date:
    from cli.parse import parse_date

    return parse_date(written) if written else datetime.now(UTC).date()


def _named(book: "LawBook", name: str) -> "LawPack | None":
    """Return the newest version of a pack, by its id or its place."""
    return next(
        (each for each in book.packs if name in (each.id, each.stamp) or each.jurisdiction == name.upper()), None
    )


def _place(session: Session, pack: "LawPack") -> str:
    return session.words("law", "nowhere") if pack.jurisdiction == "*" else pack.jurisdiction


def _print_rates(session: Session, found: "RateTable") -> None:
    from cli.law_text import gaps
    from cli.show import table
    from domain.ledger.percent import percent

    words, cites = session.words, {each.cite for each in found.rows}
    rates = [
        (str(each.first), str(each.last), f"{words.decimal(percent(each.rate))} %",
         words.of("confidence", each.confidence), each.cite)
        for each in found.rows
    ]  # fmt: skip
    rates += [(str(first), str(last), "–", words("law", "no_rate"), "") for first, last in gaps(found)]
    columns, title = ["since", "until", "a_year", "confidence", "source"], found.id
    if len(cites) == 1:  # said once, above
        columns.pop()
        title = f"{found.id}: {cites.pop()}"
    title = f"{title} ({words.of('quoted', found.quoted.name)})"
    session.console.print(table(words, columns, [row[: len(columns)] for row in sorted(rates)], title))


def _warn(session: Session, found: "list[RunsOut]") -> None:
    from rich.text import Text

    from cli.law_text import warning

    for each in found:
        style = "bold red" if each.days_left < 0 else "yellow"
        session.console.print(Text(f"! {warning(session.words, each)}", style=style))


def _pack(pack: "LawPack") -> dict[str, Any]:
    from cli.law_text import rules_of

    return {
        "id": pack.id,
        "version": pack.version,
        "jurisdiction": pack.jurisdiction,
        "effective_from": _iso(pack.effective_from),
        "effective_until": _iso(pack.effective_until),
        "rounding": pack.rounding,
        "stamp": pack.stamp,
        "file": pack.file,
        "rules": len(rules_of(pack)),
    }


def _rule(session: Session, rule: Any) -> dict[str, str]:
    from cli.law_text import says

    return {"id": rule.id, "says": says(session.words, rule), "cite": rule.cite, "confidence": rule.confidence}


def _table(found: "RateTable") -> dict[str, Any]:
    first, last = _iso(found.rows[0].first), _iso(found.rows[-1].last)
    return {"id": found.id, "quoted": found.quoted, "first": first, "last": last, "rows": len(found.rows)}


def _rows(found: "RateTable") -> list[dict[str, Any]]:
    from domain.ledger.percent import percent

    return [
        {"first": _iso(each.first), "last": _iso(each.last), "percent": percent(each.rate), "cite": each.cite,
         "confidence": each.confidence, "stamp": each.stamp}
        for each in found.rows
    ]  # fmt: skip


def _warning(found: "RunsOut") -> dict[str, Any]:
    return {"table": found.table, "last": _iso(found.last), "days_left": found.days_left}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
