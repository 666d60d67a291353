"""Who sent it: the providers' ways of signing, each compared in constant time."""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha1, sha256
from typing import Final
from urllib.parse import parse_qs, urlsplit, urlunsplit

TOLERANCE: Final = timedelta(minutes=5)  # of a signed timestamp, either way: the scheme's own advice
SIGNATURES_MAX: Final = 8  # more than one while a secret is being changed
_PORTS: Final = {"http": 80, "https": 443}

Parameters = Sequence[tuple[str, str]]


def twilio_signature(token: str, url: str, parameters: Parameters = ()) -> str:
    """Return X-Twilio-Signature: Base64 of HMAC-SHA1 over the URL and the form's names and values, sorted."""
    signed = url + "".join(name + value for name, value in sorted(set(parameters)))
    return b64encode(hmac.digest(token.encode(), signed.encode(), sha1)).decode()


def twilio_signed(token: str, url: str, form: Parameters, signature: str) -> bool:
    """Say whether Twilio signed a form that it sent to `url`."""
    return _any_equal(signature, (twilio_signature(token, spelled, form) for spelled in _spellings(url)))


def twilio_signed_body(token: str, url: str, body: bytes, signature: str) -> bool:
    """Say whether Twilio signed a body that is no form: the URL then carries its digest as bodySHA256."""
    digests = parse_qs(urlsplit(url).query).get("bodySHA256", [])
    is_the_body = len(digests) == 1 and _equal(digests[0].lower(), sha256(body).hexdigest())
    return is_the_body and _any_equal(signature, (twilio_signature(token, spelled) for spelled in _spellings(url)))


def meta_signed(app_secret: str, body: bytes, signature: str) -> bool:
    """Say whether Meta signed the body: X-Hub-Signature-256 is "sha256=" and its HMAC-SHA256 in hexadecimal."""
    return _equal(signature, f"sha256={hmac.digest(app_secret.encode(), body, sha256).hex()}")


def adyen_signature(key: str, fields: Sequence[str]) -> str:
    """Return Adyen's hmacSignature: Base64 of HMAC-SHA256 over an item's signed fields, apart by colons.

    `key` is hexadecimal. The fields are pspReference, originalReference, merchantAccountCode, merchantReference, value,
    currency, eventCode and success; nothing else of an item is signed, and no instant.
    """
    return b64encode(hmac.digest(bytes.fromhex(key), ":".join(fields).encode(), sha256)).decode()


def adyen_signed(keys: Iterable[str], fields: Sequence[str], signature: str) -> bool:
    """Say whether Adyen signed an item, under any of our keys: there are two while one is being replaced."""
    return _any_equal(signature, [adyen_signature(key, fields) for key in keys])


def standard_signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """Return webhook-signature after Standard Webhooks; `secret` is "whsec_" and Base64; `ValueError` if it is not."""
    try:
        key = b64decode(secret.removeprefix("whsec_"), validate=True)
    except NotBase64 as error:
        raise ValueError("the webhook secret is not Base64") from error
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return "v1," + b64encode(hmac.digest(key, signed, sha256)).decode()


def standard_signed(
    secret: str, *, message_id: str, timestamp: str, body: bytes, signatures: str, now: datetime
) -> bool:
    """Say whether one of the signatures, apart by spaces, is right and was made within `TOLERANCE` of now."""
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12 and message_id):
        return False
    expected = standard_signature(secret, message_id, timestamp, body)
    fresh = abs(now.timestamp() - int(timestamp)) <= TOLERANCE.total_seconds()
    return fresh and any(_equal(one, expected) for one in signatures.split(" ")[:SIGNATURES_MAX])


def _spellings(url: str) -> tuple[str, ...]:
    """Return the URL as it is, and with its usual port said or left out: Twilio signs either, by account and age."""
    parts = urlsplit(url)
    usual = _PORTS.get(parts.scheme)
    host = parts.hostname or ""
    if parts.port is None and usual is not None:
        return url, urlunsplit(parts._replace(netloc=f"{host}:{usual}"))
    return url, urlunsplit(parts._replace(netloc=host))


def _any_equal(given: str, expected: Iterable[str]) -> bool:
    return any(_equal(given, one) for one in expected)


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
