"""SMS over the Messages API of Twilio, or of a provider that speaks the same.

The API has no idempotency key: an answer that never comes, or a 5xx, is UNKNOWN, and the message is not sent again.
What became of it arrives as a status callback, whose address names the permit, or is asked for.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import quote, unquote, urlsplit

import httpx2

from application.messages import Message, NotSent, Sent
from application.ports import Clock
from application.provider_words import (
    PERMIT_PARAMETER,
    TWILIO_LATER,
    TWILIO_OURS,
    TWILIO_STATUS_PATH,
    twilio_outcome,
)
from domain.case.words import ContactOutcome
from infra.channels.http_call import TIMEOUT, HttpCall, Unanswered, json_of, retry_after_seconds
from infra.settings import SettingInvalid

SCHEMES: Final = ("twilio+https", "twilio+http")
E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
ACCOUNT: Final = re.compile(r"AC[0-9a-fA-F]{32}")
SERVICE: Final = re.compile(r"MG[0-9a-fA-F]{32}")
# Twilio would keep a message for ten hours; what is late must not arrive at night.
VALIDITY_SECONDS: Final = 600
PAUSE_SECONDS: Final = 1.0  # after "too many", where nobody says how long
NEVER_SENT: Final = frozenset({"failed", "canceled"})  # as the answer to a request: it stopped at once

# To recognize a message: when it was made, against when the attempt was.
EARLIER_MAX: Final = timedelta(minutes=1)
LATER_MAX: Final = timedelta(hours=24)  # a permit is good for a day at most
LISTED_AFTER_SECONDS: Final = 120
PAGE_SIZE: Final = 1_000
PAGES_MAX: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioPlace:
    """Where to send and as whom."""

    base: str  # address of the API, without a final slash
    account: str
    user: str  # the account, or an API key of it
    secret: str
    sender: str  # E.164, short code or name; "" where a service chooses
    service: str  # messaging service, or ""
    listed_after: timedelta  # before, a list without a message proves nothing

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `twilio+https://SID:TOKEN@host[/path]?from=NUMBER`; raise `SettingInvalid`, which repeats no secret.

        `service=MG...` instead of `from`; with an API key as SID:TOKEN also `account=AC...`; `listed_after=SECONDS` for
        a gateway that lists its messages sooner, or later, than Twilio.
        """
        place = urlsplit(url)
        query = dict(pair.partition("=")[::2] for pair in place.query.split("&") if pair)
        user, secret = unquote(place.username or ""), unquote(place.password or "")
        sender, service = unquote(query.get("from", "")), unquote(query.get("service", ""))
        account = unquote(query.get("account", "")) or user
        if place.scheme not in SCHEMES:
            raise SettingInvalid("ESCALERA_SMS_URL must begin with twilio+https:// or twilio+http://")
        if not place.hostname or not secret:
            raise SettingInvalid("ESCALERA_SMS_URL must be twilio+https://SID:TOKEN@host?from=NUMBER")
        if not ACCOUNT.fullmatch(account):
            raise SettingInvalid(
                "ESCALERA_SMS_URL: the SID must be AC and 32 hexadecimal digits, or account=AC... given"
            )
        if unknown := sorted(query.keys() - {"from", "service", "account", "listed_after"}):
            raise SettingInvalid(f"ESCALERA_SMS_URL: {unknown[0]!r} is not one of from, service, account, listed_after")
        if bool(sender) == bool(service):
            raise SettingInvalid("ESCALERA_SMS_URL must say either from=NUMBER or service=MG...")
        if service and not SERVICE.fullmatch(service):
            raise SettingInvalid("ESCALERA_SMS_URL: service must be MG and 32 hexadecimal digits")
        seconds = query.get("listed_after", str(LISTED_AFTER_SECONDS))
        if not seconds.isdecimal():
            raise SettingInvalid("ESCALERA_SMS_URL: listed_after must be whole seconds")
        host = place.netloc.rpartition("@")[2]
        base = f"{place.scheme.partition('+')[2]}://{host}{place.path.rstrip('/')}"
        return cls(
            base=base,
            account=account,
            user=user,
            secret=secret,
            sender=sender,
            service=service,
            listed_after=timedelta(seconds=int(seconds)),
        )

    @property
    def messages(self) -> str:
        """Address of the Messages resource."""
        return f"{self.base}/2010-04-01/Accounts/{self.account}/Messages.json"


