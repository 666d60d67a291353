"""The setting that names a bucket: s3://BUCKET/PREFIX?region=REGION, and where and as whom it is reached."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from infra.aws_credentials import credentials_in
from infra.aws_signature import Credentials

SCHEME: Final = "s3"
LOCAL: Final = frozenset(("127.0.0.1", "localhost", "::1"))  # where a call may go unencrypted
ACCEPTED: Final = "s3://BUCKET/PREFIX?region=REGION, with &endpoint=https://HOST for another store than Amazon's"
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_REGION: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_KNOWN: Final = frozenset(("region", "endpoint", "token"))
_ELSEWHERE: Final = "us-east-1"  # what other stores than Amazon's go by where they have no regions


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAddress:
    """Where a bucket is. As text without credentials, which are looked up for each request if it has none."""

    base: str  # scheme and host of requests
    path: str  # before the names of objects, percent-encoded, with a slash at both ends
    region: str
    shown: str
    own: Credentials | None = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)

    def __str__(self) -> str:
        return self.shown

    @property
    def host(self) -> str:
        """The host of requests, with its port if it is an unusual one."""
        return urlsplit(self.base).netloc

    def credentials(self) -> Credentials | None:
        """Return who asks; None where nobody says any more."""
        return self.own or credentials_in(self.environment)


def read_address(url: str, environment: Mapping[str, str]) -> BucketAddress:
    """Read a setting; raise ValueError with what would be accepted, without repeating what was given.

    The environment may name region and endpoint too (AWS_REGION or AWS_DEFAULT_REGION; AWS_ENDPOINT_URL_S3 or
    AWS_ENDPOINT_URL), and the credentials (see `infra.aws_credentials`) where the URL has none before an @.
    """
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    user, _, bucket = parts.netloc.rpartition("@")
    prefix = unquote(parts.path.strip("/"))
    if parts.scheme != SCHEME or parts.fragment or not _BUCKET.fullmatch(bucket) or not _is_prefix(prefix):
        raise ValueError(ACCEPTED)
    if unknown := sorted(set(asked) - _KNOWN):
        raise ValueError(f"{ACCEPTED}; nothing is known of {', '.join(unknown)}")
    endpoint = asked.get("endpoint") or _first(environment, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
    region = asked.get("region") or _first(environment, "AWS_REGION", "AWS_DEFAULT_REGION")
    if not region and endpoint:
        region = _ELSEWHERE
    if not _REGION.fullmatch(region):
        raise ValueError(f"{ACCEPTED}; the region is missing (or set AWS_REGION)")
    base, path = _reached(bucket, region, endpoint.rstrip("/"))
    access, _, secret = user.partition(":")
    own = Credentials(unquote(access), unquote(secret), asked.get("token", "")) if access and secret else None
    found = BucketAddress(
        base=base,
        path=f"{path}{quote(prefix, safe='/-_.~')}{'/' if prefix else ''}",
        region=region,
        shown=f"{SCHEME}://{bucket}/{prefix}",
        own=own,
        environment=environment,
    )
    if found.credentials() is None:
        raise ValueError(f"{ACCEPTED}; the credentials are missing (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)")
    return found


def _reached(bucket: str, region: str, endpoint: str) -> tuple[str, str]:
    """Return scheme and host, and the path before the names of objects."""
    if endpoint:
        parts = urlsplit(endpoint)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
        if not secure or not parts.hostname or parts.path or parts.query or parts.username:
            raise ValueError(f"{ACCEPTED}; the endpoint is a host and nothing more")
        return endpoint, f"/{bucket}/"
    host = f"s3.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
    if "." in bucket or bucket != bucket.lower():  # no certificate covers it as a host's name
        return f"https://{host}", f"/{bucket}/"
    return f"https://{bucket}.{host}", "/"


def _is_prefix(prefix: str) -> bool:
    return not prefix or all(part not in ("", ".", "..") for part in prefix.split("/"))


def _first(environment: Mapping[str, str], *names: str) -> str:
    return next((environment[name] for name in names if environment.get(name)), "")
