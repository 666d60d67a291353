"""The HTTP doors in one ASGI application: providers' webhooks, the unsubscribe and payment pages, health."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import adyen, meta, pay, standard_webhooks, twilio, unsubscribe
from web.doors import NOT_YET, Doors, TurnedAway, refusal, tell_us_again

Door = Callable[[Request, Doors], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

# Nothing here is for caches, frames, other sites or guesses at the type; a page that shows something says so itself.
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def build_app(doors: Doors) -> ASGIApp:
    """Return the application; a provider without its secret has no door (404)."""
    secrets = doors.secrets
    routes = [
        _route("/health", _health, doors, "GET", "health"),
        _route("/unsubscribe/{token}", unsubscribe.ask, doors, "GET", "unsubscribe_page"),
        _route("/unsubscribe/{token}", unsubscribe.end, doors, "POST", "unsubscribe"),
    ]
    if secrets.twilio_auth_token and secrets.public_url:
        routes += [
            _route("/webhooks/twilio/status", twilio.status, doors, "POST", "twilio_status"),
            _route("/webhooks/twilio/message", twilio.message, doors, "POST", "twilio_message"),
        ]
    if secrets.meta_verify_token:
        routes.append(_route("/webhooks/meta", meta.verify, doors, "GET", "meta_verify"))
    if secrets.meta_app_secret:
        routes.append(_route("/webhooks/meta", meta.receive, doors, "POST", "meta"))
    if secrets.webhook_secret:
        routes.append(_route("/webhooks/reports", standard_webhooks.receive, doors, "POST", "reports"))
    if doors.payments is not None:
        routes += [
            _route("/pay/{token}", pay.show, doors, "GET", "pay_page"),
            _route("/pay/{token}/go", pay.lead_on, doors, "GET", "pay_go"),
            _route("/pay/{token}/thanks", pay.thank, doors, "GET", "pay_thanks"),
        ]
        if secrets.adyen_hmac_keys:
            routes.append(_route("/webhooks/adyen", adyen.receive, doors, "POST", "adyen"))
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False  # it would lead to whatever host the request names
    return _Headed(app)


class _Headed:
    """Puts the headers on whatever is answered, also where nobody had a hand in it: 404, 405, 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = Headers(scope=scope)
        in_two_ways = "transfer-encoding" in told and "content-length" in told

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for header, value in HEADERS.items():
                    headers.setdefault(header, value)
                if in_two_ways:  # another server may see a second request in the body (RFC 9112, 6.1)
                    headers["Connection"] = "close"
            await send(message)

        await self._app(scope, receive, headed)


def _route(path: str, door: Door, doors: Doors, method: str, name: str) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            answer = await door(request, doors)
            counted = "taken" if answer.status_code < 400 else f"answer_{answer.status_code}"
        except TurnedAway as turned_away:
            answer, counted = refusal(turned_away), turned_away.answer
        except NOT_YET:
            answer, counted = tell_us_again(), "not_recorded"
        doors.count(name, counted)
        return answer

    return Route(path, endpoint, methods=[method], name=name)


async def _health(_: Request, doors: Doors) -> Response:
    """GET /health: 200 while the log answers."""
    await doors.health.position()
    return PlainTextResponse("ok\n")
