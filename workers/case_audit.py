"""An audit of one case, without a server: its events in the log, its history and read tables, its contacts."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from application.contact_audit import Violation
from application.log_view import view_of
from application.ports import UnreadableEvent
from application.verify_contacts import verify_contacts
from domain.case.events import CaseOpened, ContactPermitted, ObligorAdded
from domain.decider import Rejected
from domain.evidence import layout
from domain.evidence.contents_checked import accounts_booked
from domain.evidence.events_checked import events_of
from domain.evidence.finding import Verification
from domain.evidence.verify import verify_files
from domain.transparency.note import VerifierKey
from infra.event_store import PostgresEventStore
from infra.evidence.bundle import event_files, with_manifest
from infra.holidays_calendar import calendar_for
from infra.read_tables import PostgresTables, open_pool
from infra.settings import Settings
from infra.transparency.published import epoch_place
from infra.transparency.sealed_events import proven
from projections.audit import Difference
from projections.case_verification import verify_case
from workers.evidence_gathered import concerning, texts_named
from workers.fresh_seal import Sealed, last_sealed
from workers.log import open_log
from workers.public_copy import public_place
from workers.rule_book import rules_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAudit:
    """What an audit of one case found."""

    events: int  # as the log has them now
    sealed: Verification | None  # None: nobody gave the log's public key, or no head was ever signed
    not_sealed: int  # events that came after the last signed head
    differences: tuple[Difference, ...]
    permits: int
    violations: tuple[Violation, ...]

    @property
    def whole(self) -> bool:
        """Whether all that was looked at is as it must be."""
        return (self.sealed is None or self.sealed.whole) and not self.differences and not self.violations


async def audit_case(settings: Settings, key: VerifierKey | None, case_id: UUID) -> CaseAudit:
    """Audit a case: each event in the log under its last signed head, and in the public copy where one is named; its
    history replayed and its books kept again; its read tables; its contacts judged again.

    Raises:
        Rejected: CASE_NOT_FOUND, CHECKPOINT_NOT_SIGNED.
        TablesBehind: the read tables did not follow the log in time.
    """
    sealed, under = (None, 0) if key is None else await _sealed(settings, key, case_id)
    async with (
        open_log(settings) as log,
        open_pool(settings.database_url, size=4) as pool,
    ):
        differences = await verify_case(log, PostgresTables(pool), case_id)
        try:
            events = len(await log.read_stream(case_id))
            permits, violations = await _contacts(settings, log, case_id)
        except UnreadableEvent:  # it is among the differences
            events, permits, violations = under, 0, ()
    if not events and not under:
        raise Rejected("CASE_NOT_FOUND", "there is no such case", field="CASE")
    return CaseAudit(
        events=events,
        sealed=sealed,
        not_sealed=max(events - under, 0),
        differences=differences,
        permits=permits,
        violations=tuple(violations),
    )


async def _sealed(settings: Settings, key: VerifierKey, case_id: UUID) -> tuple[Verification | None, int]:
    """Return the verification of a case's events as they are stored, and how many are under the head."""
    async with last_sealed(settings, key) as sealed:
        if sealed is None:
            return None, 0
        try:
            files, count = await _files(settings, sealed, case_id)
        except Rejected as refused:
            if refused.reason != "CASE_NOT_FOUND":
                raise
            return None, 0
    place = public_place(settings)
    public = epoch_place(place, sealed.epoch).read if place is not None else None
    return await asyncio.to_thread(verify_files, files, str(sealed.key), public), count


async def _files(settings: Settings, sealed: Sealed, case_id: UUID) -> tuple[dict[str, bytes], int]:
    """Return what of a bundle can be verified, and how many events of the case are in it."""
    found = await concerning(sealed, case_id)
    files = event_files(
        await proven(sealed.log, found.case, sealed.head, sealed.note),
        await proven(sealed.log, found.about, sealed.head, sealed.note),
    )
    opening = found.case[0].fields
    case = {
        "id": str(case_id),
        "creditor_id": opening.get("creditor_id"),
        "reference": opening.get("reference"),
    }
    files |= {
        layout.CHECKPOINT: sealed.note.encode(),
        layout.KEY: f"{sealed.key}\n".encode(),
        layout.ACCOUNTS: accounts_booked(list(events_of(files))),  # the engine's own books: `verify_case`
        **{layout.rule_file(each): text for each, text in texts_named(settings, (*found.case, *found.about)).items()},
    }
    about = {"format": layout.FORMAT, "log": sealed.head.origin, "size": sealed.head.size, "personal": False}
    return with_manifest(files, {**about, "case": case, "events": len(found.case)}), len(found.case)


async def _contacts(settings: Settings, log: PostgresEventStore, case_id: UUID) -> tuple[int, Sequence[Violation]]:
    """Judge the contacts of a case again, by all that its persons' streams know; return permits and violations."""
    history = await log.read_stream(case_id)
    people: set[UUID] = set()
    permits = 0
    for recorded in history:
        match recorded.event:
            case CaseOpened(obligors=obligors):
                people |= {each.person_id for each in obligors}
            case ObligorAdded(obligor=obligor):
                people.add(obligor.person_id)
            case ContactPermitted(person_id=person_id):
                people.add(person_id)
                permits += 1
            case _:
                continue
    view = await view_of(log, [case_id, *sorted(people)])
    audit = await verify_contacts(view, rules_of(settings), calendar_for)
    return permits, [each for each in audit.violations if each.case_id == case_id]
