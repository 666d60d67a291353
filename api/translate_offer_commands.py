"""Commands to a case, from the wire to the domain: what the house offers, and what becomes of it."""

from api.translate_commands import Said
from api.translate_values import day, instant, money
from domain.case import commands
from protos.escalera import v1 as pb


def offer_settlement(body: pb.OfferSettlement, said: Said) -> commands.OfferSettlement:
    return commands.OfferSettlement(
        offer_id=body.offer_id,
        amount=money(body.amount, "amount"),
        pay_by=day(body.pay_by_date, "pay_by_date"),
        expires_at=instant(body.expire_time, "expire_time"),
        at=said.at,
        by=said.by,
    )


def approve_offer(body: pb.ApproveOffer, said: Said) -> commands.ApproveOffer:
    return commands.ApproveOffer(offer_id=body.offer_id, at=said.at, by=said.by)


def refuse_offer(body: pb.RefuseOffer, said: Said) -> commands.RefuseOffer:
    return commands.RefuseOffer(offer_id=body.offer_id, reason=body.reason, at=said.at, by=said.by)


def accept_offer(body: pb.AcceptOffer, said: Said) -> commands.AcceptOffer:
    return commands.AcceptOffer(offer_id=body.offer_id, at=said.at, by=said.by)


def withdraw_offer(body: pb.WithdrawOffer, said: Said) -> commands.WithdrawOffer:
    return commands.WithdrawOffer(offer_id=body.offer_id, reason=body.reason, at=said.at, by=said.by)


def offer_discount(body: pb.OfferDiscount, said: Said) -> commands.OfferDiscount:
    return commands.OfferDiscount(
        discount_id=body.discount_id,
        amount=money(body.amount, "amount"),
        pay_by=day(body.pay_by_date, "pay_by_date"),
        reason=body.reason,
        authority=said.authority(body.authority),
        at=said.at,
        by=said.by,
    )


def withdraw_discount(body: pb.WithdrawDiscount, said: Said) -> commands.WithdrawDiscount:
    return commands.WithdrawDiscount(discount_id=body.discount_id, reason=body.reason, at=said.at, by=said.by)
