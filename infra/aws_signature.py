"""AWS Signature Version 4 over a request with a body, as AWS documents it ("Create a signed AWS API request")."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

ALGORITHM: Final = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of an IAM user or role; a role's have a session token too."""

    access_key: str
    secret_key: str
    session_token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is signed. `query` is already in canonical form; `headers` includes the host."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def signed(request: Request, credentials: Credentials, *, region: str, service: str, at: datetime) -> Mapping[str, str]:
    """Return the request's headers with those that sign it; `at` is UTC."""
    stamp, day = f"{at:%Y%m%dT%H%M%SZ}", f"{at:%Y%m%d}"
    headers = {**request.headers, "X-Amz-Date": stamp}
    if credentials.session_token:
        headers["X-Amz-Security-Token"] = credentials.session_token
    lowered = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    names = ";".join(sorted(lowered))
    canonical = "\n".join(
        (
            request.method,
            request.path,
            request.query,
            *(f"{name}:{lowered[name]}" for name in sorted(lowered)),
            "",
            names,
            hashlib.sha256(request.body).hexdigest(),
        )
    )
    scope = f"{day}/{region}/{service}/aws4_request"
    to_sign = "\n".join((ALGORITHM, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    told = f"{ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "Authorization": told}
