"""Bearer tokens: JWTs of known issuers (RFC 7519, RFC 9068; RFC 8725 on what to refuse), made into principals."""

import binascii
import json
from base64 import b32encode, urlsafe_b64decode
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Protocol, cast
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jws import JWSRegistry

from application.access import Unauthenticated
from application.ports import Clock
from domain.access import Principal, Role, Way
from infra.access.entries import ID, IssuerEntry, ordered, portfolios_of
from infra.access.oidc import IssuerKeys

ALGORITHMS: Final = ("RS256", "ES256", "EdDSA", "Ed25519")
BYTES_MAX: Final = 6 * 1024  # gRPC itself takes 8 KiB of metadata
LEEWAY: Final = timedelta(seconds=30)  # between two machines' clocks
KEPT_MAX: Final = 4_096
JTI_MAX: Final = 256
_LAST: Final = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


class UsedTokens(Protocol):
    """Remembers tokens that are good for one call."""

    async def first(self, issuer: str, jti: str, until: datetime) -> bool:
        """Return whether this is the first time; it is remembered until the token ends."""
        ...


class _Registry(JWSRegistry):
    """Our algorithms and no others. EdDSA by its old name is what issuers still say."""

    max_header_length = BYTES_MAX
    max_payload_length = BYTES_MAX

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A token that was good, by its hash; the token itself is not kept."""

    principal: Principal
    since: datetime
    generation: int
    keys: IssuerKeys


class Tokens:
    """Verifies tokens. A token seen before costs a hash, and is looked at again when its issuer's keys change."""

    def __init__(
        self,
        issuers: Sequence[IssuerEntry],
        clock: Clock,
        used: UsedTokens,
        *,
        keys_of: Callable[[IssuerEntry], IssuerKeys] = IssuerKeys,
    ) -> None:
        """`clock` is real time."""
        self._issuers = {each.url: (each, keys_of(each)) for each in issuers}
        self._clock = clock
        self._used = used
        self._registry = _Registry(strict_check_header=False)
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()

    async def principal(self, token: str) -> Principal:
        """Return whose token it is; raise `Unauthenticated` or `IssuerUnavailable`."""
        name = sha256(token.encode(errors="surrogatepass")).digest()
        kept = self._kept.get(name)
        if kept is not None:
            await kept.keys.refresh()
            if kept.generation == kept.keys.generation:
                _require_time(kept.since, kept.principal.expires_at, self._clock.now())
                self._kept.move_to_end(name)
                return kept.principal
            del self._kept[name]
        return await self._verified(name, token)

    async def _verified(self, name: bytes, token: str) -> Principal:
        header, claimed = _peeked(token)
        algorithm, kid = header.get("alg"), header.get("kid", "")
        if algorithm not in ALGORITHMS:
            raise Unauthenticated("TOKEN_ALGORITHM")
        if "crit" in header or not isinstance(kid, str):
            raise Unauthenticated("TOKEN_HEADER")
        entry, keys = self._issuer(claimed)
        if str(header.get("typ", "")).lower().removeprefix("application/") not in entry.types:
            raise Unauthenticated("TOKEN_TYPE")
        key = await keys.find(kid, algorithm)
        generation = keys.generation
        try:
            claims = jwt.decode(token, key, algorithms=[algorithm], registry=self._registry).claims
        except (JoseError, ValueError, TypeError) as error:
            raise Unauthenticated("TOKEN_SIGNATURE") from error
        since, until = self._times(claims)
        _require_time(since, until, self._clock.now())
        if claims.get("iss") != entry.url:
            raise Unauthenticated("TOKEN_ISSUER")
        if entry.audience not in _texts(claims.get("aud"), words=False):
            raise Unauthenticated("TOKEN_AUDIENCE")
        principal = principal_of(entry, claims, until)
        if entry.single_use:
            await self._require_first(entry, claims, until)
        else:
            self._kept[name] = _Kept(principal, since, generation, keys)
            if len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        return principal

    def _issuer(self, claimed: Mapping[str, Any]) -> tuple[IssuerEntry, IssuerKeys]:
        said = claimed.get("iss")
        found = self._issuers.get(said) if isinstance(said, str) else None
        if found is None:
            raise Unauthenticated("TOKEN_ISSUER")
        return found

    def _times(self, claims: Mapping[str, Any]) -> tuple[datetime, datetime]:
        """Return from when and until when a token is good, leeway included."""
        until = _instant(claims, "exp")
        if until is None:
            raise Unauthenticated("TOKEN_WITHOUT_END")
        begins = [each for each in (_instant(claims, "nbf"), _instant(claims, "iat")) if each is not None]
        return max(begins, default=datetime.min.replace(tzinfo=UTC) + LEEWAY) - LEEWAY, until + LEEWAY

    async def _require_first(self, entry: IssuerEntry, claims: Mapping[str, Any], until: datetime) -> None:
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= JTI_MAX:
            raise Unauthenticated("TOKEN_WITHOUT_ID")
        if not await self._used.first(entry.url, jti, until):
            raise Unauthenticated("TOKEN_REPLAYED")


