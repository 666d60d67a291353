"""Bank entries that wait behind a door that asks: for HERE alone, for THERE alone, for either, for nothing known."""

from collections.abc import AsyncIterator
from typing import Final

from domain.access import Role
from domain.suspense.identity import entry_stream
from protos.escalera import v1 as pb
from tests.api.guarded import Guarded
from tests.api.test_payment_queue import told

# What the payer wrote as one reference, and as another. No entry has a day, so that a person must look at each.
WRITTEN: Final = {"HERE": ("HERE", ""), "THERE": ("THERE", ""), "EITHER": ("HERE", "THERE"), "NOTHING": ("", "")}


def queue_id(name: str) -> str:
    """Return the id under which an entry waits."""
    return str(entry_stream("DE1", f"{list(WRITTEN).index(name):032x}"))


async def queued(asks: Guarded) -> None:
    """Have the bank tell the entries, of 40.00 EUR each. The read tables must know the cases."""

    async def batches() -> AsyncIterator[pb.ImportEntriesRequest]:
        entries = [
            told(number, structured_reference=one, document_number=other, booked_date=None, counterparty_name="Ana Paz")
            for number, (one, other) in enumerate(WRITTEN.values())
        ]
        yield pb.ImportEntriesRequest(entries=entries)

    metadata = asks.as_(Role.BACK_OFFICE, sub="keeper", portfolios=["*"])
    (answer,) = [each async for each in asks.door.payments.ImportEntries(batches(), metadata=metadata)]
    assert [each.queue_id for each in answer.outcomes] == [queue_id(each) for each in WRITTEN]
    assert [len(each.candidates) for each in answer.outcomes] == [1, 1, 2, 0]
