"""A case that has been through something, on a real log, and what is shown of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from application.contact_desk import Wanted
from domain.case.commands import AddCharge, AddNote, RecordPayment, RecordTerms, ReversePayment, Waive
from domain.case.words import Channel, Component, ContactOutcome
from domain.ledger.words import Nature
from domain.money import Money
from domain.person.identity import person_id
from infra.channels.letter_folder import name_of
from infra.event_store import PostgresEventStore, open_store
from infra.settings import Settings
from tests.house import BY, HandClock, House, asked

NAME = "Ana Ruiz"
SAID = "Promises to pay on Friday"
LETTER = b"%PDF-1.7 Dear Ana Ruiz"
DAY = date(2026, 5, 4)


@dataclass(frozen=True)
class Story:
    settings: Settings
    store: PostgresEventStore
    house: House
    clock: HandClock
    case: UUID

    @property
    def debtor(self) -> UUID:
        return person_id("acme", "p-c-1")


def settings_on(dsn: str, folder: Path) -> Settings:
    return Settings(
        database_url=dsn,
        key_file=str(folder / "master"),
        seal_key_file=str(folder / "seal"),
        public_log_folder=str(folder / "public"),
        letter_folder=str(folder / "letters"),
        log_name="escalera.example/evidence",
    )


@asynccontextmanager
async def told(dsn: str, folder: Path) -> AsyncIterator[Story]:
    """Tell the story: contacts, money that came in and went again, a waiver, a note; other cases before and after."""
    settings, clock = settings_on(dsn, folder), HandClock()
    async with open_store(dsn, Path(settings.key_file)) as store:
        house = House(store, clock)
        await house.opened("other-1")
        case = await house.opened("c-1")
        story = Story(settings, store, house, clock, case)
        await _live(story)
        await house.opened("other-2")
        yield story


async def _live(story: Story) -> None:
    def euros(minor: int) -> Money:
        return Money(minor, "EUR")

    house, case, at = story.house, story.case, story.clock
    await house.cases.handle(case, RecordTerms(terms_id="t-1", nature=Nature.COMMERCIAL, at=at.at, by=BY), asked())
    for day in (1, 3):
        at.at = datetime(2026, 3, 3 + day, 9, 0, tzinfo=UTC)
        wanted = Wanted(
            permit_id=f"{case}:by-hand:{day}", person_id=story.debtor, channel=Channel.EMAIL, template="reminder"
        )
        await house.contacts.permit(case, wanted, asked())
        await house.contacts.record_outcome(
            case,
            wanted.permit_id,
            outcome=ContactOutcome.DELIVERED,
            detail="250",
            document_hash=sha256(LETTER).hexdigest() if day == 3 else "",
            asked=asked(),
        )
        if day == 3:
            folder = Path(story.settings.letter_folder)
            folder.mkdir(mode=0o700)
            (folder / f"{name_of(wanted.permit_id)}.pdf").write_bytes(LETTER)
    at.at += timedelta(days=40)
    for command in (
        RecordPayment(payment_id="pay-1", amount=euros(10_000), at=at.at, by=BY),
        AddCharge(
            charge_id="fee-1",
            obligation_id="o-1",
            component=Component.FEES,
            amount=euros(500),
            reason="x",
            at=at.at,
            by=BY,
        ),
        RecordPayment(payment_id="pay-2", amount=euros(2_500), at=at.at, by=BY),
        ReversePayment(payment_id="pay-1", reason="BOUNCED", at=at.at, by=BY),
        Waive(waiver_id="w-1", amount=euros(300), reason="GOODWILL", authority="s-1", at=at.at, by=BY),
        AddNote(note_id="n-1", person_id=story.debtor, text=SAID, at=at.at, by=BY),
    ):
        await house.cases.handle(case, command, asked())
