"""Bank entries as the log says, for the desk that forgets people."""

from application.ports import EventStore
from application.queue_ports import EntryFilter, EntryRow
from application.read_ports import Page
from projections.queued_entries import ended, queue_changes


class EntriesByLog:
    """Never behind: it reads the log whenever it is asked."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def wait_for(self, position: int, timeout_seconds: float) -> int:
        return position

    async def entries(self, wanted: EntryFilter, *, page_size: int = 50, page_token: str = "") -> Page[EntryRow]:
        rows, ends = queue_changes(await self._store.read_log(0, 1_000_000))
        by_end = {end.stream_id: end for end in ends}
        found = [ended(row, by_end[row.stream_id]) if row.stream_id in by_end else row for row in rows]
        return Page(rows=tuple(row for row in found if row.stands in wanted.stands and row.case_id == wanted.case_id))
