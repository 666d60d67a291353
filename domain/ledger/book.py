"""All law packs and rate tables that there are: which pack holds where and when, and which text a stamp means."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from domain.decider import Rejected
from domain.ledger.law import AllocationRule, LawFile, LawPack, RateSheet, SuitBar
from domain.ledger.rates import RateTable


class LawBook:
    """An immutable collection of law packs and rate tables.

    One version of a pack has one text: a second text raises `Rejected` RULES_INVALID, and so does a pack that names a
    rate table of which there is no sheet, or one with rows that overlap.
    """

    def __init__(self, files: Iterable[LawFile]) -> None:
        versions: dict[str, dict[int, LawPack]] = defaultdict(dict)
        sheets: dict[str, list[RateSheet]] = defaultdict(list)
        for file in files:
            for pack in file.packs:
                there = versions[pack.id].setdefault(pack.version, pack)
                if there.content_hash != pack.content_hash:
                    raise _invalid(
                        pack,
                        f"version {pack.version} stands in {there.file} too, in other words",
                        accepted="a version of its own for every text",
                    )
            for sheet in file.sheets:
                sheets[sheet.id].append(sheet)
        # the highest version first
        self._versions = {each: sorted(found.values(), key=_newest) for each, found in sorted(versions.items())}
        self._tables = {each: RateTable(found) for each, found in sorted(sheets.items())}
        self._by_stamp = {pack.stamp: pack for pack in self.packs}
        for pack in self.packs:
            for table in tables_of(pack):
                if table not in self._tables:
                    raise _invalid(pack, f"names the rate table {table}", accepted=", ".join(self._tables))

    @property
    def packs(self) -> tuple[LawPack, ...]:
        """Every pack in every version, sorted by id, the newest first."""
        return tuple(pack for found in self._versions.values() for pack in found)

    @property
    def tables(self) -> tuple[RateTable, ...]:
        """Every rate table, sorted by id."""
        return tuple(self._tables.values())

    def get(self, pack_id: str, on: date) -> LawPack:
        """Return the highest version of a pack that is in force on a day; raise `Rejected` LAW_NOT_FOUND."""
        for pack in self._versions.get(pack_id, ()):
            if pack.in_force(on):
                return pack
        raise _not_found(f"no law pack {pack_id!r} in force on {on}", self._versions)

    def of_place(self, jurisdiction: str, on: date) -> LawPack:
        """Return the pack of a place on a day: its own, else that of what contains it ("US-MA", then "US").

        Raise `Rejected` LAW_NOT_FOUND where there is none: nobody's law is taken for another's.
        """
        for within in _enclosing(jurisdiction):
            for pack in self.packs:
                if pack.jurisdiction == within and pack.in_force(on):
                    return pack
        known = sorted({pack.jurisdiction for pack in self.packs})
        raise _not_found(f"no law pack for {jurisdiction!r} in force on {on}", known)

    def suit_bar(self, jurisdiction: str, on: date) -> SuitBar | None:
        """Return what forbids a suit for a barred debt in a place on a day, there or in what contains it; None if
        nothing does: then limitation helps only who pleads it."""
        within = _enclosing(jurisdiction)
        found = (pack for pack in self.packs if pack.jurisdiction in within and pack.in_force(on))
        return next((pack.suit_bars[0] for pack in found if pack.suit_bars), None)

    def by_stamp(self, stamp: str) -> LawPack:
        """Return the pack that a stamp means, in whatever version; raise `Rejected` LAW_NOT_FOUND."""
        found = self._by_stamp.get(stamp)
        if found is None:
            raise _not_found(f"no law pack with the stamp {stamp}", self._by_stamp)
        return found

    def custom_order(self, order_id: str) -> AllocationRule:
        """Return an order of allocation that is no law, by its id ("house.money.agency"); raise LAW_NOT_FOUND."""
        orders = {each.id: each for pack in reversed(self.packs) for each in pack.allocations if each.custom}
        if order_id not in orders:
            raise _not_found(f"no order of allocation {order_id!r}", orders)
        return orders[order_id]

    def table(self, table_id: str) -> RateTable:
        """Return a rate table; raise `Rejected` LAW_NOT_FOUND."""
        found = self._tables.get(table_id)
        if found is None:
            raise _not_found(f"no rate table {table_id!r}", self._tables)
        return found


NO_LAWS = LawBook(())
"""Of no place is any law known."""


def allocation_of(pack: LawPack) -> AllocationRule:
    """Return the order that the law of a pack gives; raise `Rejected` LAW_NOT_FOUND where it knows none."""
    for rule in pack.allocations:
        if not rule.custom:
            return rule
    raise _not_found(f"{pack.id} has no order of allocation", ())


def _enclosing(jurisdiction: str) -> tuple[str, ...]:
    """Return a place and what contains it, the smallest first: "US-MA", then "US"."""
    parts = jurisdiction.split("-")
    return tuple("-".join(parts[:count]) for count in range(len(parts), 0, -1))


def tables_of(pack: LawPack) -> Iterable[str]:
    """Yield the rate tables that a pack names, one as often as it does."""
    for rule in pack.interest:
        for reference in (rule.rate, rule.cap):
            if reference is not None and reference.table:
                yield reference.table


def _newest(pack: LawPack) -> int:
    return -pack.version


def _invalid(pack: LawPack, what: str, *, accepted: str) -> Rejected:
    return Rejected("RULES_INVALID", f"{pack.file}: {pack.id} {what}", field=pack.id, accepted=accepted)


def _not_found(what: str, known: Iterable[str]) -> Rejected:
    return Rejected("LAW_NOT_FOUND", what, field="law", accepted=", ".join(known) or "a law pack")
