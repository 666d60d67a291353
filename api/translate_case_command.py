"""Any command to a case, from the wire to the domain, by the kind of its body."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from api import translate_approvals as about_approvals
from api import translate_commands as plain
from api import translate_contact_log as about_contacts
from api import translate_limitation_commands as about_limitation
from api import translate_money_commands as about_money
from api import translate_offer_commands as about_offers
from api import translate_terms_commands as about_terms
from api.translate_commands import Said
from api.translate_values import instant
from domain.case.commands import CaseCommand, LogContact
from domain.decider import Rejected
from protos.escalera import v1 as pb

# By the name of the body in `CaseCommand`, which is also the RPC's in small letters.
TRANSLATORS: Final[Mapping[str, Callable[[Any, Said], CaseCommand]]] = {
    "add_obligation": plain.add_obligation,
    "add_obligor": plain.add_obligor,
    "release_obligor": plain.release_obligor,
    "add_note": plain.add_note,
    "assign": plain.assign,
    "place_case": plain.place_case,
    "close_case": plain.close_case,
    "reopen_case": plain.reopen_case,
    "escalate": plain.escalate,
    "deescalate": plain.deescalate,
    "complete_task": plain.complete_task,
    "pin_strategy": plain.pin_strategy,
    "place_hold": plain.place_hold,
    "release_hold": plain.release_hold,
    "record_payment": about_money.record_payment,
    "reverse_payment": about_money.reverse_payment,
    "add_charge": about_money.add_charge,
    "waive": about_money.waive,
    "make_promise": about_money.make_promise,
    "cancel_promise": about_money.cancel_promise,
    "agree_plan": about_money.agree_plan,
    "cancel_plan": about_money.cancel_plan,
    "agree_settlement": about_money.agree_settlement,
    "cancel_settlement": about_money.cancel_settlement,
    "open_dispute": about_money.open_dispute,
    "resolve_dispute": about_money.resolve_dispute,
    "log_contact": about_contacts.log_contact,
    "record_contact_outcome": about_contacts.record_contact_outcome,
    "record_terms": about_terms.record_terms,
    "consent_to_order": about_terms.consent_to_order,
    "post_interest": about_terms.post_interest,
    "extend_due_date": about_terms.extend_due_date,
    "advance_cost": about_terms.advance_cost,
    "grant_reward": about_terms.grant_reward,
    "offer_settlement": about_offers.offer_settlement,
    "approve_offer": about_offers.approve_offer,
    "refuse_offer": about_offers.refuse_offer,
    "accept_offer": about_offers.accept_offer,
    "withdraw_offer": about_offers.withdraw_offer,
    "offer_discount": about_offers.offer_discount,
    "withdraw_discount": about_offers.withdraw_discount,
    "request_approval": about_approvals.request_approval,
    "give_approval": about_approvals.give_approval,
    "refuse_approval": about_approvals.refuse_approval,
    "withdraw_approval": about_approvals.withdraw_approval,
    "interrupt_limitation": about_limitation.interrupt_limitation,
    "suspend_limitation": about_limitation.suspend_limitation,
    "plead_time_bar": about_limitation.plead_time_bar,
}
_BY_BODY: Final[Mapping[type, Callable[[Any, Said], CaseCommand]]] = {
    getattr(pb, "".join(part.capitalize() for part in name.split("_"))): translator
    for name, translator in TRANSLATORS.items()
}


def command_of(body: Any, said: Said) -> CaseCommand:
    """Return the command that the body of a request asks for."""
    return _BY_BODY[type(body)](body, said)


def history_of(told: pb.CaseCommand, said: Said, field: str) -> tuple[CaseCommand, ...]:
    """Return one command of a history, and the note that comes with it; its own instant counts, if it has one."""
    kind = told.WhichOneof("command")
    if kind is None:
        raise Rejected("COMMAND_MISSING", "it asks for nothing", field=field, accepted=", ".join(TRANSLATORS))
    said_at = said.at
    if told.HasField("effective_time"):
        said.at = instant(told.effective_time, f"{field}.effective_time")
    try:
        command = TRANSLATORS[kind](getattr(told, kind), said)
        note = about_contacts.note_of(told.log_contact, command) if isinstance(command, LogContact) else ()
    except Rejected as refusal:
        refusal.field = f"{field}.{kind}.{refusal.field}" if refusal.field else f"{field}.{kind}"
        raise
    finally:
        said.at = said_at
    return (command, *note)
