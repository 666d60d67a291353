"""A strict mock of a provider: Prism, serving the provider's own description of its API.

What the description does not allow is answered with an error, so a request that comes back with an answer was valid.
Two amendments, each of a fault in the description and not in the request, are made to a copy:

- Meta's lacks `biz_opaque_callback_data`, which its reference has for messages.
- Twilio's says that the addresses of a list's pages are whole URIs, and shows relative ones, as Twilio sends them.
"""

import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.embedded.process import await_ready, spawn, stop
from tests.counterparts.npm import NODE, script

SPECS = Path(__file__).parents[3] / "shared" / "data" / "api_specs"
TWILIO = SPECS / "twilio_api_v2010.json"
META = SPECS / "meta_business-messaging-api_v23.0.yaml"
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


@contextmanager
def _serving(description: str, kind: str) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="prism-"))
    try:
        file, log = folder / f"api{kind}", folder / "log"
        file.write_text(description)
        prism = script("@stoplight/prism-cli", "dist/index.js")
        # Port 0 and the log: no port is guessed that somebody else might take.
        command = (str(NODE), str(prism), "mock", "--errors", "-h", "127.0.0.1", "-p", "0", str(file))
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
