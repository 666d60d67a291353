"""The keys of a token's issuer: found by OpenID Connect Discovery, kept, and fetched again when they change."""

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httpx2
import structlog
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key

from application.access import IssuerUnavailable, Unauthenticated
from infra.access.entries import IssuerEntry

DISCOVERY: Final = "/.well-known/openid-configuration"
TIMEOUT = httpx2.Timeout(5.0)
BYTES_MAX: Final = 256 * 1024
KEYS_MAX: Final = 64
RSA_BITS_MIN: Final = 2048
FRESH_SECONDS: Final = 600.0  # then they are fetched again
STALE_SECONDS: Final = 3_600.0  # so long they are good while the issuer does not answer
APART_SECONDS: Final = 30.0  # between two fetches, whatever unknown keys callers name
RETRY_SECONDS: Final = 2.0  # the same, while there are no keys at all

log = structlog.get_logger("escalera.access")


class IssuerKeys:
    """The keys of one issuer, for one event loop. `generation` grows when they change: what was good may not be."""

    def __init__(self, entry: IssuerEntry, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.generation = 0
        self._entry = entry
        self._monotonic = monotonic
        self._keys: dict[tuple[str, str], Key] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._lock = asyncio.Lock()

    async def find(self, kid: str, algorithm: str) -> Key:
        """Return the key of a token's header; raise `Unauthenticated` TOKEN_KEY, or `IssuerUnavailable`."""
        await self.refresh()
        found = self._find(kid, algorithm)
        if found is None:  # rotated, perhaps
            await self.refresh(wanted=(kid, algorithm))
            found = self._find(kid, algorithm)
        if found is None:
            raise Unauthenticated("TOKEN_KEY")
        return found

    async def refresh(self, wanted: tuple[str, str] | None = None) -> None:
        """Fetch the keys where they are not fresh, or `wanted` is not among them; not more often than may be."""
        if not self._due(wanted):
            return
        if self._lock.locked() and self._usable() and wanted is None:
            return  # somebody is at it, and these will do meanwhile
        async with self._lock:
            if not self._due(wanted):
                return
            self._tried_at = self._monotonic()
            try:
                keys = await self.fetch()
            except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
                log.warning("issuer_unavailable", issuer=self._entry.url, error=type(error).__name__)
                if self._usable():
                    return
                raise IssuerUnavailable from error
            if {name: each.thumbprint() for name, each in keys.items()} != {
                name: each.thumbprint() for name, each in self._keys.items()
            }:
                self.generation += 1
            self._keys, self._fetched_at = keys, self._monotonic()

    def _due(self, wanted: tuple[str, str] | None) -> bool:
        now, usable = self._monotonic(), self._usable()
        if now - self._tried_at < (APART_SECONDS if usable else RETRY_SECONDS):
            if not usable:
                raise IssuerUnavailable
            return False
        return now - self._fetched_at > FRESH_SECONDS or (wanted is not None and self._find(*wanted) is None)

    def _usable(self) -> bool:
        return self._monotonic() - self._fetched_at <= STALE_SECONDS

    def _find(self, kid: str, algorithm: str) -> Key | None:
        if kid:
            return self._keys.get((kid, algorithm))
        able = [key for (_, each), key in self._keys.items() if each == algorithm]
        return able[0] if len(able) == 1 else None

    async def fetch(self) -> dict[tuple[str, str], Key]:
        """Ask for the keys now and keep nothing; raise httpx2's errors, OSError, or ValueError for what are none."""
        entry = self._entry
        verify = ssl.create_default_context(cafile=entry.ca_file) if entry.ca_file else True
        async with httpx2.AsyncClient(
            timeout=TIMEOUT, follow_redirects=False, verify=verify, trust_env=not entry.is_local
        ) as client:
            told = await _json(client, entry.url.rstrip("/") + DISCOVERY)
            if told.get("issuer") != entry.url:
                raise ValueError("the issuer calls itself something else")
            place = told.get("jwks_uri")
            if not isinstance(place, str) or not (urlsplit(place).scheme == "https" or entry.is_local):
                raise ValueError("the issuer's keys are not reached over https")
            return keys_of(await _json(client, place))


async def _json(client: httpx2.AsyncClient, url: str) -> Mapping[str, Any]:
    """Return a JSON object; raise ValueError for anything else, and for more than anybody needs."""
    content = b""
    async with client.stream("GET", url, headers={"Accept": "application/json"}) as answer:
        if answer.status_code != httpx2.codes.OK:
            raise ValueError(f"status {answer.status_code}")
        async for part in answer.aiter_bytes():
            content += part
            if len(content) > BYTES_MAX:
                raise ValueError("too long")
    told: object = json.loads(content)
    if not isinstance(told, dict):
        raise ValueError("not an object")  # noqa: TRY004 - what a stranger sends has a wrong value, not a wrong type
    return cast(dict[str, Any], told)


def keys_of(told: Mapping[str, Any]) -> dict[tuple[str, str], Key]:
    """Return the keys of a JWK set that verify tokens, by id and algorithm; others are passed over (RFC 7517, 5)."""
    listed = told.get("keys")
    if not isinstance(listed, list):
        raise ValueError("no key set")  # noqa: TRY004 - as above
    found: dict[tuple[str, str], Key] = {}
    for each in cast(list[object], listed)[:KEYS_MAX]:
        if not isinstance(each, dict) or each.get("use", "sig") != "sig":
            continue
        found |= dict(_key(cast(dict[str, Any], each)))
    return found


def _key(told: dict[str, Any]) -> list[tuple[tuple[str, str], Key]]:
    kid, said = told.get("kid", ""), told.get("alg")
    if told.get("kty") not in ("RSA", "EC", "OKP") or not isinstance(kid, str):
        return []  # a secret among public keys is nobody's
    try:
        key = import_key(told)
        algorithms = _algorithms(key)
    except (JoseError, ValueError, TypeError, KeyError):
        return []
    return [((kid, each), key) for each in algorithms if said in (None, each) or {said, each} <= _EDDSA]


_EDDSA = {"EdDSA", "Ed25519"}  # RFC 8037 and, since RFC 9864, the same by its own name


def _algorithms(key: Key) -> tuple[str, ...]:
    """Return the algorithms that a key may verify: its kind decides, never a token."""
    public = key.public_key if isinstance(key, RSAKey | ECKey | OKPKey) else None
    match public:
        case RSAPublicKey():
            return ("RS256",) if public.key_size >= RSA_BITS_MIN else ()
        case EllipticCurvePublicKey():
            return ("ES256",) if isinstance(public.curve, SECP256R1) else ()
        case Ed25519PublicKey():
            return ("EdDSA", "Ed25519")
        case _:
            return ()
