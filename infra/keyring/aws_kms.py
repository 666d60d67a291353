"""AWS KMS, by its JSON protocol: GenerateDataKey and Decrypt, signed with Signature Version 4.

The setting: aws-kms+https://ACCESS_KEY:SECRET_KEY@kms.sa-east-1.amazonaws.com/?key=alias/escalera; a role's credentials
have &token=SESSION_TOKEN too, and another host than Amazon's names its &region=. Reserved characters in them are
percent-encoded.
"""

import base64
import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import httpx2

from infra.aws_signature import Credentials, Request, signed
from infra.keyring.kms import KmsRefused, KmsUnavailable
from infra.keyring.master import KEY_BYTES

SCHEMES: Final = ("aws-kms+https", "aws-kms+http")
LOCAL: Final = frozenset(("127.0.0.1", "localhost", "::1"))  # where a call may go unencrypted
# Bound to what is sealed: what another program had sealed by the same key does not open here.
CONTEXT: Final = {"escalera": "master key"}
TIMEOUT: Final = httpx2.Timeout(connect=5.0, write=5.0, read=10.0, pool=5.0)
TRIES: Final = 4
PAUSE_SECONDS: Final = 0.2  # before the second try; twice that before the third
_TRY_AGAIN: Final = frozenset(("ThrottlingException", "KMSInternalException", "DependencyTimeoutException"))
_REGION: Final = re.compile(r"kms(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
_CODE: Final = re.compile(r"[A-Za-z]{1,64}")
ACCEPTED: Final = "aws-kms+https://ACCESS_KEY:SECRET_KEY@kms.REGION.amazonaws.com/?key=KEY"


class AwsKms:
    """Implements `infra.keyring.kms.Kms`. Raises ValueError for a URL that it cannot use, without repeating it."""

    def __init__(
        self,
        url: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        known = _REGION.fullmatch(parts.hostname or "")
        self._key = asked.get("key", [""])[0]
        self._region = asked.get("region", [known.group(1) if known else ""])[0]
        self._credentials = Credentials(
            unquote(parts.username or ""), unquote(parts.password or ""), asked.get("token", [""])[0]
        )
        named = (self._key, self._region, self._credentials.access_key, self._credentials.secret_key)
        secure = parts.scheme == SCHEMES[0] or parts.hostname in LOCAL
        if parts.scheme not in SCHEMES or not parts.hostname or not all(named) or not secure:
            raise ValueError(ACCEPTED)
        self._host = parts.netloc.rpartition("@")[2]
        self._url = f"{parts.scheme.removeprefix('aws-kms+')}://{self._host}/"
        self._now = now
        self._pause = pause

    def data_key(self) -> tuple[bytes, bytes]:
        asked = {"KeyId": self._key, "KeySpec": "AES_256", "EncryptionContext": CONTEXT}
        said = self._ask("GenerateDataKey", asked)
        return _bytes(said, "Plaintext", KEY_BYTES), _bytes(said, "CiphertextBlob")

    def opened(self, sealed: bytes) -> bytes:
        blob = base64.b64encode(sealed).decode()
        said = self._ask("Decrypt", {"KeyId": self._key, "CiphertextBlob": blob, "EncryptionContext": CONTEXT})
        return _bytes(said, "Plaintext", KEY_BYTES)

    def _ask(self, action: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the answer; try again where that may help."""
        why = ""
        with httpx2.Client(timeout=TIMEOUT, follow_redirects=False) as client:
            for tries in range(TRIES):
                if tries:
                    self._pause(PAUSE_SECONDS * 2 ** (tries - 1))
                try:
                    answer = self._post(client, action, json.dumps(asked).encode())
                except (httpx2.HTTPError, OSError) as failure:
                    why = type(failure).__name__
                    continue
                if answer.status_code == HTTPStatus.OK:
                    return _object(answer)
                why = _code(answer)
                if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and why not in _TRY_AGAIN:
                    raise KmsRefused(why)
        raise KmsUnavailable(why)

    def _post(self, client: httpx2.Client, action: str, body: bytes) -> httpx2.Response:
        headers = {
            "Host": self._host,
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"TrentService.{action}",
        }
        request = Request(method="POST", path="/", query="", headers=headers, body=body)
        told = signed(request, self._credentials, region=self._region, service="kms", at=self._now())
        return client.post(self._url, content=body, headers=dict(told))


def _object(answer: httpx2.Response) -> dict[str, Any]:
    try:
        found = json.loads(answer.content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise KmsUnavailable("ANSWER_UNREADABLE")
    return found


def _bytes(said: dict[str, Any], field: str, length: int = 0) -> bytes:
    try:
        found = base64.b64decode(str(said.get(field, "")), validate=True)
    except ValueError:
        found = b""
    if not found or (length and len(found) != length):
        raise KmsUnavailable("ANSWER_UNREADABLE")
    return found


def _code(answer: httpx2.Response) -> str:
    """Return the error's name; what the service says beside it may repeat what was asked."""
    try:
        said = json.loads(answer.content)
        name = str(said.get("__type", "")).rpartition("#")[2] if isinstance(said, dict) else ""
    except ValueError:
        name = ""
    return name if _CODE.fullmatch(name) else f"HTTP_{answer.status_code}"
