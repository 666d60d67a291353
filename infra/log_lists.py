"""Lists that are read out of the log itself: it remembers what is on them, and nothing else has to.

For what few people are concerned by: the events are found by an index of their own, folded whole, and cut into pages.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, LiteralString, TypeVar
from uuid import UUID

from psycopg.sql import SQL

from application.ports import Event
from application.read_ports import Page
from infra.codec import EventCodec
from infra.read_tables.paging import page_size as checked_size
from infra.read_tables.paging import read_token, write_token
from infra.read_tables.tables import Pool

R = TypeVar("R")
Told = Iterable[tuple[UUID, Event]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogList(Generic[R]):
    """One kind of list.

    events: the question for stream, topic and state of the events that it follows from, each stream's in order.
    rows:   what these come to.
    key:    what the rows are sorted by, which tells each from every other; page tokens hold it, so nothing personal.
    keys:   of how many texts a key is.
    """

    pool: Pool  # that whoever made it opens and closes
    codec: EventCodec
    events: LiteralString
    rows: Callable[[Told], Iterable[R]]
    key: Callable[[R], tuple[str, ...]]
    keys: int

    async def all(self) -> Sequence[R]:
        """Return every row, sorted."""
        async with self.pool.connection() as connection:
            found = await (await connection.execute(SQL(self.events))).fetchall()
        return sorted(self.rows(self._told(found)), key=self.key)

    async def page(
        self, question: object, *, page_size: int, page_token: str, fits: Callable[[R], bool] | None = None
    ) -> Page[R]:
        """Return some of the rows that fit; a token belongs to its `question`, which says which these are."""
        size = checked_size(page_size)
        after = read_token(question, page_token, keys=self.keys)
        left = [
            each
            for each in await self.all()
            if (fits is None or fits(each)) and (after is None or self.key(each) > after)
        ]
        token = write_token(question, self.key(left[size - 1])) if len(left) > size else ""
        return Page(rows=tuple(left[:size]), next_token=token)

    def _told(self, found: Iterable[tuple[Any, ...]]) -> Iterator[tuple[UUID, Event]]:
        for stream_id, topic, state in found:
            yield stream_id, self.codec.decode(topic, bytes(state))
