"""Declares a restore, tells what it lost, and lets contacts be made again once that is reconciled."""

import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from application.lost_contacts import LostContacts
from application.reconciled import How, Reconciled, SentList
from application.reconciling import Reconciling
from application.recovery import DeclaredRestore, Life, without_number
from application.restoring import Restoring
from domain.case.words import Channel
from domain.decider import Rejected
from domain.transparency.leaf import Named
from domain.transparency.restored import require_reason
from infra.clock import clock_from
from infra.mail_sink import read_mail
from infra.read_tables import open_pool
from infra.recovery import PostgresRecovery
from infra.settings import Settings
from infra.transparency.key_file import KeyFile
from infra.transparency.published import PublishedEpochs
from infra.transparency.sealed_log import PostgresSealedLog
from workers.channels import named_as
from workers.public_copy import public_place
from workers.wiring import Desks, open_desks

__all__ = ["How", "Reconciled", "RecoveryStatus", "declare", "lost", "nothing_lost", "read_list", "reconcile", "status"]

PERMIT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[^:]*:[A-Z]+(:[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryStatus:
    """Where a database stands: which life it lives, what was declared, whether contacts may be made."""

    life: Life
    cleared: bool
    restores: tuple[DeclaredRestore, ...]
    ahead: int  # leaves that were published and are not in the log; more than none: a restore that nobody declared


async def declare(settings: Settings, *, reason: str, by: str, lost_until: datetime | None) -> DeclaredRestore:
    """Declare that the database was restored from a backup; from now on contacts wait until it is reconciled."""
    async with _opened(settings) as (restoring, _):
        return await restoring.declare(reason=reason, by=by, lost_until=lost_until)


async def status(settings: Settings) -> RecoveryStatus:
    """Return where the database stands."""
    async with _opened(settings) as (restoring, recovery):
        return RecoveryStatus(
            life=await recovery.life(),
            cleared=(await recovery.standing()).cleared,
            restores=tuple(await recovery.restores()),
            ahead=await restoring.ahead(),
        )


async def lost(settings: Settings, number: int = 0) -> tuple[DeclaredRestore | None, Sequence[Named]]:
    """Return a declared restore (0: the last one; None: there is none), and what was published of what it lost."""
    async with _opened(settings) as (restoring, recovery):
        found = [each for each in await recovery.restores() if number in (0, each.number)]
        if not found:
            return None, ()
        return found[-1], [named async for named in restoring.lost(found[-1])]


async def reconcile(
    settings: Settings, *, lists: Mapping[Channel, Path], assume: Collection[Channel], by: str
) -> Reconciled:
    """Settle what was sent in what the last declared restore lost, and let contacts be made again.

    lists: files with a permit id, or a name of the provider's, a line, and its instant (ISO 8601) behind a blank where
    it is known. What our own mail sink was sent is such a list.
    """
    _, events = await lost(settings)
    sent = {channel: read_list(file) for channel, file in lists.items()}
    if settings.mail_folder and Channel.EMAIL not in sent and Channel.EMAIL not in assume:
        sent[Channel.EMAIL] = _sink(settings)
    async with open_desks(settings) as desks, _opened(settings) as (_, recovery):
        return await _reconciling(desks, settings, recovery).reconcile(lists=sent, assume=assume, lost=events, by=by)


async def nothing_lost(settings: Settings, *, reason: str, by: str) -> None:
    """Let contacts be made again where nothing was lost, such as after a planned switch of servers."""
    line = require_reason(reason)
    async with open_desks(settings) as desks, _opened(settings) as (restoring, recovery):
        if ahead := await restoring.ahead():
            raise Rejected("SOMETHING_WAS_LOST", f"{ahead} published events are not in the log", accepted="declare it")
        await _reconciling(desks, settings, recovery).nothing_lost(reason=line, by=by)


def read_list(file: Path) -> SentList:
    """Read a list of what was sent; raise `Rejected` LIST_UNREADABLE, naming the line and nothing that stands there."""
    sent_at: dict[str, datetime] = {}
    names: set[str] = set()
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Rejected("LIST_UNREADABLE", f"{file.name}: {type(error).__name__}", field="sent") from None
    for number, line in enumerate(lines, start=1):
        name, _, instant = line.strip().partition(" ")
        if not name:
            continue
        name = without_number(name) if PERMIT.fullmatch(name) else name
        names.add(name)
        if instant:
            try:
                sent_at[name] = parse_utc(instant.strip())
            except ValueError:
                raise Rejected("LIST_UNREADABLE", f"{file.name}, line {number}: no instant", field="sent") from None
    return SentList(names=frozenset(names), sent_at=sent_at)


def parse_utc(text: str) -> datetime:
    """Return an instant with its offset from UTC; ValueError for any other text."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant says how far it is from UTC")
    return at.astimezone(UTC)


def _sink(settings: Settings) -> SentList:
    """Return what our mail sink was sent, in business time."""
    clock = clock_from(settings.clock)
    now, real_now = clock.now(), datetime.now(UTC)
    sent_at = {
        mail.message_id: now - (real_now - mail.recorded_at) * clock.speed
        for mail in read_mail(Path(settings.mail_folder))
    }
    return SentList(names=frozenset(sent_at), sent_at=sent_at)


def _reconciling(desks: Desks, settings: Settings, recovery: PostgresRecovery) -> Reconciling:
    return Reconciling(
        store=desks.store,
        persons=desks.persons,
        contacts=desks.contacts,
        lost_contacts=LostContacts(cases=desks.cases, ladder=desks.ladder, channels=desks.posts),
        posts=desks.posts,
        named_as=named_as(settings),
        recovery=recovery,
        clock=desks.clock,
    )


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Restoring, PostgresRecovery]]:
    key_file, place = Path(settings.required("seal_key_file")), public_place(settings)
    async with open_pool(settings.required("database_url"), size=2) as pool:
        recovery = PostgresRecovery(pool)
        yield (
            Restoring(
                name=settings.log_name,
                signer_as=lambda name: KeyFile(key_file, name=name),
                log_of=lambda epoch: PostgresSealedLog(pool, epoch=epoch),
                published=PublishedEpochs(place) if place is not None else None,
                recovery=recovery,
                clock=clock_from(settings.clock),
            ),
            recovery,
        )
