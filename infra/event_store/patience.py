"""Asking the database again when it did not answer."""

import itertools
import time
from collections.abc import Callable
from typing import Final, TypeVar

from eventsourcing.persistence import InterfaceError, OperationalError, PersistenceError

from application.ports import StoreUnavailable

T = TypeVar("T")

PATIENCE_S: Final = 30.0
PAUSES_S: Final = (0.01, 0.05, 0.2, 0.5)  # between tries; the last one repeats
# SQLSTATE classes that may pass: connection, operator's intervention, lack of resources, rollback, object in use.
PASSING: Final = ("08", "57", "53", "40", "55")
_FOR_GOOD: Final = ("57P04",)  # the database was dropped


class Patience:
    """How long one piece of work goes on asking. `tried_again`: a question went unanswered and may have had effect."""

    def __init__(self, seconds: float = PATIENCE_S) -> None:
        self._deadline = time.monotonic() + seconds
        self.tried_again = False

    def ask(self, question: Callable[[], T]) -> T:
        """Return the answer. Blocking.

        Raises:
            StoreUnavailable: there was none until patience ended.
            PersistenceError: the database answered with an error that asking again will not mend.
        """
        for tries in itertools.count():
            try:
                return question()
            except (OperationalError, InterfaceError) as error:
                if not may_pass(error):
                    raise
                if time.monotonic() > self._deadline:
                    raise StoreUnavailable("no answer from the database") from error
            self.tried_again = True
            time.sleep(PAUSES_S[min(tries, len(PAUSES_S) - 1)])
        raise AssertionError("counting ends")


def may_pass(error: PersistenceError) -> bool:
    """Whether trying again may help: no state means that the connection itself was lost."""
    state: str | None = getattr(error.__cause__, "sqlstate", None)
    return state is None or (state.startswith(PASSING) and state not in _FOR_GOOD)
