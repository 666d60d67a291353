"""Payment links of Adyen (Checkout API, version 71): made, asked about, ended.

Adyen keeps an idempotency key for seven days and answers the same request under it with the same link. So whatever went
wrong with an answer, the same request is sent again, and only under its key.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import quote, unquote, urlsplit

import httpx2

from application.adyen_words import NAME, to_adyen
from application.messages import NotSent
from application.payment_provider import (
    LinkRequest,
    ProviderLink,
    ProviderRefused,
    ProviderStands,
    ProviderUnavailable,
)
from domain.decider import Rejected
from infra.channels.http_call import HttpCall, Unanswered, json_of
from infra.settings import SettingInvalid

SCHEMES: Final = ("adyen+https", "adyen+http")
TRIES: Final = 3
PAUSE_SECONDS: Final = 0.5  # before the second try; twice that before the third
# Three tries, each as slow as this, end before a caller of ours has given up.
TIMEOUT: Final = httpx2.Timeout(connect=2.0, write=2.0, read=5.0, pool=2.0)
IN_PROGRESS: Final = "704"  # the same request is being worked on, or was a moment ago
MERCHANT: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
CODE: Final = re.compile(r"[A-Za-z0-9_]{1,12}")

# Countries in which links are offered, and the words of their language that Adyen's page knows.
COUNTRIES: Final = frozenset(
    (
        "AR",
        "BO",
        "BR",
        "CL",
        "CO",
        "CR",
        "DO",
        "EC",
        "ES",
        "GB",
        "GT",
        "HN",
        "MX",
        "NI",
        "PA",
        "PE",
        "PT",
        "PY",
        "SV",
        "US",
        "UY",
    )
)
LOCALES: Final[Mapping[str, str]] = {"es": "es-ES", "pt": "pt-BR", "en": "en-US"}
LOCALES_BY_COUNTRY: Final[Mapping[tuple[str, str], str]] = {("pt", "PT"): "pt-PT"}

_STANDS: Final[Mapping[str, ProviderStands]] = {
    "active": ProviderStands.OPEN,
    "paymentPending": ProviderStands.PENDING,
    "completed": ProviderStands.PAID,
    "paid": ProviderStands.PAID,
    "expired": ProviderStands.EXPIRED,
}

Sleep = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdyenPlace:
    """Where the API is, and as whom it is called."""

    base: str  # with the version, without a final slash
    api_key: str = field(repr=False)
    merchant: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `adyen+https://API_KEY@host/v71?merchant=ACCOUNT`; raise `SettingInvalid`, which repeats no secret."""
        place = urlsplit(url)
        query = dict(pair.partition("=")[::2] for pair in place.query.split("&") if pair)
        merchant = unquote(query.get("merchant", ""))
        if place.scheme not in SCHEMES:
            raise SettingInvalid("ESCALERA_PAYMENT_LINKS_URL must begin with adyen+https://")
        if not place.hostname or not place.username or place.password:
            raise SettingInvalid("ESCALERA_PAYMENT_LINKS_URL must be adyen+https://API_KEY@host/v71?merchant=ACCOUNT")
        if not re.search(r"/v71/?$", place.path):
            raise SettingInvalid(
                "ESCALERA_PAYMENT_LINKS_URL: the path must end in /v71, the version that is spoken here"
            )
        if not MERCHANT.fullmatch(merchant) or query.keys() != {"merchant"}:
            raise SettingInvalid("ESCALERA_PAYMENT_LINKS_URL must say merchant=ACCOUNT, and nothing more")
        host = place.netloc.rpartition("@")[2]
        base = f"{place.scheme.partition('+')[2]}://{host}{place.path.rstrip('/')}"
        return cls(base=base, api_key=unquote(place.username), merchant=merchant)


