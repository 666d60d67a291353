"""Texts of contact rules and law, found by what names them: an id and the first digits of the text's SHA-256."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from infra.laws import SHIPPED as LAWS
from infra.rules import RECORDS
from infra.rules import SHIPPED as RULES


def rule_texts(stamps: Iterable[str], *folders: Path) -> dict[str, bytes]:
    """Return the texts by stamp, as they are hashed (line ends normalized); those that nobody has are missing.

    folders: of one's own, beside those shipped.
    """
    texts: dict[str, bytes] = {}
    for folder in (RULES, RECORDS, LAWS, *folders):
        for file in sorted(folder.glob("*.toml")):
            text = file.read_bytes().replace(b"\r\n", b"\n")
            texts[sha256(text).hexdigest()[:16]] = text
    named = {stamp: stamp.partition("@")[2] for stamp in stamps}
    return {stamp: texts[digest] for stamp, digest in sorted(named.items()) if digest in texts}
