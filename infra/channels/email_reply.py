"""What a person wrote in an e-mail: their own words, without ours that their mail program put below.

Our messages tell how to opt out. Quoted in a reply, those words must not be taken for the person's.
"""

import re
from email.message import Message
from html.parser import HTMLParser
from typing import Final

TEXT_MAX: Final = 10_000  # characters of a person's own words that are kept
READ_MAX: Final = 100_000  # characters that are looked at

# "On Mon, Mar 2, 2026, Acme <...> wrote:" as mail programs say it, which may break the line before the last word.
_INTRODUCED = re.compile(
    r"^[ \t]*(?:On|El|Em|Le|Il|Am)\b.{0,200}?\b(?:wrote|escribi[oó]|escreveu|a écrit|ha scritto|schrieb)\s*:\s*$",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_SEPARATED = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*(?:Original Message|Mensaje original|Mensagem original|Forwarded message|Mensaje reenviado)"
    r"[ \t]*-{2,}|_{10,}|(?:From|De)[ \t]*:[ \t].*@.*)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_BLOCKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3"})
_UNSEEN = frozenset({"style", "script", "title", "blockquote"})


def own_words(message: Message) -> str:
    """Return what the person wrote, at most `TEXT_MAX` characters; "" where there is no text."""
    text = _text(message).replace("\r\n", "\n").replace("\r", "\n")[:READ_MAX]
    for mark in (_INTRODUCED, _SEPARATED):
        if found := mark.search(text):
            text = text[: found.start()]
    lines = [line for line in text.split("\n") if not line.lstrip().startswith(">")]
    return "\n".join(lines).strip()[:TEXT_MAX]


def _text(message: Message) -> str:
    """Return the first plain part, else the first HTML part read as text."""
    parts = [part for part in message.walk() if not part.is_multipart() and part.get_content_disposition() is None]
    for part in parts:
        if part.get_content_type() == "text/plain":
            return _decoded(part)
    for part in parts:
        if part.get_content_type() == "text/html":
            reader = _HtmlText()
            reader.feed(_decoded(part))
            reader.close()
            return "".join(reader.pieces)
    return ""


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    octets = payload if isinstance(payload, bytes) else b""
    try:
        return octets.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):  # a name that no coding has
        return octets.decode("utf-8", "replace")


class _HtmlText(HTMLParser):
    """Keeps what a reader would see; what is quoted is ours."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data)
