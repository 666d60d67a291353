"""An issuer of tokens over real HTTP on this machine: discovery document, key set, rotation, and tokens of any kind."""

import asyncio
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

AUDIENCE = "escalera"


class _Anything(JWSRegistry):
    """Signs with whatever is asked for: what must be refused must first be made."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


class Issuer:
    """Makes keys and tokens, and counts how often its keys are fetched."""

    def __init__(self, port: int, now: datetime) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.now = now
        self.fetches = 0
        self.answers = True
        self.calls_itself = self.url
        self.keys: dict[str, tuple[str, Key]] = {}
        self.add("rsa-1", "RS256")

    def add(self, kid: str, algorithm: str) -> None:
        """Publish one more key."""
        key: Key
        match algorithm:
            case "RS256":
                key = RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})
            case "ES256":
                key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})
            case _:
                key = OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"})
        self.keys[kid] = (algorithm, key)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return claims that are good; a claim that is changed to None is left out."""
        told: dict[str, Any] = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "ana",
            "exp": int((self.now + timedelta(minutes=5)).timestamp()),
            "iat": int(self.now.timestamp()),
            "roles": ["collector"],
            "portfolios": ["shops"],
        }
        return {name: value for name, value in (told | changes).items() if value is not None}

    def token(self, kid: str = "rsa-1", *, header: dict[str, Any] | None = None, **changes: Any) -> str:
        """Return a token signed with a key."""
        algorithm, key = self.keys[kid]
        head = {"alg": algorithm, "kid": kid, "typ": "at+jwt"} | (header or {})
        return self.signed(head, self.claims(**changes), key)

    @staticmethod
    def signed(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
        registry = _Anything(algorithms=[header["alg"]], strict_check_header=False)
        return jwt.encode(header, claims, key, algorithms=[header["alg"]], registry=registry)

    def signed_text(self, header: dict[str, Any], claims: str) -> str:
        """Return a token whose claims are a text that need not be what anybody would write."""
        return jws.serialize_compact(header, claims.encode(), self.keys["rsa-1"][1])

    def confused(self) -> str:
        """Return a token signed with the public key as if it were a shared secret."""
        key = self.keys["rsa-1"][1]
        assert isinstance(key, RSAKey)
        head = json.dumps({"alg": "HS256", "kid": "rsa-1", "typ": "JWT"}).encode()
        signed = b".".join(urlsafe_b64encode(each).rstrip(b"=") for each in (head, json.dumps(self.claims()).encode()))
        proof = hmac.digest(key.as_pem(private=False), signed, "sha256")  # the library itself would not
        return b".".join([signed, urlsafe_b64encode(proof).rstrip(b"=")]).decode()

    def _body(self, path: str) -> dict[str, Any] | None:
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.calls_itself, "jwks_uri": f"{self.url}/keys"}
        if path == "/keys":
            self.fetches += 1
            return {"keys": [key.as_dict(private=False) for _, key in self.keys.values()]}
        return None

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and hang up."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            found = self._body(head.split(b" ")[1].decode()) if self.answers else None
            body = json.dumps(found or {}).encode()
            status = b"200 OK" if found else b"503 Service Unavailable"
            writer.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, len(body)) + body)
            await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def issuing(now: datetime) -> AsyncIterator[Issuer]:
    """Run an issuer on a free port."""
    running: list[Issuer] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await running[0].answer(reader, writer)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    running.append(Issuer(server.sockets[0].getsockname()[1], now))
    async with server:
        yield running[0]
