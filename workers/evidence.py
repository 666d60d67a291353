"""Evidence about one case, without a server: bundles and proofs, from the database, its keys and the rule files."""

import asyncio
from dataclasses import replace
from datetime import date
from uuid import UUID

from application.evidence import Amounts, Evidence, Teller
from domain.decider import Rejected
from domain.transparency.proof import Proof
from infra.evidence.bundle import bundle
from infra.settings import Settings
from infra.transparency.sealed_events import SealedEvent, proofs_of, sealed_events
from workers.evidence_gathered import gathered
from workers.fresh_seal import freshly_sealed


async def evidence_of(settings: Settings, case_id: UUID, *, personal: bool = False, on: date | None = None) -> Evidence:
    """Return what there is to show of a case; raise `Rejected` CASE_NOT_FOUND.

    personal: with personal fields opened, letters, and the name on the statement. on: the day of the balance.
    """
    async with freshly_sealed(settings) as sealed:
        return await gathered(settings, sealed, case_id, personal=personal, on=on)


async def bundle_of(
    settings: Settings, case_id: UUID, *, tell: Teller, write: Amounts, personal: bool = False, on: date | None = None
) -> tuple[bytes, Evidence]:
    """Return a case's bundle and what it shows; raise `Rejected` CASE_NOT_FOUND, and what a bundle raises."""
    evidence = await evidence_of(settings, case_id, personal=personal, on=on)
    return await asyncio.to_thread(bundle, evidence, tell, write), evidence


async def proof_of(settings: Settings, case_id: UUID, version: int) -> tuple[Proof, SealedEvent]:
    """Return a proof of one event of a case, with its leaf inside, and the event.

    Raise `Rejected` CASE_NOT_FOUND, EVENT_NOT_FOUND.
    """
    async with freshly_sealed(settings) as sealed:
        found = await sealed_events(sealed.pool, sealed.log, [case_id], sealed.head.size)
        if not found:
            raise Rejected("CASE_NOT_FOUND", "there is no such case", field="CASE")
        mine = [each for each in found if each.version == version]
        if not mine:
            accepted = f"1 to {len(found)}"
            raise Rejected("EVENT_NOT_FOUND", f"the case has no event {version}", field="VERSION", accepted=accepted)
        (proof,) = await proofs_of(sealed.log, mine, sealed.head, sealed.note)
    return replace(proof, extra=mine[0].leaf), mine[0]