class AdyenLinks:
    """A `PaymentProvider`. For one event loop; `close` it there."""

    name = NAME

    def __init__(self, *, url: str, timeout: httpx2.Timeout = TIMEOUT, sleep: Sleep = asyncio.sleep) -> None:
        self._place = AdyenPlace.parse(url)
        self._call = HttpCall(timeout=timeout, headers={"X-API-Key": self._place.api_key})
        self._sleep = sleep

    async def create(self, request: LinkRequest) -> ProviderLink:
        """Make the link, or get it again. What Adyen cannot be asked for is `ProviderRefused` too."""
        headers = {"Idempotency-Key": request.reference}
        answer = await self._answered("POST", "/paymentLinks", json=self._body(request), headers=headers)
        said = json_of(answer)
        provider_id, url = said.get("id"), said.get("url")
        if not isinstance(provider_id, str) or not isinstance(url, str) or said.get("reference") != request.reference:
            raise ProviderUnavailable("ANSWER_UNREADABLE")
        if urlsplit(url).scheme not in ("https", urlsplit(self._place.base).scheme):
            raise ProviderUnavailable("ANSWER_UNREADABLE")
        return ProviderLink(provider_id=provider_id, url=url)

    async def ask(self, provider_id: str) -> ProviderStands:
        return _stands(await self._answered("GET", _path(provider_id)))

    async def end(self, provider_id: str) -> ProviderStands:
        """Expire the link; one that was paid or expired before stays as it is, and that is no error."""
        try:
            return _stands(await self._answered("PATCH", _path(provider_id), json={"status": "expired"}))
        except ProviderRefused:
            return await self.ask(provider_id)

    def _body(self, request: LinkRequest) -> dict[str, Any]:
        country = request.country.partition("-")[0]
        if country not in COUNTRIES:
            raise ProviderRefused("COUNTRY_UNKNOWN")
        try:
            value = to_adyen(request.amount)
        except Rejected as refusal:
            raise ProviderRefused(refusal.reason) from None
        language = request.language.partition("-")[0].lower()
        return {
            "merchantAccount": self._place.merchant,
            "reference": request.reference,
            "amount": {"currency": request.amount.currency, "value": value},
            "countryCode": country,
            "shopperLocale": LOCALES_BY_COUNTRY.get((language, country)) or LOCALES.get(language, LOCALES["es"]),
            "expiresAt": request.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            "returnUrl": request.return_to,
            "reusable": False,
        }

    async def _answered(self, method: str, path: str, **content: Any) -> httpx2.Response:
        """Return an answer that says yes; try again what may be tried again."""
        for again in range(1, TRIES):
            try:
                return await self._once(method, path, **content)
            except ProviderUnavailable:
                await self._sleep(PAUSE_SECONDS * again)
        return await self._once(method, path, **content)

    async def _once(self, method: str, path: str, **content: Any) -> httpx2.Response:
        try:
            answer = await self._call(method, self._place.base + path, **content)
        except (NotSent, Unanswered) as silence:
            raise ProviderUnavailable(str(silence)) from None
        if answer.is_success:
            return answer
        code, status = _code(answer), answer.status_code
        if answer.is_server_error or code == IN_PROGRESS or answer.headers.get("transient-error") == "true":
            raise ProviderUnavailable(code)
        # Too many; or about us, and not about the link: somebody puts the credentials right, and it is asked for again.
        if status in (
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.REQUEST_TIMEOUT,
        ):
            raise ProviderUnavailable(code)
        if "errorCode" not in json_of(answer):  # a proxy's page, perhaps
            raise ProviderUnavailable(code)
        raise ProviderRefused(code)

    async def close(self) -> None:
        """Close the connections."""
        await self._call.close()


def _path(provider_id: str) -> str:
    return f"/paymentLinks/{quote(provider_id, safe='')}"


def _stands(answer: httpx2.Response) -> ProviderStands:
    stands = _STANDS.get(str(json_of(answer).get("status")))
    if stands is None:
        raise ProviderUnavailable("ANSWER_UNREADABLE")
    return stands


def _code(answer: httpx2.Response) -> str:
    """Return Adyen's error code; never its message, which may repeat what was sent."""
    code = str(json_of(answer).get("errorCode", ""))
    return code if CODE.fullmatch(code) else f"HTTP_{answer.status_code}"
