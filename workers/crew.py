"""Work that several processes share: each has one piece at a time, and who is done takes the next.

Nothing is done by halves: a process that dies, whoever killed it, ends the whole work with an error, and so does a
piece that raises one. Whatever ends the work, Ctrl-C included, ends its processes at once; should this process itself
be killed, they end when they next have something to say.
"""

import pickle
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Final, TypeVar

from workers.garbage import collect_rarely

T = TypeVar("T")
R = TypeVar("R")

More = Callable[[str, int], None]
"""Hears of what more was done, and how much."""
Hand = Callable[[T, More], R]
"""Does one piece of work."""
Hired = Callable[[], AbstractContextManager[Hand[T, R]]]
"""Makes ready, once in each process, and cleans up. It is sent there, so it must be something that pickles."""

END_SECONDS: Final = 10.0  # so long may a process take to clean up when all is done


class ProcessDied(Exception):
    """A process that shared the work ended before its piece was done; what it would have found is not known."""

    def __init__(self, status: int | None) -> None:
        how = f"signal {-status}" if status is not None and status < 0 else f"status {status}"
        super().__init__(f"a process that shared the work ended with {how} before it was done")


def share(
    pieces: Iterable[T],
    hired: Hired[T, R],
    *,
    processes: int,
    take: Callable[[R], None],
    told: More = lambda _, __: None,
) -> None:
    """Do all pieces, here where one process is enough, and hand each one's outcome to `take` as it comes. Blocking.

    Raises:
        ProcessDied: a process ended before its work was done.
    """
    if processes <= 1:
        collect_rarely()
        with hired() as hand:
            for piece in pieces:
                take(hand(piece, told))
        return
    hands: list[_Hand] = []
    try:
        for _ in range(processes):
            hands.append(_start(hired))
        _share(iter(pieces), hands, take, told)
        for each in hands:
            each.pipe.send(None)
        for each in hands:
            each.process.join(END_SECONDS)
    finally:
        for each in hands:
            each.process.kill()
        for each in hands:
            each.process.join()
            each.pipe.close()


@dataclass(frozen=True, slots=True, eq=False)
class _Hand:
    process: SpawnProcess
    pipe: "Connection[Any, Any]"


@dataclass(frozen=True, slots=True)
class _Told:
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class _Done:
    outcome: Any


@dataclass(frozen=True, slots=True)
class _Failed:
    error: Exception


def _share(pieces: Iterator[T], hands: Sequence[_Hand], take: Callable[[R], None], told: More) -> None:
    busy = {each.pipe: each for each in hands if _give(each, pieces)}
    while busy:
        for pipe in wait(list(busy)):
            hand = busy[pipe]  # type: ignore[index]  # only pipes were waited for
            match _said(hand):
                case _Told(what=what, count=count):
                    told(what, count)
                case _Done(outcome=outcome):
                    take(outcome)
                    if not _give(hand, pieces):
                        del busy[hand.pipe]
                case _Failed(error=error):
                    raise error
                case other:
                    raise AssertionError(f"nobody says {other!r}")


def _give(hand: _Hand, pieces: Iterator[T]) -> bool:
    """Give a process its next piece; say whether there was one."""
    for piece in pieces:
        try:
            hand.pipe.send((piece,))
        except BrokenPipeError:
            raise _died(hand) from None
        return True
    return False


def _said(hand: _Hand) -> object:
    try:
        return hand.pipe.recv()
    except (EOFError, ConnectionError):
        raise _died(hand) from None


def _died(hand: _Hand) -> ProcessDied:
    hand.process.join(END_SECONDS)
    return ProcessDied(hand.process.exitcode)


def _start(hired: Hired[T, R]) -> _Hand:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, hired), daemon=True)
    with _uninterrupted():
        process.start()
    theirs.close()
    return _Hand(process, ours)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let processes that are started meanwhile hear no Ctrl-C: a terminal sends it to all, and one is to decide."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: "Connection[Any, Any]", hired: Hired[T, R]) -> None:
    """Be one of the processes."""
    collect_rarely()
    try:
        with hired() as hand:
            while (given := pipe.recv()) is not None:
                pipe.send(_Done(hand(given[0], lambda what, count: pipe.send(_Told(what, count)))))
    except (EOFError, BrokenPipeError):  # whoever wanted it is gone
        return
    except Exception as error:  # it is raised again where the work was asked for
        pipe.send(_Failed(_sendable(error)))


def _sendable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    except Exception:  # not every exception can be made again from its arguments
        return RuntimeError(f"{type(error).__name__} in a process that shared the work")
    return error
