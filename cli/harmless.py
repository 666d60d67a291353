"""Texts for a terminal: what data say stands there as text. It does nothing to the screen, and turns no line round.

A name, a reason or a bank's text may hold anything. Terminals obey control characters (ECMA-48), and characters that
set the direction of writing let a line say the opposite of what it is (CVE-2021-42574).
"""

import json
import re
from typing import Final

# Controls but line ends and tabs; marks of direction; separators of lines; tags, which nobody sees. Joiners stay.
ACTS: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
MARK: Final = "\N{REPLACEMENT CHARACTER}"


def harmless(text: str) -> str:
    """Return a text for a terminal: what would act there is shown as a mark."""
    return ACTS.sub(MARK, text)


def json_text(data: object) -> str:
    """Return plain data as JSON, for programs and for who looks at it: what would act is written as its number."""
    return json_shown(json.dumps(data, ensure_ascii=False, indent=2)) + "\n"


def json_shown(text: str) -> str:
    """Return JSON that says the same, with what would act written as its number."""
    return ACTS.sub(lambda found: json.dumps(found[0])[1:-1], text)
