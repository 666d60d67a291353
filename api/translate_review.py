"""What was done meanwhile, for the wire."""

from collections.abc import Sequence
from uuid import UUID

from api.translate_values import instant_out, money_out
from api.words import CHANNEL_OUT, COMPONENT_OUT
from domain.case.meanwhile import ContactMade, Done, Late, fact_id
from protos.escalera import v1 as pb


def review_out(case_id: UUID, late: Sequence[Late]) -> pb.PaymentReview:
    """Return what late facts found done."""
    return pb.PaymentReview(case_id=str(case_id), late=[_late_out(each) for each in late])


def _late_out(late: Late) -> pb.LateFact:
    return pb.LateFact(
        event=type(late.event).__name__,
        fact_id=fact_id(late.event),
        effective_time=instant_out(late.since),
        known_time=instant_out(late.known_at),
        done=[_done_out(each) for each in late.done],
    )


def _done_out(done: Done) -> pb.DoneMeanwhile:
    what = done.what
    told = pb.DoneMeanwhile(
        effective_time=instant_out(what.at), remedy=pb.Remedy.Value(f"REMEDY_{done.remedy}"), reason=done.reason
    )
    if isinstance(what, ContactMade):
        contact = pb.ContactMeanwhile(
            contact_id=what.contact_id, person_id=str(what.person_id), channel=CHANNEL_OUT[what.channel]
        )
        told.contact.CopyFrom(contact)
    else:
        charge = pb.ChargeMeanwhile(
            charge_id=what.charge_id,
            obligation_id=what.obligation_id,
            component=COMPONENT_OUT[what.component],
            amount=money_out(what.amount.minor, what.amount.currency),
            open=money_out(what.open.minor, what.open.currency),
        )
        told.charge.CopyFrom(charge)
    return told
