"""S3 as its API reference documents it, as far as we use it: one bucket, GetObject and PutObject on a condition.

Strict: a wrong signature, digest or hash is refused as the service refuses it. `moods` say otherwise for a while.
"""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import unquote

from infra.aws_signature import Credentials, Request, signed
from tests.counterparts.aws_kms import CREDENTIALS as KMS_CREDENTIALS

CREDENTIALS = Credentials(KMS_CREDENTIALS.access_key, KMS_CREDENTIALS.secret_key, "session/token==")
REGION, BUCKET = "sa-east-1", "log-of-acme"
_ERROR = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>not repeated: s3cret</Message></Error>'


class Refused(Exception):
    """The service says no. `late`: it does what it was asked for all the same, and only the answer is lost."""

    def __init__(self, status: int, code: str, *, late: bool = False) -> None:
        super().__init__(code)
        self.status, self.code, self.late = status, code, late


@dataclass(frozen=True)
class Kept:
    """An object, with the headers that it is served with."""

    content: bytes
    headers: dict[str, str]


@dataclass
class FakeS3:
    """One bucket. `moods`: what the next requests are answered with; `heeds`: whether conditions count."""

    port: int = 0
    objects: dict[str, Kept] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    moods: list[Refused] = field(default_factory=list)
    heeds: bool = True
    lock: Lock = field(default_factory=Lock)

    def url(self, prefix: str = "public/log", **instead: str) -> str:
        said = {"region": REGION, "endpoint": f"http://127.0.0.1:{self.port}"} | instead
        secret = CREDENTIALS.secret_key.replace("/", "%2F").replace("+", "%2B")
        asked = "&".join(f"{name}={value}" for name, value in (said | {"token": "session/token=="}).items())
        return f"s3://{CREDENTIALS.access_key}:{secret}@{BUCKET}/{prefix}?{asked}"

    def get(self, name: str) -> Kept:
        if name not in self.objects:
            raise Refused(404, "NoSuchKey")
        return self.objects[name]

    def put(self, name: str, content: bytes, headers: dict[str, str]) -> None:
        if headers.get("content-md5") != base64.b64encode(hashlib.md5(content).digest()).decode():
            raise Refused(400, "InvalidDigest")
        condition = headers.get("if-none-match", "")
        if condition not in ("", "*"):
            raise Refused(501, "NotImplemented")
        with self.lock:
            if condition and self.heeds and name in self.objects:
                raise Refused(412, "PreconditionFailed")
            kept = {each: value for each, value in headers.items() if each in {"content-type", "cache-control"}}
            self.objects[name] = Kept(content, kept)


@contextmanager
def serving() -> Iterator[FakeS3]:
    """Listen on a free port of this machine."""
    s3 = FakeS3()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(b"")

        def do_PUT(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            s3.calls.append((self.command, unquote(self.path)))
            try:
                mood = s3.moods.pop(0) if s3.moods else None
                if mood is not None and not mood.late:
                    raise mood
                _require_signed(self.command, self.path, headers, body)
                name = _object(self.path)
                if self.command == "PUT":
                    s3.put(name, body, headers)
                    if mood is not None:
                        raise mood
                    self._say(200, b"", {})
                else:
                    kept = s3.get(name)
                    self._say(200, kept.content, kept.headers)
            except Refused as refused:
                self._say(refused.status, _ERROR.format(refused.code).encode(), {"Content-Type": "application/xml"})

        def _say(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    s3.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield s3
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _object(path: str) -> str:
    bucket, _, name = unquote(path.lstrip("/")).partition("/")
    if bucket != BUCKET:
        raise Refused(404, "NoSuchBucket")
    return name


def _require_signed(method: str, path: str, headers: dict[str, str], body: bytes) -> None:
    told = headers.get("authorization", "")
    at = datetime.strptime(headers.get("x-amz-date", "20000101T000000Z"), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if abs(datetime.now(UTC) - at) > timedelta(minutes=15):
        raise Refused(403, "RequestTimeTooSkewed")
    if CREDENTIALS.access_key not in told:
        raise Refused(403, "InvalidAccessKeyId")
    if f"/{REGION}/s3/" not in told:
        raise Refused(400, "AuthorizationHeaderMalformed")
    if headers.get("x-amz-content-sha256") != hashlib.sha256(body).hexdigest():
        raise Refused(400, "XAmzContentSHA256Mismatch")
    names = told.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    made = ("x-amz-date", "x-amz-security-token")
    kept = {name: headers[name] for name in names if name not in made}
    request = Request(method=method, path=path, query="", headers=kept, body=body)
    if {"host", "x-amz-content-sha256", *made} - set(names):
        raise Refused(403, "AccessDenied")
    if signed(request, CREDENTIALS, region=REGION, service="s3", at=at)["Authorization"] != told:
        raise Refused(403, "SignatureDoesNotMatch")
