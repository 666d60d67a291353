"""Links that end a channel with one click, for whoever holds the message."""

from typing import Protocol


class UnsubscribeLinks(Protocol):
    """Mints links that name a permit and nothing personal, and reads them back."""

    def link(self, permit_id: str) -> str:
        """Return the address to put into the permit's message; "" where we have no public address."""
        ...

    def permit_of(self, token: str) -> str | None:
        """Return the permit that a link was minted for; None if it is none of ours."""
        ...
