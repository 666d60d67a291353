"""Payment links: made, looked at, cancelled."""

from base64 import b32encode
from hashlib import sha256
from uuid import UUID

from api import words
from api.calls import OWN_RECORD, Caller, Context, caller_of
from api.services import Services
from api.translate_values import case_named, instant_out, money, money_out, person_named
from application.payment_links import DAYS, LinkView, WantedLink
from application.request import Asked
from protos.escalera import v1 as pb


class PaymentLinkService(pb.PaymentLinkServiceServicer):
    """Links that debtors pay by."""

    def __init__(self, services: Services) -> None:
        self._links = services.links

    async def _create(self, request: pb.CreatePaymentLinkRequest, context: Context) -> pb.PaymentLink:
        case_id = case_named(request.case_name)
        wanted = WantedLink(
            link_id=request.link_id or _link_id(request.request_id),
            person_id=(
                person_named(request.person, "person", request.case_name.creditor_id)
                if request.HasField("person")
                else None
            ),
            asked_by=OWN_RECORD.get(),
            amount=money(request.amount, "amount") if request.HasField("amount") else None,
            days=request.days or DAYS,
        )
        asked = _asked(caller_of(context), request.request_id, validate_only=request.validate_only)
        made = await self._links.create(case_id, wanted, asked)
        return _link(case_id, made, validated_only=request.validate_only)

    async def _get(self, request: pb.GetPaymentLinkRequest, context: Context) -> pb.PaymentLink:
        case_id, caller = case_named(request.case_name), caller_of(context)
        if request.ask_provider:
            return _link(case_id, await self._links.asked_about(case_id, request.link_id, _asked(caller)))
        return _link(case_id, await self._links.get(case_id, request.link_id))

    async def _list(self, request: pb.ListPaymentLinksRequest, context: Context) -> pb.ListPaymentLinksResponse:
        case_id = case_named(request.case_name)
        return pb.ListPaymentLinksResponse(links=[_link(case_id, each) for each in await self._links.all(case_id)])

    async def _cancel(self, request: pb.CancelPaymentLinkRequest, context: Context) -> pb.PaymentLink:
        case_id = case_named(request.case_name)
        asked = _asked(caller_of(context), request.request_id, validate_only=request.validate_only)
        cancelled = await self._links.cancel(case_id, request.link_id, request.reason, asked)
        return _link(case_id, cancelled, validated_only=request.validate_only)

    CreatePaymentLink = _create
    GetPaymentLink = _get
    ListPaymentLinks = _list
    CancelPaymentLink = _cancel


def _asked(caller: Caller, request_id: str = "", *, validate_only: bool = False) -> Asked:
    return Asked(request_id=request_id, actor=caller.actor, trace_id=caller.trace_id, validate_only=validate_only)


def _link_id(request_id: str) -> str:
    """Return the id of a link that has none of its own: the same for the same request."""
    return b32encode(sha256(request_id.encode()).digest()[:10]).decode().lower()


def _link(case_id: UUID, view: LinkView, *, validated_only: bool = False) -> pb.PaymentLink:
    link = view.link
    return pb.PaymentLink(
        case_id=str(case_id),
        link_id=view.link_id,
        state=words.PAYMENT_LINK_OUT[view.stands],
        person_id=str(link.person_id),
        amount=money_out(link.amount.minor, link.amount.currency),
        issue_time=instant_out(link.issued_at),
        expire_time=instant_out(link.expires_at),
        address=view.address,
        provider=link.provider,
        provider_id=link.provider_id,
        provider_state=(
            pb.PROVIDER_LINK_STATE_UNSPECIFIED
            if view.at_provider is None
            else words.PROVIDER_LINK_OUT[view.at_provider]
        ),
        payment_ids=[payment_id for payment_id, paid in link.payments.items() if paid.amount is not None],
        version=view.version,
        validated_only=validated_only,
    )
