"""Many small questions asked at once become one question to the database."""

import threading
from asyncio import AbstractEventLoop, Future
from collections.abc import Callable, Hashable, Mapping, Sequence
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

KEYS_MAX: Final = 500  # in one question


class Gatherer(Generic[K, V]):
    """One thread that answers look-ups by key. What arrives while it is busy is asked for together, next.

    `look_up` blocks and returns what there is by key; keys it leaves out have no value. Should it fail, each asker of
    the batch is looked up alone, so that one bad record fails only those who want it.
    """

    def __init__(self, name: str, look_up: Callable[[Sequence[K]], Mapping[K, V]], loop: AbstractEventLoop) -> None:
        self._look_up = look_up
        self._loop = loop
        self._queue: SimpleQueue[tuple[Sequence[K], Future[Mapping[K, V]]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask(self, keys: Sequence[K]) -> "Future[Mapping[K, V]]":
        """Return a future of at least these keys' values (of other askers' too)."""
        future: Future[Mapping[K, V]] = self._loop.create_future()
        self._queue.put((keys, future))
        return future

    def close(self) -> None:
        """Answer what was asked, then end the thread. Blocking."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first]
            wanted = len(first[0])
            open_ = True
            while wanted < KEYS_MAX:
                try:
                    following = self._queue.get_nowait()
                except Empty:
                    break
                if following is None:
                    open_ = False
                    break
                batch.append(following)
                wanted += len(following[0])
            answers = self._answer(batch)
            self._loop.call_soon_threadsafe(_deliver, answers)
            if not open_:
                return

    def _answer(
        self, batch: list[tuple[Sequence[K], "Future[Mapping[K, V]]"]]
    ) -> "list[tuple[Future[Mapping[K, V]], Mapping[K, V] | Exception]]":
        try:
            found = self._look_up(list(dict.fromkeys(key for keys, _ in batch for key in keys)))
        except Exception as error:
            if len(batch) == 1:
                return [(batch[0][1], error)]
            return [answer for one in batch for answer in self._answer([one])]
        return [(future, found) for _, future in batch]


def _deliver(answers: "Sequence[tuple[Future[Mapping[K, V]], Mapping[K, V] | Exception]]") -> None:
    for future, answer in answers:
        if future.done():
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
