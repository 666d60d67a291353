"""Requests are signed as Amazon's own library signs them."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from infra.aws_signature import Credentials, Request, signed
from tests.counterparts.amazon import signatures
from tests.counterparts.aws_kms import CREDENTIALS

AT = datetime(2026, 11, 22, 10, 15, 30, tzinfo=UTC)
PLAIN = CREDENTIALS
LENT = Credentials("ASIDEXAMPLE", "s" * 40, "lent/token+with/all=of=them==")
S3 = "https://log-of-acme.s3.sa-east-1.amazonaws.com"
JSON = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "TrentService.Decrypt"}
KEPT = {"Content-Type": "application/octet-stream", "If-None-Match": "*", "Cache-Control": "public,  max-age=31536000"}

# What it is, method, URL in canonical form, service, headers, body, who, region, when.
REQUESTS: dict[str, tuple[str, str, str, dict[str, str], bytes, Credentials, str, datetime]] = {
    "an object is read": ("GET", f"{S3}/public/checkpoint", "s3", {}, b"", PLAIN, "sa-east-1", AT),
    "with a lent identity": ("GET", f"{S3}/public/checkpoint", "s3", {}, b"", LENT, "sa-east-1", AT),
    "an object is written": ("PUT", f"{S3}/tile/0/x001/234.p/7", "s3", KEPT, bytes(range(256)), LENT, "sa-east-1", AT),
    "an empty object": ("PUT", f"{S3}/tile/0/000", "s3", KEPT, b"", PLAIN, "sa-east-1", AT),
    "a name in other letters": (
        "GET",
        f"{S3}/{quote('públic ñandú/日本/a+b=c&d~e!(f)*', safe='/-_.~')}",
        "s3",
        {},
        b"",
        PLAIN,
        "sa-east-1",
        AT,
    ),
    "a name with percent signs": ("GET", f"{S3}/{quote('a%20b', safe='')}", "s3", {}, b"", PLAIN, "sa-east-1", AT),
    "the bucket in the path, on a port": (
        "PUT",
        "http://127.0.0.1:9000/log-of-acme/a",
        "s3",
        KEPT,
        b"x",
        PLAIN,
        "us-east-1",
        AT,
    ),
    "a question": ("GET", f"{S3}/?list-type=2&prefix=tile%2F0%2F", "s3", {}, b"", PLAIN, "sa-east-1", AT),
    "a question with an empty value": ("GET", f"{S3}/?acl=&prefix=%C3%B1", "s3", {}, b"", LENT, "sa-east-1", AT),
    "a call with a body": (
        "POST",
        "https://kms.sa-east-1.amazonaws.com/",
        "kms",
        JSON,
        '{"KeyId": "alias/ñ"}'.encode(),
        PLAIN,
        "sa-east-1",
        AT,
    ),
    "a call with a lent identity": (
        "POST",
        "https://kms.us-gov-west-1.amazonaws.com/",
        "kms",
        JSON,
        b"{}",
        LENT,
        "us-gov-west-1",
        AT,
    ),
    "another day": ("GET", f"{S3}/a", "s3", {}, b"", PLAIN, "sa-east-1", AT + timedelta(hours=14)),
}


@pytest.fixture(scope="module")
def theirs() -> dict[str, str]:
    asked: list[dict[str, Any]] = []
    for method, url, service, headers, body, who, region, at in REQUESTS.values():
        credentials = [who.access_key, who.secret_key, who.session_token or None]
        said = {"method": method, "url": url, "headers": headers, "body": body, "credentials": credentials}
        asked.append(said | {"region": region, "service": service, "at": at.isoformat()})
    return dict(zip(REQUESTS, signatures(asked), strict=True))


@pytest.mark.parametrize("what", REQUESTS)
def test_a_request_is_signed_as_theirs(what: str, theirs: dict[str, str]) -> None:
    method, url, service, headers, body, who, region, at = REQUESTS[what]
    parts = urlsplit(url)
    hashed = {"X-Amz-Content-SHA256": sha256(body).hexdigest()} if service == "s3" else {}
    request = Request(
        method=method,
        path=parts.path,
        query=parts.query,
        headers={**headers, "Host": parts.netloc, **hashed},
        body=body,
    )
    told = signed(request, who, region=region, service=service, at=at)
    assert told["Authorization"] == theirs[what]
