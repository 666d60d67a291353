"""What became of contacts: the desk that doors report to, its address book, and the links that people click."""

from typing import TYPE_CHECKING

from application.report_desk import ReportDesk
from infra.address_book import AddressHashes, PostgresAddressBook
from infra.read_tables.tables import Pool
from infra.relay import PostgresPersonCases
from infra.settings import Settings
from infra.unsubscribe_links import SignedUnsubscribeLinks
from workers.log import root_key

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
    """Return the address book; its hashes are made under the root that every process shares."""
    return PostgresAddressBook(pool, AddressHashes(root_key(settings)))


def unsubscribe_links_of(settings: Settings) -> SignedUnsubscribeLinks:
    """Return what mints and reads unsubscribe links; it mints none where there is no public address."""
    return SignedUnsubscribeLinks(root_key(settings), settings.public_url)