def principal_of(entry: IssuerEntry, claims: Mapping[str, Any], until: datetime) -> Principal:
    """Read the claims as the issuer's entry says; what it calls roles that are not ours, counts for nothing."""

    def said(name: str) -> Any:
        return _claim(claims, entry.claims.get(name, ""))

    subject = said("id")
    if not isinstance(subject, str) or not subject:
        raise Unauthenticated("TOKEN_SUBJECT")
    portfolios = said("portfolios")
    return Principal(
        id=_name(entry, subject),
        roles=_roles(entry, _texts(said("roles"))),
        way=Way.BEARER,
        portfolios=entry.portfolios if portfolios is None else portfolios_of(_texts(portfolios)),
        cases=frozenset(filter(None, map(_uuid, _texts(said("cases"))))),
        person_id=_uuid(said("person")),
        partner=str(said("partner") or ""),
        acts_for=frozenset(_roles(entry, _texts(said("acts_for")))),
        expires_at=until,
    )


def _name(entry: IssuerEntry, subject: str) -> str:
    """Return the id in the log; what cannot stand there is replaced by a hash of it, the same for the same person."""
    whole = entry.prefix + subject
    if ID.fullmatch(whole):
        return whole
    return f"{entry.prefix}x-{b32encode(sha256(subject.encode()).digest()[:20]).decode().lower()}"


def _roles(entry: IssuerEntry, told: Sequence[str]) -> tuple[Role, ...]:
    ours: Mapping[str, Role] = {str(role): role for role in Role} if entry.roles is None else entry.roles
    return ordered(frozenset(ours[each] for each in told if each in ours))


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """Return a claim by its name, or by the way to it through tables; None where there is none."""
    if not path:
        return None
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = cast(dict[str, Any], found).get(part) if isinstance(found, dict) else None
    return found


def _texts(value: object, *, words: bool = True) -> list[str]:
    """Return a list of texts; a single text is one, or with `words` its words."""
    if isinstance(value, str):
        return value.split() if words else [value]
    return [each for each in cast(list[object], value) if isinstance(each, str)] if isinstance(value, list) else []


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _peeked(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return header and claims as they are written, believed by nobody yet."""
    if len(token) > BYTES_MAX:
        raise Unauthenticated("TOKEN_TOO_LARGE")
    parts = token.split(".")
    if len(parts) != 3:  # header, claims, signature
        raise Unauthenticated("TOKEN_MALFORMED")
    try:
        header, claims = (json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2])
        json.dumps([header, claims], ensure_ascii=False).encode()  # halves of characters are in no name
    except (ValueError, binascii.Error, RecursionError) as error:
        raise Unauthenticated("TOKEN_MALFORMED") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise Unauthenticated("TOKEN_MALFORMED")
    return header, claims


def _instant(claims: Mapping[str, Any], name: str) -> datetime | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LAST:
        raise Unauthenticated("TOKEN_MALFORMED")
    return datetime.fromtimestamp(value, UTC)


def _require_time(since: datetime, until: datetime | None, now: datetime) -> None:
    if until is not None and now >= until:
        raise Unauthenticated("TOKEN_EXPIRED", told="TOKEN_EXPIRED")
    if now < since:
        raise Unauthenticated("TOKEN_NOT_YET")
