"""`escalera compliance verify`: every contact in the log judged again, without a server."""

from pathlib import Path

from application.contact_audit import ContactAudit
from application.verify_contacts import Told, verify_contacts
from infra.event_store import open_store
from infra.holidays_calendar import calendar_for
from infra.settings import Settings
from workers.wiring import rules_of


async def audit_contacts(settings: Settings, told: Told) -> ContactAudit:
    """Read the log of a database and judge its contacts by the rule files that are here."""
    async with open_store(settings.required("database_url"), Path(settings.required("key_file"))) as log:
        return await verify_contacts(log, rules_of(settings), calendar_for, told)
