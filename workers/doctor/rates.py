"""Rate tables that end: those by which interest on an open case, or under a law of one's own, will be reckoned."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Final

from application.diagnosis import Finding, doubtful
from domain.ledger.book import LawBook
from domain.ledger.law import LawPack

SOON: Final = timedelta(days=30)
_UNIONS: Final = {"ES": "EU", "PT": "EU"}


def rates_that_end(
    laws: LawBook, today: date, owing: Collection[tuple[str, str]] | None, own: Collection[str] = ()
) -> Iterator[Finding]:
    """Yield tables whose last row has passed, or soon will: after it interest cannot be reckoned.

    owing: countries and currencies of open cases. None: not known, and what is shipped is told of at once. own: tables
    that the house keeps, or that its own laws name.
    """
    ends = {table.id: table.rows[-1].last for table in laws.tables if table.rows and table.rows[-1].last < today + SOON}
    needed = set(own)
    for country, currency in owing or ():
        needed |= _tables(laws, today, country, currency)
    for table in sorted(ends.keys() & needed):
        yield doubtful("RATES_END", table=table, last=ends[table])
    if owing is None and (others := sorted(ends.keys() - needed)):
        yield doubtful("RATES_END_SOMEWHERE", tables=", ".join(others))


def _tables(laws: LawBook, today: date, country: str, currency: str) -> set[str]:
    """Return the tables by which the law of a country has interest reckoned now, in a currency."""
    return {
        reference.table
        for pack in laws.packs
        if pack.in_force(today) and _holds_in(pack, country)
        for rule in pack.interest
        if rule.on(today) and rule.currency in ("", currency)
        for reference in (rule.rate, rule.cap)
        if reference is not None and reference.table
    }


def _holds_in(pack: LawPack, country: str) -> bool:
    places = (country, country[:2], _UNIONS.get(country[:2], ""))
    return bool(pack.jurisdiction) and pack.jurisdiction in places
