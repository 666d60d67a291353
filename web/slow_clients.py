"""HTTP for clients that mean no good: whoever does not get to the end of a request's head in time is let go.

A body has its time in `web.doors.body_of`, and a connection between two calls its own in uvicorn; the head had none,
and neither had a body that goes on after its answer.
"""

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS_MAX: Final = 10.0
HEAD_BYTES_MAX: Final = 32 * 1024
CONNECTIONS_MAX: Final = 2_000  # beyond what is answered at once, so that who comes then is told to come again


class PatientProtocol(H11Protocol):
    """One connection."""

    head_seconds_max = HEAD_SECONDS_MAX
    connections_max = CONNECTIONS_MAX
    _taken = True
    _giving_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first call's head."""
        if len(self.connections) >= self.connections_max:
            self._taken = False
            transport.abort()
            return
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait for the rest of a head that is not whole."""
        if not self._taken or self.transport.is_closing():
            return
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the rest of a body that nobody reads any more, and for that not long either."""
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        if self._taken:
            super().connection_lost(exc)

    def _look(self) -> None:
        """Begin to wait, or wait no longer, by what is to come."""
        ours, theirs = self.conn.our_state, self.conn.their_state
        head = theirs is h11.IDLE and (bool(self.conn.trailing_data[0]) or self.cycle is None)
        if head or (ours is h11.DONE and theirs is h11.SEND_BODY):
            self._wait()
        else:
            self._stop_waiting()

    def _wait(self) -> None:
        """Give what is to come its time from its beginning on: more of it gives it no more."""
        if self._giving_up is None:
            self._giving_up = self.loop.call_later(self.head_seconds_max, self._give_up)

    def _stop_waiting(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None

    def _give_up(self) -> None:
        self.transport.abort()