class TwilioPost:
    """Sends SMS. `public_url` is where Twilio can reach us; "": it is not asked to report."""

    def __init__(self, *, url: str, clock: Clock, public_url: str = "", timeout: httpx2.Timeout = TIMEOUT) -> None:
        self._place = TwilioPlace.parse(url)
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._call = HttpCall(timeout=timeout, auth=httpx2.BasicAuth(self._place.user, self._place.secret))

    async def send(self, message: Message) -> Sent:
        """Send once; raise `NotSent` when the provider was not reached, said "later", or does not know us."""
        if not E164.fullmatch(message.address):
            return Sent(outcome=ContactOutcome.REFUSED, detail="ADDRESS_INVALID")
        try:
            answer = await self._call("POST", self._place.messages, data=self._form(message))
        except Unanswered as silence:
            return Sent(outcome=ContactOutcome.UNKNOWN, detail=str(silence))
        return _said(answer)

    def _form(self, message: Message) -> dict[str, str]:
        form = {"To": message.address, "Body": message.words.body, "ValidityPeriod": str(VALIDITY_SECONDS)}
        if self._place.service:
            form["MessagingServiceSid"] = self._place.service
        else:
            form["From"] = self._place.sender
        if self._public_url:
            permit = quote(message.key, safe="")
            form["StatusCallback"] = f"{self._public_url}{TWILIO_STATUS_PATH}?{PERMIT_PARAMETER}={permit}"
        return form

    async def ask(self, key: str, *, address: str, since: datetime) -> Sent | None:
        """Return what became of the one message of ours to this number that was made about then.

        Twilio keeps neither our key nor the callback with a message, so it is known by sender, number and time. Of two
        such messages neither is taken: it stays UNKNOWN, and the status callback decides.
        """
        age = self._real_age(since)
        if age < self._place.listed_after:
            raise NotSent("TOO_EARLY", retry_after_seconds=(self._place.listed_after - age).total_seconds())
        made = [
            item
            async for item, before_now in self._listed(address)
            if self._is_ours(item) and -EARLIER_MAX <= age - before_now <= LATER_MAX
        ]
        if len(made) > 1:
            return Sent(outcome=ContactOutcome.UNKNOWN, detail="AMBIGUOUS")
        return _became(made[0]) if made else None

    async def _listed(self, address: str) -> AsyncIterator[tuple[dict[str, Any], timedelta]]:
        """Yield every message of the account to a number, with how long ago it was made by the provider's clock."""
        url = httpx2.URL(self._place.messages, params={"To": address, "PageSize": str(PAGE_SIZE)})
        for _ in range(PAGES_MAX):
            try:
                answer = await self._call("GET", str(url))
            except Unanswered as silence:
                raise NotSent(str(silence)) from None
            page = json_of(answer)
            if answer.status_code != HTTPStatus.OK or not isinstance(page.get("messages"), list):
                raise NotSent(_code(answer, page))
            now = _instant(answer.headers.get("date")) or datetime.now(UTC)
            for item in page["messages"]:
                if isinstance(item, dict) and (made_at := _instant(item.get("date_created"))):
                    yield item, now - made_at
            if not page.get("next_page_uri"):
                return
            following = url.join(page["next_page_uri"])
            if following.origin != url.origin:  # our credentials go nowhere else
                raise NotSent("PAGE_ELSEWHERE")
            url = following
        raise NotSent("TOO_MANY_MESSAGES")

    def _is_ours(self, item: Mapping[str, Any]) -> bool:
        if item.get("direction") != "outbound-api":
            return False
        if self._place.service:
            return item.get("messaging_service_sid") == self._place.service
        return item.get("from") == self._place.sender

    def _real_age(self, since: datetime) -> timedelta:
        """Return how long ago a business instant was, in the time that the provider lives in."""
        now = self._clock.now()
        real_seconds_an_hour = self._clock.wait_seconds(now + timedelta(hours=1))
        return (now - since) * (real_seconds_an_hour / 3600.0)

    async def close(self) -> None:
        """Close the connections."""
        await self._call.close()


def _said(answer: httpx2.Response) -> Sent:
    """Return what the answer to a request means; raise `NotSent` where it says that a later one may do better."""
    said = json_of(answer)
    code = _code(answer, said)
    status = answer.status_code
    if answer.is_success:
        sid = said.get("sid")
        if not isinstance(sid, str):  # a proxy's page, perhaps
            return Sent(outcome=ContactOutcome.UNKNOWN, detail="ANSWER_UNREADABLE")
        if said.get("status") in NEVER_SENT:
            return Sent(outcome=ContactOutcome.REFUSED, detail=_detail(said), provider_id=sid)
        return Sent(outcome=ContactOutcome.ACCEPTED, detail=_detail(said), provider_id=sid)
    if answer.is_server_error or status == HTTPStatus.REQUEST_TIMEOUT:
        return Sent(outcome=ContactOutcome.UNKNOWN, detail=code)
    if code in TWILIO_LATER or status == HTTPStatus.TOO_MANY_REQUESTS:
        raise NotSent(code, retry_after_seconds=retry_after_seconds(answer, default=PAUSE_SECONDS))
    if code in TWILIO_OURS or "code" not in said or status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise NotSent(code)  # about us, or no answer of the provider's at all
    return Sent(outcome=ContactOutcome.REFUSED, detail=code)


def _became(item: Mapping[str, Any]) -> Sent:
    code = str(item.get("error_code") or "")
    outcome = twilio_outcome(str(item.get("status")), code) or ContactOutcome.ACCEPTED
    return Sent(outcome=outcome, detail=_detail(item), provider_id=str(item.get("sid", "")))


def _detail(item: Mapping[str, Any]) -> str:
    """Return the message's error code, else its status."""
    return str(item.get("error_code") or item.get("status") or "")


def _code(answer: httpx2.Response, said: Mapping[str, Any]) -> str:
    code = said.get("code")
    return str(code) if isinstance(code, int) else f"HTTP_{answer.status_code}"


def _instant(text: object) -> datetime | None:
    """Read an instant as RFC 5322 writes it; None where there is none."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if isinstance(text, str) else None
    except ValueError:
        return None
