"""Reads and writes objects of a bucket over S3's protocol, and says what to do where a store refuses."""

import base64
import hashlib
import re
import time
import weakref
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import httpx2

from application.sealing import CopyUnavailable
from domain.decider import Rejected
from infra.aws_signature import Request, signed
from infra.transparency.bucket_address import BucketAddress

TIMEOUT: Final = httpx2.Timeout(connect=5.0, write=10.0, read=20.0, pool=20.0)
TRIES: Final = 4
PAUSE_SECONDS: Final = 0.2  # before the second try; twice that before the third
_EXISTS: Final = frozenset((HTTPStatus.PRECONDITION_FAILED, HTTPStatus.NOT_MODIFIED))  # some say it so, some so
_TRY_AGAIN: Final = frozenset(
    ("SlowDown", "RequestTimeout", "ConditionalRequestConflict", "OperationAborted", "HTTP_409", "HTTP_429")
)
_GONE: Final = frozenset(("NoSuchKey", "HTTP_404"))
_CODE: Final = re.compile(rb"<Code>([A-Za-z0-9.]{1,64})</Code>")
_ADVICE: Final[Mapping[str, str]] = {
    "AccessDenied": "allow s3:PutObject, s3:GetObject and s3:ListBucket there (without the last, what is not there is"
    " denied too)",
    "AuthorizationHeaderMalformed": "name the bucket's own region: ?region=",
    "ExpiredToken": "get new credentials",
    "HTTP_403": "allow s3:PutObject, s3:GetObject and s3:ListBucket there",
    "InvalidAccessKeyId": "correct the credentials: nobody has this access key",
    "InvalidToken": "get new credentials",
    "NoSuchBucket": "make the bucket, or correct ESCALERA_PUBLIC_LOG_FOLDER",
    "NotImplemented": "use a store that knows If-None-Match on writes",
    "PermanentRedirect": "name the bucket's own region: ?region=",
    "RequestTimeTooSkewed": "set this machine's clock",
    "SignatureDoesNotMatch": "correct the credentials: the secret key is another one",
    "TemporaryRedirect": "try again in some hours: a new bucket is not known everywhere at once",
}


class ObjectStore:
    """One bucket, over kept connections that are closed when nobody has it any more. Blocking; for any thread."""

    def __init__(
        self,
        address: BucketAddress,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._address = address
        self._now = now
        self._pause = pause
        self._client = httpx2.Client(timeout=TIMEOUT, follow_redirects=False)
        weakref.finalize(self, self._client.close)

    def __str__(self) -> str:
        return str(self._address)

    def read(self, name: str) -> bytes | None:
        """Return an object; None if there is none. Raise `CopyUnavailable`, or `Rejected` PUBLIC_COPY_REFUSED."""
        answer = self._ask("GET", name, b"", {})
        if answer.status_code == HTTPStatus.NOT_FOUND and _code(answer) in _GONE:
            return None
        self._require_done(answer)
        return answer.content

    def write(self, name: str, content: bytes, headers: Mapping[str, str]) -> bool:
        """Put an object; whether that was done, or the condition in the headers kept it from being. Raise as above."""
        # The digest is what a bucket with a retention lock insists on.
        digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        answer = self._ask("PUT", name, content, {**headers, "Content-MD5": digest})
        if answer.status_code in _EXISTS:
            return False
        self._require_done(answer)
        return True

    def refused(self, code: str, advice: str = "") -> Rejected:
        """Return the refusal to go on, with what to do about it."""
        advice = advice or _ADVICE.get(code, "look the code up in what your store documents")
        return Rejected("PUBLIC_COPY_REFUSED", f"{self} answers {code}: {advice}", accepted="a bucket to publish in")

    def _require_done(self, answer: httpx2.Response) -> None:
        if not answer.is_success:
            raise self.refused(_code(answer))

    def _ask(self, method: str, name: str, body: bytes, headers: Mapping[str, str]) -> httpx2.Response:
        """Return the answer; try again where that may help."""
        why = ""
        for tries in range(TRIES):
            if tries:
                self._pause(PAUSE_SECONDS * 2 ** (tries - 1))
            try:
                answer = self._once(method, name, body, headers)
            except (httpx2.HTTPError, OSError) as failure:
                why = type(failure).__name__
                continue
            why = _code(answer)
            if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and why not in _TRY_AGAIN:
                return answer
        raise CopyUnavailable(f"{self} does not answer: {why}")

    def _once(self, method: str, name: str, body: bytes, headers: Mapping[str, str]) -> httpx2.Response:
        credentials = self._address.credentials()
        if credentials is None:
            raise self.refused("no credentials", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY again")
        path = f"{self._address.path}{quote(name, safe='/-_.~')}"
        hashed = {"Host": self._address.host, "X-Amz-Content-SHA256": hashlib.sha256(body).hexdigest()}
        request = Request(method=method, path=path, query="", headers={**headers, **hashed}, body=body)
        told = signed(request, credentials, region=self._address.region, service="s3", at=self._now())
        return self._client.request(method, f"{self._address.base}{path}", content=body, headers=dict(told))


def _code(answer: httpx2.Response) -> str:
    """Return the error's name; what the store says beside it is not repeated."""
    found = _CODE.search(answer.content)
    return found.group(1).decode() if found and not answer.is_success else f"HTTP_{answer.status_code}"
