"""Commands to a case, from the wire to the domain: what moves the clock of limitation."""

from api import words
from api.translate_commands import Said
from api.translate_values import day, meaning
from domain.case import commands
from protos.escalera import v1 as pb


def interrupt_limitation(body: pb.InterruptLimitation, said: Said) -> commands.InterruptLimitation:
    return commands.InterruptLimitation(
        interruption_id=body.interruption_id,
        kind=meaning(words.INTERRUPTION, body.kind, "kind"),
        on=day(body.effective_date, "effective_date"),
        proof=body.proof,
        obligation_ids=tuple(body.obligation_ids),
        at=said.at,
        by=said.by,
    )


def suspend_limitation(body: pb.SuspendLimitation, said: Said) -> commands.SuspendLimitation:
    return commands.SuspendLimitation(
        suspension_id=body.suspension_id,
        first=day(body.first_date, "first_date"),
        last=day(body.last_date, "last_date"),
        reason=body.reason,
        proof=body.proof,
        obligation_ids=tuple(body.obligation_ids),
        at=said.at,
        by=said.by,
    )


def plead_time_bar(body: pb.PleadTimeBar, said: Said) -> commands.PleadTimeBar:
    return commands.PleadTimeBar(
        plea_id=body.plea_id, proof=body.proof, obligation_ids=tuple(body.obligation_ids), at=said.at, by=said.by
    )
