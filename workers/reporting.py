"""What became of contacts: the desk that doors report to, its address book, and the links that people click."""

from pathlib import Path
from typing import TYPE_CHECKING

from application.report_desk import ReportDesk
from infra.address_book import AddressHashes, PostgresAddressBook
from infra.keyring import master_key
from infra.read_tables.tables import Pool
from infra.relay import PostgresPersonCases
from infra.settings import Settings
from infra.unsubscribe_links import SignedUnsubscribeLinks

if TYPE_CHECKING:
    from workers.wiring import Desks  # which needs the links from here


def report_desk_on(desks: "Desks", pool: Pool, settings: Settings) -> ReportDesk:
    """Return the desk that records reports and messages, over a pool that whoever made it closes."""
    return ReportDesk(
        cases=desks.cases,
        persons=desks.persons,
        contacts=desks.contacts,
        store=desks.store,
        book=address_book_on(pool, settings),
        person_cases=PostgresPersonCases(pool),
        clock=desks.clock,
    )


def address_book_on(pool: Pool, settings: Settings) -> PostgresAddressBook:
    """Return the address book; its hashes are made under the master key, so every process must have the same one."""
    return PostgresAddressBook(pool, AddressHashes(_master(settings)))


def unsubscribe_links_of(settings: Settings) -> SignedUnsubscribeLinks:
    """Return what mints and reads unsubscribe links; it mints none where there is no public address."""
    return SignedUnsubscribeLinks(_master(settings), settings.public_url)


def _master(settings: Settings) -> bytes:
    return master_key(Path(settings.required("key_file")))
