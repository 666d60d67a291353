"""Amazon's services as others play them (moto), and its own library's signatures (botocore), in an environment apart.

moto looks at no signature, and not at whether a key is disabled: the services that we play do. botocore says what a
signature must be. Each test has a key or a bucket of its own there.
"""

import base64
import json
import subprocess
from atexit import register
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx2

from infra.aws_signature import Request, signed
from tests.counterparts.aws_kms import CREDENTIALS
from tests.counterparts.environments import Environment

ENVIRONMENT = Environment("moto")
REGION = "sa-east-1"
SIGN_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Moto:
    """A running server."""

    port: int

    def bucket(self, prefix: str) -> str:
        """Make a bucket, and return the setting that names it."""
        name = f"log-{uuid4().hex[:16]}"
        self.ask("s3", "PUT", f"/{name}", b"", {})
        endpoint = f"endpoint=http://127.0.0.1:{self.port}"
        return f"s3://{_user()}@{name}/{prefix}?region=us-east-1&{endpoint}"

    def key(self) -> "MotoKey":
        """Make a key."""
        made = self.kms("CreateKey", {})["KeyMetadata"]
        alias = f"alias/escalera-{uuid4().hex[:16]}"
        self.kms("CreateAlias", {"AliasName": alias, "TargetKeyId": made["KeyId"]})
        return MotoKey(self, str(made["KeyId"]), alias)

    def kms(self, action: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Ask for what an administrator would."""
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"TrentService.{action}"}
        said = self.ask("kms", "POST", "/", json.dumps(asked).encode(), headers)
        return dict(json.loads(said) or {}) if said else {}

    def ask(self, service: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        host = f"127.0.0.1:{self.port}"
        region = "us-east-1" if service == "s3" else REGION
        request = Request(method=method, path=path, query="", headers={**headers, "Host": host}, body=body)
        told = signed(request, CREDENTIALS, region=region, service=service, at=datetime.now(UTC))
        answer = httpx2.request(method, f"http://{host}{path}", content=body, headers=dict(told), timeout=20.0)
        assert answer.is_success, answer.text
        return answer.content


@dataclass(frozen=True)
class MotoKey:
    """A key there, and the setting that names it."""

    moto: Moto
    key_id: str
    alias: str

    @property
    def url(self) -> str:
        place = f"{_user()}@127.0.0.1:{self.moto.port}"
        return f"aws-kms+http://{place}/?key={self.alias}&region={REGION}"

    def rotate(self) -> None:
        """Give the key new material; what the old one sealed is still opened by it."""
        self.moto.kms("RotateKeyOnDemand", {"KeyId": self.key_id})


@cache
def moto() -> Moto:
    """Return the server of this test process; it is started at the first call and ends with the process."""
    server = subprocess.Popen(
        (str(ENVIRONMENT.python()), str(ENVIRONMENT.here / "serve.py")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    register(server.communicate)
    assert server.stdout is not None
    return Moto(int(server.stdout.readline()))


def signatures(requests: Sequence[dict[str, Any]]) -> list[str]:
    """Return the Authorization that Amazon's own library gives each request."""
    plain = [each | {"body": base64.b64encode(each["body"]).decode()} for each in requests]
    done = subprocess.run(
        (str(ENVIRONMENT.python()), str(ENVIRONMENT.here / "sign.py")),
        input=json.dumps(plain),
        capture_output=True,
        text=True,
        timeout=SIGN_TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [str(each) for each in json.loads(done.stdout)]


def _user() -> str:
    return f"{CREDENTIALS.access_key}:{quote(CREDENTIALS.secret_key, safe='')}"
