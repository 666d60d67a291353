"""The page before the payment: what is asked for and until when, and a button that leads to the provider's own page.

It shows no name and no address of who owes, works without scripts, and loads nothing from anywhere. Opening it changes
nothing: scanners follow every link in a message before its reader does.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_currency
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from application.payment_page import PaymentPage, Shows
from domain.money import Money, exponent
from web.doors import Doors, Payers
from web.language import CATALOGUE, Words, words_for
from web.page import ENVIRONMENT, STYLE, page_headers

HEADERS: Final = page_headers(form_action="'none'")
_STATUS: Final = {Shows.UNKNOWN: 404, Shows.EXPIRED: 410, Shows.CHANGED: 410, Shows.LATER: 503}
_RETRY: Final = {"Retry-After": "60"}


async def show(request: Request, doors: Doors) -> Response:
    """GET /pay/{token}: what is asked for."""
    return _page(request, await _payers(doors).page(request.path_params["token"]))


async def lead_on(request: Request, doors: Doors) -> Response:
    """GET /pay/{token}/go: 303 to the provider's page, or the page that says why not."""
    page = await _payers(doors).leads_to(request.path_params["token"])
    if page.shows is Shows.PAY and page.url:
        return RedirectResponse(page.url, 303, HEADERS)
    return _page(request, page)


async def thank(request: Request, doors: Doors) -> Response:
    """GET /pay/{token}/thanks: where the provider sends the payer back to, whatever it is that it has taken."""
    page = await _payers(doors).page(request.path_params["token"])
    if page.shows in (Shows.PAID, Shows.UNKNOWN):
        return _page(request, page)
    words = _words(request, page)
    return _html(words, "thanks", texts=(words.of("pay", "thanks"), *_questions(words, page)))


def _payers(doors: Doors) -> Payers:
    assert doors.payments is not None, "there is no such door without payments"
    return doors.payments.payers


def _page(request: Request, page: PaymentPage) -> Response:
    words = _words(request, page)
    if page.shows is Shows.PAY:
        assert page.amount is not None
        texts = (words.of("pay", "secure"), *_questions(words, page))
        return _html(words, "", texts=texts, page=page, go=f"{_token(request)}/go?lang={words.language}")
    word = page.shows.lower()
    amount = _money(words, page.country, page.amount) if page.amount is not None else ""
    texts = (words.of("pay", word, amount=amount), *_questions(words, page))
    if page.shows is Shows.LATER:
        return _html(words, word, texts=texts, page=page, go=f"go?lang={words.language}")
    return _html(words, word, texts=texts, status=_STATUS.get(page.shows, 200))


def _token(request: Request) -> str:
    """Return the page's own last part: links on it are relative, because a proxy may serve us under a path."""
    token: str = request.path_params["token"]
    return token


def _html(
    words: Words,
    word: str,
    *,
    texts: tuple[str, ...],
    page: PaymentPage | None = None,
    go: str = "",
    status: int = 200,
) -> Response:
    facts = _facts(words, page) if page is not None else ()
    amount = _money(words, page.country, page.amount) if page is not None and page.amount is not None else ""
    html = ENVIRONMENT.get_template("pay.html").render(
        language=words.language,
        title=words.of("pay", f"{word}_title" if word else "title", amount=amount),
        facts=facts,
        texts=texts,
        go=go,
        button=words.of("pay", "button"),
        others=[(code, other("language")) for code, other in CATALOGUE.items() if code != words.language],
        style=STYLE,
    )
    retry = _RETRY if word == "later" else {}
    return HTMLResponse(
        html, 503 if word == "later" else status, {**HEADERS, **retry, "Content-Language": words.language}
    )


def _words(request: Request, page: PaymentPage) -> Words:
    """Return the words in the language that the reader chose, else the debtor's, else what the browser asks for."""
    chosen, known = request.query_params.get("lang", ""), page.language.partition("-")[0].lower()
    return CATALOGUE.get(chosen) or CATALOGUE.get(known) or words_for(request)


def _facts(words: Words, page: PaymentPage) -> tuple[tuple[str, str], ...]:
    assert page.amount is not None
    assert page.expires_at is not None
    told = (
        ("creditor", page.creditor),
        ("reference", page.reference),
        ("amount", sum_of(words, page.country, page.amount)),
        ("until", _instant(words, page.country, page.expires_at, page.time_zone)),
    )
    return tuple((words.of("pay", name), value) for name, value in told if value)


def _questions(words: Words, page: PaymentPage) -> tuple[str, ...]:
    return (words.of("pay", "ask", contact=page.contact_at),) if page.contact_at else ()


def _money(words: Words, country: str, amount: Money) -> str:
    value = Decimal(amount.minor).scaleb(-exponent(amount.currency))
    return format_currency(value, amount.currency, locale=_locale(words, country))


def sum_of(words: Words, country: str, amount: Money) -> str:
    """Return a sum that cannot be mistaken: a peso of one country looks like that of another, and like a dollar."""
    money = _money(words, country, amount)
    return f"{money} {amount.currency}" if "$" in money and amount.currency not in money else money


def _instant(words: Words, country: str, at: datetime, time_zone: str) -> str:
    """Return an instant on the clock of the debtor's place, which is named."""
    local, locale = at.astimezone(ZoneInfo(time_zone)), _locale(words, country)
    day, hour = format_date(local, "long", locale=locale), format_time(local, "short", locale=locale)
    return f"{day}, {hour} ({get_timezone_name(local, locale=locale)})"


def _locale(words: Words, country: str) -> Locale:
    """Return how sums and dates are written there: the words' language, and the country's habits where it has any."""
    try:
        return Locale.parse(f"{words.language}_{country.partition('-')[0]}")
    except (UnknownLocaleError, ValueError):
        return Locale.parse({"es": "es_419", "pt": "pt_BR"}.get(words.language, "en"))
