"""Which behavior of people this is."""

from typing import Final

BEHAVIOR: Final = 2
"""Raise it when the fold of an event that may have been stored before changes what a person is after it.

It stands beside every digest of a person's state, and the recorded logs of the tests fail while it has not been raised
(docs/how-to/replay-with-old-code.md). New events, and new fields that are empty for old events, raise nothing.
"""
