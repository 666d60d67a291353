"""The garbage collector, set for processes that make millions of short-lived records, none of them in cycles."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def collect_rarely() -> None:
    """Look for cycles after 50,000 new objects instead of 700, and never again among what was imported.

    Reading a page of the log makes tens of thousands of records that all live until it is folded; looking through them
    again and again doubled the time of a rebuild. Reference counts free them as before.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@contextmanager
def collected_when_told() -> Iterator[Callable[[], object]]:
    """Let the collector rest; look for the youngest cycles when told, and for what became of them at the end.

    For work that comes in batches: between two of them there is next to nothing to look through.
    """
    gc.disable()
    try:
        yield lambda: gc.collect(0)
    finally:
        gc.enable()
        gc.collect(1)
