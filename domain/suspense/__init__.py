"""Suspense: money that came in, or went back, and that no case could be found for surely. A stream for each entry.

An entry begins with `EntryReceived` and ends once: matched to a case, returned to its sender, or dismissed.
"""

from domain.suspense.decide import SUSPENSE
from domain.suspense.state import Entry, EntryState, Unheard

__all__ = ["SUSPENSE", "Entry", "EntryState", "Unheard"]
