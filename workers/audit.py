"""Audits of a whole log, without a server: its seal, its histories and read tables, its contacts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from application.contact_audit import ContactAudit
from application.seal_audit import SealAudit
from application.verify_contacts import Told, verify_contacts
from domain.transparency.note import VerifierKey
from infra.holidays_calendar import calendar_for
from infra.read_tables import PostgresTables, open_pool
from infra.settings import Settings
from infra.transparency.verify import verify_seal
from projections.audit import Difference
from projections.verification import Progress, Verifier
from workers.log import open_log
from workers.public_copy import public_place
from workers.wiring import rules_of

Step = Callable[[str, int], None]
"""Hears which part is looked at (SEAL, HISTORIES, CONTACTS), and how many events of it were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAudit:
    """What an audit of everything found."""

    seal: SealAudit | None  # None: nobody gave the log's public key
    histories: Progress
    contacts: ContactAudit

    @property
    def whole(self) -> bool:
        """Whether all that was looked at is as it must be."""
        sealed = self.seal is None or self.seal.whole
        return sealed and not self.histories.differences_total and self.contacts.holds


async def audit_contacts(settings: Settings, told: Told) -> ContactAudit:
    """Read the log of a database and judge its contacts by the rule files that are here."""
    async with open_log(settings) as log:
        return await verify_contacts(log, rules_of(settings), calendar_for, told)


async def audit_seal(settings: Settings, key: VerifierKey, told: Step = lambda _, __: None) -> SealAudit:
    """Hold the log of a database against its seal, and against its public copy where one is named."""
    public = public_place(settings)
    dsn = settings.required("database_url")
    return await asyncio.to_thread(verify_seal, dsn, key, public=public, told=lambda leaves, _: told("SEAL", leaves))


async def audit_log(settings: Settings, key: VerifierKey | None, told: Step = lambda _, __: None) -> LogAudit:
    """Audit all there is: bytes, signatures and tree; every history and its read tables; every contact.

    Raises:
        TablesBehind: the read tables did not follow the log in time.
    """
    seal = None if key is None else await audit_seal(settings, key, told)
    async with (
        open_log(settings) as log,
        open_pool(settings.database_url, size=4) as pool,
    ):
        histories = await _histories(Verifier(log, PostgresTables(pool)), told)
        contacts = await verify_contacts(
            log, rules_of(settings), calendar_for, lambda events, _: told("CONTACTS", events)
        )
    return LogAudit(seal=seal, histories=histories, contacts=contacts)


async def _histories(verifier: Verifier, told: Step) -> Progress:
    """Return the verdict on all histories, with every difference that was kept."""
    differences: list[Difference] = []
    last: Progress | None = None
    async for last in verifier.verify():
        differences += last.differences
        told("HISTORIES", last.events)
    assert last is not None, "the verdict is a progress too"
    return replace(last, differences=tuple(differences))
