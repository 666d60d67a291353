"""One HTTP request to a provider, and what is certain when no answer comes.

A request whose body was never begun cannot have sent anything: that may be tried again. From its first byte on, silence
means "perhaps".
"""

import json
from collections.abc import Mapping
from typing import Any

import httpx2

from application.messages import NotSent

# Together with the wait for admission these stay below what the workflow allows for a delivery.
TIMEOUT = httpx2.Timeout(connect=5.0, write=10.0, read=20.0, pool=5.0)
BODY_BEGUN = "send_request_body.started"


class Unanswered(Exception):
    """The request went out and no answer came back. The text is a code; no personal data."""


class HttpCall:
    """Calls one provider over kept connections, made when first used. For one event loop; close it there."""

    def __init__(self, *, timeout: httpx2.Timeout = TIMEOUT, **options: Any) -> None:
        self._timeout = timeout
        self._options = options
        self._client: httpx2.AsyncClient | None = None

    async def __call__(self, method: str, url: str, **content: Any) -> httpx2.Response:
        """Return the answer, whatever its status.

        Raises:
            NotSent: nothing was written, for certain.
            Unanswered: it was written, and nothing came back.
        """
        if self._client is None:
            self._client = httpx2.AsyncClient(timeout=self._timeout, follow_redirects=False, **self._options)
        begun = False

        async def watch(event: str, _info: Mapping[str, Any]) -> None:
            nonlocal begun
            begun = begun or event.endswith(BODY_BEGUN)

        try:
            return await self._client.request(method, url, extensions={"trace": watch}, **content)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as failure:
            if begun:
                raise Unanswered(type(failure).__name__) from None
            raise NotSent(type(failure).__name__) from None

    async def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def json_of(answer: httpx2.Response) -> dict[str, Any]:
    """Return the object that an answer holds; {} where it holds none."""
    try:
        found = json.loads(answer.content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def retry_after_seconds(answer: httpx2.Response, *, default: float) -> float:
    """Return what the answer's Retry-After says, in seconds (RFC 9110, section 10.2.3), or `default`."""
    said = answer.headers.get("retry-after", "").strip()
    return float(said) if said.isdecimal() and len(said) < 7 else default
