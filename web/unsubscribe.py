"""The door for people who want no more messages: one click for mail programs, one page and a button for everybody else.

GET changes nothing: scanners follow every link in a mail before its reader does (RFC 8058, section 1).
POST does it, whatever its body says: "List-Unsubscribe=One-Click" from a mail program, or the page's own form.
The pages show no name, no debt and no address, work without scripts, and load nothing from anywhere.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from domain.case.words import Channel
from web.doors import NOT_YET, Doors, body_of
from web.language import CATALOGUE, Words, words_for
from web.page import ENVIRONMENT, STYLE, page_headers

SOURCE_ONE_CLICK: Final = "one-click link"
SOURCE_PAGE: Final = "unsubscribe page"
BODY_BYTES_MAX: Final = 4_096
HEADERS: Final = page_headers(form_action="'self'")


async def ask(request: Request, doors: Doors) -> Response:
    """GET /unsubscribe/{token}: the page that asks whether it is meant."""
    words = words_for(request)
    permit_id = doors.links.permit_of(request.path_params["token"])
    if permit_id is None:
        return _unknown(words)
    texts = (words("ask", channel=words.channel(_channel(permit_id))), words("ask_for_sure"))
    return _page(words, words("title"), texts, button=words("button"))


async def end(request: Request, doors: Doors) -> Response:
    """POST /unsubscribe/{token}: end the channel, and say so once it is durable."""
    body = await body_of(request, BODY_BYTES_MAX)
    words = _words_of_form(body) or words_for(request)
    permit_id = doors.links.permit_of(request.path_params["token"])
    source = SOURCE_ONE_CLICK if b"List-Unsubscribe" in body else SOURCE_PAGE
    if permit_id is None:
        return _unknown(words)
    try:
        known = await doors.reports.unsubscribe(permit_id, source=source)
    except NOT_YET:
        return _page(words, words("later_title"), (words("later"),), button=words("button"), status=503)
    if not known:
        return _unknown(words)
    channel = words.channel(_channel(permit_id))
    return _page(words, words("done_title"), (words("done", channel=channel), words("done_again")))


def _words_of_form(body: bytes) -> Words | None:
    """Return the words in the language that the page's form was in."""
    return next((words for language, words in CATALOGUE.items() if body == f"lang={language}".encode()), None)


def _channel(permit_id: str) -> Channel:
    """Return the channel that a permit's id names (`application.contact_desk.permit_id`)."""
    return next(Channel(part) for part in permit_id.split(":") if part in tuple(Channel))


def _unknown(words: Words) -> Response:
    return _page(words, words("unknown_title"), (words("unknown"),), status=404)


def _page(words: Words, title: str, texts: tuple[str, ...], *, button: str = "", status: int = 200) -> Response:
    asks = bool(button) or status == 404
    others = [(code, other("language")) for code, other in CATALOGUE.items() if code != words.language] if asks else []
    html = ENVIRONMENT.get_template("unsubscribe.html").render(
        language=words.language, title=title, texts=texts, button=button, others=others, style=STYLE
    )
    return HTMLResponse(html, status, {**HEADERS, "Content-Language": words.language})
