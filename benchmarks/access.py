"""What access adds to a call: a token seen before, and the decision, for somebody of one portfolio among a hundred.

Beside it what a token costs that is seen for the first time, with each kind of key, once the issuer's keys are there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from application.access import Presented
from domain.access import CaseSubject, may
from infra.access.certificates import Certificates
from infra.access.entries import IssuerEntry
from infra.access.identities import ShownIdentities
from infra.access.oidc import IssuerKeys, keys_of
from infra.access.rules import load_access_rules
from infra.access.tokens import Tokens
from infra.clock import SystemClock

METHOD = "/escalera.v1.CaseService/AddNote"
ISSUER = IssuerEntry(url="https://login.example.com", audience="escalera")
CALLS = 20_000
FIRST = 300
KEYS: dict[str, Callable[[], Key]] = {
    "RS256": lambda: RSAKey.generate_key(2048, {"kid": "RS256"}),
    "ES256": lambda: ECKey.generate_key("P-256", {"kid": "ES256"}),
    "Ed25519": lambda: OKPKey.generate_key("Ed25519", {"kid": "Ed25519"}),
}


class _Given(IssuerKeys):
    """Keys that are there: the network is not measured."""

    def __init__(self, entry: IssuerEntry, keys: list[Key]) -> None:
        super().__init__(entry)
        self._keys = keys_of({"keys": [each.as_dict(private=False) for each in keys]})
        self._fetched_at = self._tried_at = self._monotonic()


class _Unused:
    async def first(self, issuer: str, jti: str, until: datetime) -> bool:
        raise AssertionError(issuer, jti, until)


def measure() -> dict[str, Any]:
    """Return microseconds: `call_us` for token and decision together, the decision alone, and first sights by key."""
    return {"access": asyncio.run(_measure())}


async def _measure() -> dict[str, float]:
    rules, keys = load_access_rules(), {name: make() for name, make in KEYS.items()}
    tokens = Tokens([ISSUER], SystemClock(), _Unused(), keys_of=lambda entry: _Given(entry, list(keys.values())))
    shown = ShownIdentities(tokens, Certificates((), SystemClock()))
    case = CaseSubject(case_id=UUID(int=1), portfolio="portfolio-50")
    known = Presented(authorization=f"Bearer {_token('RS256', keys, 0)}")

    async def call() -> None:
        may(rules, await shown.identify(known), METHOD, (case,))

    principal = await shown.identify(known)

    async def decide() -> None:
        may(rules, principal, METHOD, (case,))

    found = {"call_us": await _microseconds(call, CALLS), "decision_us": await _microseconds(decide, CALLS)}
    for name in keys:
        fresh = iter([f"Bearer {_token(name, keys, number)}" for number in range(1, FIRST + 1)])

        async def first(fresh: Any = fresh) -> None:
            await shown.identify(Presented(authorization=next(fresh)))

        found[f"first_{name}_us"] = await _microseconds(first, FIRST)
    return {name: round(value, 1) for name, value in found.items()}


def _token(name: str, keys: dict[str, Key], number: int) -> str:
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER.url,
        "aud": ISSUER.audience,
        "sub": f"ana-{number}",
        "exp": int((now + timedelta(hours=1)).timestamp()),
        "roles": ["collector", "offline_access", "uma_authorization"],
        "portfolios": [f"portfolio-{each}" for each in range(100)],
    }
    return jwt.encode({"alg": name, "kid": name, "typ": "at+jwt"}, claims, keys[name], algorithms=[name])


async def _microseconds(once: Callable[[], Awaitable[None]], times: int) -> float:
    """Return the mean of the best of five rounds."""
    best = float("inf")
    for _ in range(1 if times == FIRST else 5):
        started = perf_counter()
        for _ in range(times):
            await once()
        best = min(best, (perf_counter() - started) / times * 1e6)
    return best
