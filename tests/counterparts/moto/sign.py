"""Run in an environment of its own, with botocore: signs requests as Amazon's own library does.

    python sign.py < REQUESTS

Reads and prints JSON: a list of requests (method, url, headers, body in base64, credentials, region, service, at), and
the Authorization of each.
"""

import base64
import json
import sys
from datetime import datetime, timezone
from typing import Any
from unittest import mock

from botocore import auth  # type: ignore[import-not-found]  # it lives in another environment
from botocore.awsrequest import AWSRequest  # type: ignore[import-not-found]  # likewise
from botocore.credentials import Credentials  # type: ignore[import-not-found]  # likewise


def authorization(asked: dict[str, Any]) -> str:
    at = datetime.fromisoformat(asked["at"]).astimezone(timezone.utc).replace(tzinfo=None)  # noqa: UP017  # any Python
    body = base64.b64decode(asked["body"])
    request = AWSRequest(method=asked["method"], url=asked["url"], headers=asked["headers"], data=body)
    kind = auth.S3SigV4Auth if asked["service"] == "s3" else auth.SigV4Auth
    signer = kind(Credentials(*asked["credentials"]), asked["service"], asked["region"])
    with mock.patch.object(auth, "get_current_datetime", return_value=at):
        signer.add_auth(request)
    return str(request.headers["Authorization"])


if __name__ == "__main__":
    print(json.dumps([authorization(each) for each in json.load(sys.stdin)]))
