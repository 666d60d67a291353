"""Lists that are read out of the log itself: it remembers what is on them, and nothing else has to.

An index of the log has what they are sorted by, and a page folds the streams on it: nobody else's.
"""

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, Generic, LiteralString, TypeVar
from uuid import UUID

from psycopg import DataError
from psycopg.sql import SQL

from application.ports import Event
from application.read_ports import Page
from infra.codec import EventCodec
from infra.read_tables.paging import not_made_here, read_token, write_token
from infra.read_tables.paging import page_size as checked_size
from infra.read_tables.tables import Pool

R = TypeVar("R")
Told = Iterable[tuple[UUID, Event]]
Key = tuple[str, ...]
BATCH: Final = 500  # keys that are looked at at once where most may not fit


@dataclass(frozen=True, slots=True, kw_only=True)
class LogList(Generic[R]):
    """One kind of list.

    places: the question for places on the list, in its order: what it is sorted by, and the stream among that. It has
            the parameters `after_0`, `after_1` ... for the key behind which it goes on, and `batch`.
    events: the question for stream, topic and state of the events that rows of the streams `%(streams)s` follow from,
            each stream's in order.
    rows:   what these come to.
    key:    what the rows are sorted by, which tells each from every other; page tokens hold it, so nothing personal.
    stream: which of the columns of a place is the stream.
    first:  a key before all others.
    """

    pool: Pool  # that whoever made it opens and closes
    codec: EventCodec
    places: LiteralString
    events: LiteralString
    rows: Callable[[Told], Iterable[R]]
    key: Callable[[R], Key]
    stream: int
    first: Key

    async def all(
        self, *, places: LiteralString | None = None, values: Mapping[str, object] | None = None
    ) -> Sequence[R]:
        """Return every row, sorted; of another question for `places` with `values`, those that it asks for."""
        async with aclosing(self._rows(places or self.places, self.first, BATCH, values or {})) as found:
            return [row async for row in found]

    async def page(
        self,
        question: object,
        *,
        page_size: int,
        page_token: str,
        fits: Callable[[R], bool] | None = None,
        places: LiteralString | None = None,
        values: Mapping[str, object] | None = None,
    ) -> Page[R]:
        """Return some of the rows that fit; a token belongs to its `question`, which says which these are.

        places: another question for them, with these `values`, which leaves most that do not fit out from the start.

        Raises:
            Rejected: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
        """
        size = checked_size(page_size)
        after = read_token(question, page_token, keys=len(self.first)) or self.first
        found: list[R] = []
        batch = size + 1 if fits is None or places else max(BATCH, size + 1)
        try:
            async with aclosing(self._rows(places or self.places, after, batch, values or {})) as rows:
                async for row in rows:
                    if fits is None or fits(row):
                        found.append(row)
                    if len(found) > size:
                        break
        except DataError as error:  # a page token with made-up keys
            raise not_made_here() from error
        token = write_token(question, self.key(found[size - 1])) if len(found) > size else ""
        return Page(rows=tuple(found[:size]), next_token=token)

    async def _rows(
        self, places: LiteralString, after: Key, batch: int, values: Mapping[str, object]
    ) -> AsyncGenerator[R]:
        """Yield the rows behind a key, in their order. A place that has moved on meanwhile is no row any more."""
        more = True
        while more:
            asked = {**values, **{f"after_{place}": each for place, each in enumerate(after)}, "batch": batch}
            async with self.pool.connection() as connection:
                keys = await (await connection.execute(SQL(places), asked)).fetchall()
                streams = list({key[self.stream] for key in keys})
                told = await (await connection.execute(SQL(self.events), {"streams": streams})).fetchall()
            made = {self.key(row): row for row in self.rows(self._told(told))}
            for key in keys:
                if (row := made.get(after := _texts(key))) is not None:
                    yield row
            more = len(keys) == batch

    def _told(self, found: Iterable[tuple[Any, ...]]) -> Iterator[tuple[UUID, Event]]:
        for stream_id, topic, state in found:
            yield stream_id, self.codec.decode(topic, bytes(state))


def _texts(key: Sequence[object]) -> Key:
    return tuple(str(each) for each in key)
