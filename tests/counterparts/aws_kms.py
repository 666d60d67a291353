"""AWS KMS as its API reference documents it, as far as we use it: a key, GenerateDataKey, Decrypt, and its refusals.

Strict: what the reference does not allow is refused as the service refuses it, and so is a wrong signature.
"""

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.aws_signature import Credentials, Request, signed

CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
REGION, ALIAS = "sa-east-1", "alias/escalera"
ARN = f"arn:aws:kms:{REGION}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_FIELDS = {
    "GenerateDataKey": {"KeyId", "KeySpec", "EncryptionContext"},
    "Decrypt": {"KeyId", "CiphertextBlob", "EncryptionContext"},
}


class Refused(Exception):
    """The service says no."""

    def __init__(self, name: str, status: int = 400) -> None:
        super().__init__(name)
        self.name, self.status = name, status


@dataclass
class FakeKms:
    """One account's key. `moods`: what the next calls are answered with, in place of an answer."""

    port: int = 0
    calls: list[str] = field(default_factory=list)
    moods: list[Refused] = field(default_factory=list)
    enabled: bool = True
    _key: AESGCM = field(default_factory=lambda: AESGCM(os.urandom(32)))

    @property
    def url(self) -> str:
        secret = CREDENTIALS.secret_key.replace("/", "%2F").replace("+", "%2B")
        place = f"{CREDENTIALS.access_key}:{secret}@127.0.0.1:{self.port}"
        return f"aws-kms+http://{place}/?key={ALIAS}&region={REGION}"

    def answer(self, action: str, asked: dict[str, Any]) -> dict[str, Any]:
        if action not in _FIELDS or set(asked) != _FIELDS[action]:
            raise Refused("com.amazonaws.kms#ValidationException")
        if asked["KeyId"] not in (ALIAS, ARN):
            raise Refused("NotFoundException")
        if not self.enabled:
            raise Refused("DisabledException")
        context = json.dumps(asked["EncryptionContext"], sort_keys=True).encode()
        if action == "GenerateDataKey":
            if asked["KeySpec"] != "AES_256":
                raise Refused("ValidationException")
            plain, nonce = os.urandom(32), os.urandom(12)
            blob = nonce + self._key.encrypt(nonce, plain, context)
            return {"CiphertextBlob": _text(blob), "Plaintext": _text(plain), "KeyId": ARN, "KeyMaterialId": "0" * 64}
        blob = base64.b64decode(asked["CiphertextBlob"], validate=True)
        try:
            plain = self._key.decrypt(blob[:12], blob[12:], context)
        except (InvalidTag, ValueError):
            raise Refused("InvalidCiphertextException") from None
        return {"Plaintext": _text(plain), "KeyId": ARN, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}


@contextmanager
def serving() -> Iterator[FakeKms]:
    """Listen on a free port of this machine."""
    kms = FakeKms()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            action = self.headers.get("X-Amz-Target", "").removeprefix("TrentService.")
            kms.calls.append(action)
            try:
                if kms.moods:
                    raise kms.moods.pop(0)
                _require_signed(self.path, dict(self.headers.items()), body)
                self._say(200, kms.answer(action, json.loads(body)))
            except Refused as refused:
                self._say(refused.status, {"__type": refused.name, "message": "not repeated anywhere: s3cret"})

        def _say(self, status: int, said: dict[str, Any]) -> None:
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kms.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kms
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _require_signed(path: str, headers: dict[str, str], body: bytes) -> None:
    told = {name.lower(): value for name, value in headers.items()}
    if told.get("content-type") != "application/x-amz-json-1.1" or path != "/":
        raise Refused("UnknownOperationException")
    at = datetime.strptime(told["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if abs(datetime.now(UTC) - at) > timedelta(minutes=5):
        raise Refused("InvalidSignatureException")
    names = ("Host", "Content-Type", "X-Amz-Target")
    kept = {name: told[name.lower()] for name in names}
    request = Request(method="POST", path="/", query="", headers=kept, body=body)
    ours = signed(request, CREDENTIALS, region=REGION, service="kms", at=at)["Authorization"]
    if told.get("authorization") != ours:
        raise Refused("IncompleteSignatureException")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
