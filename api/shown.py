"""What a client shows: a token, a certificate, and whom it trusts itself. Channels of both kinds, blocking and not."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import grpc

from api.listening import is_local

Metadata = Sequence[tuple[str, str | bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """token: a bearer token; authority, certificate and key: files in PEM. Empty: none."""

    token: str = ""
    authority: str = ""
    certificate: str = ""
    key: str = ""

    @property
    def anything(self) -> bool:
        """Whether the server is told who calls by proof, and not by a name alone."""
        return bool(self.token or self.certificate)

    def is_encrypted(self, address: str) -> bool:
        """Return whether TLS is spoken: wherever it is asked for, and with a token beyond this machine in any case."""
        return bool(self.authority or self.certificate) or (bool(self.token) and not is_local(address))

    def channel(self, address: str, options: Sequence[tuple[str, int]]) -> grpc.Channel:
        """Return a blocking channel; raise `OSError` where a file cannot be read."""
        if self.is_encrypted(address):
            channel = grpc.secure_channel(address, self._credentials(), options=options)
        else:
            channel = grpc.insecure_channel(address, options=options)
        return grpc.intercept_channel(channel, _Shows(self.token)) if self.token else channel

    def async_channel(self, address: str, options: Sequence[tuple[str, int]]) -> grpc.aio.Channel:
        """Return the same for asyncio."""
        with_token: list[Any] = _shows_async(self.token) if self.token else []
        if self.is_encrypted(address):
            return grpc.aio.secure_channel(address, self._credentials(), options=options, interceptors=with_token)
        return grpc.aio.insecure_channel(address, options=options, interceptors=with_token)

    def _credentials(self) -> grpc.ChannelCredentials:
        authority, key, certificate = (
            Path(each).read_bytes() if each else None for each in (self.authority, self.key, self.certificate)
        )
        return grpc.ssl_channel_credentials(authority, key, certificate)


class _Details(NamedTuple):
    """A call's details with a token among its metadata."""

    method: str
    timeout: float | None
    metadata: Metadata | None
    credentials: Any
    wait_for_ready: bool | None
    compression: Any = None


def _with(token: str, details: Any) -> _Details:
    metadata = (*(details.metadata or ()), ("authorization", f"Bearer {token}"))
    return _Details(
        details.method,
        details.timeout,
        metadata,
        details.credentials,
        details.wait_for_ready,
        getattr(details, "compression", None),
    )


class _Shows(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor, grpc.StreamStreamClientInterceptor):
    """Puts a token on every call."""

    def __init__(self, token: str) -> None:
        self._token = token

    def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return continuation(_with(self._token, client_call_details), request)

    def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return continuation(_with(self._token, client_call_details), request)

    def intercept_stream_stream(self, continuation: Any, client_call_details: Any, request_iterator: Any) -> Any:
        return continuation(_with(self._token, client_call_details), request_iterator)


def _shows_async(token: str) -> list[Any]:
    """Return interceptors for each kind of call: asyncio's channels take one for each."""

    class Once(grpc.aio.UnaryUnaryClientInterceptor):
        async def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
            return await continuation(_aio(token, client_call_details), request)

    class Many(grpc.aio.UnaryStreamClientInterceptor):
        async def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
            return await continuation(_aio(token, client_call_details), request)

    class Both(grpc.aio.StreamStreamClientInterceptor):
        async def intercept_stream_stream(
            self, continuation: Any, client_call_details: Any, request_iterator: Any
        ) -> Any:
            return await continuation(_aio(token, client_call_details), request_iterator)

    return [Once(), Many(), Both()]


def _aio(token: str, details: Any) -> Any:
    metadata = grpc.aio.Metadata(*(details.metadata or ()))
    metadata.add("authorization", f"Bearer {token}")
    return grpc.aio.ClientCallDetails(
        details.method, details.timeout, metadata, details.credentials, details.wait_for_ready
    )
