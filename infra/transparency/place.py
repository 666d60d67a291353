"""The port of a place where the log is published: files under names, in a folder or in a bucket of an object store."""

from typing import Final, Protocol

from domain.decider import Rejected

BINARY: Final = "application/octet-stream"
TEXT: Final = "text/plain; charset=utf-8"


class Place(Protocol):
    """Files by name, such as `tile/0/x001/234`. Blocking.

    Every method may raise `application.sealing.CopyUnavailable` where there is no answer, and `Rejected`
    PUBLIC_COPY_REFUSED, with what to do about it, where the answer is no. As text it says where it is, and no secret.
    """

    def within(self, name: str) -> "Place":
        """Return the place inside this one under a name."""
        ...

    def read(self, name: str, /) -> bytes | None:
        """Return a file; None if there is none."""
        ...

    def keep(self, name: str, content: bytes, kind: str = BINARY) -> None:
        """Put a file that never changes. One that is there with this content is fine.

        Raise `Rejected` PUBLIC_COPY_ALTERED where it is there with another content; it stays as it is.
        """
        ...

    def replace(self, name: str, content: bytes, kind: str = TEXT) -> None:
        """Put a file, in place of one that may be there: readers see the one or the other, whole."""
        ...


def altered(place: Place, name: str) -> Rejected:
    """Return the refusal to publish another content under a name than the one that the world has."""
    return Rejected(
        "PUBLIC_COPY_ALTERED",
        f"{name} is published in {place} with another content: what was published is not written over."
        " See what `escalera audit verify` says; a log that was restored goes on once that is declared",
        field=name,
        accepted="what was published before",
    )
