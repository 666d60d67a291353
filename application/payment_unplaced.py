"""Money by payment links that found no link: it waits with the bank entries that found no case, for a person."""

from typing import Final

from application.payment_intake import PaymentIntake
from application.payment_provider import LinkReport, RefundReport
from application.payment_reports import PROVIDER
from application.payment_taken import Became
from application.ports import StaleStream
from application.request import Asked
from domain.money import Money
from domain.suspense.entry import BankEntry

FORMAT: Final = "WEBHOOK"


class QueuedUnplaced:
    """Gives reports to the intake as entries of the provider's account, with a doubt: none is matched by itself.

    A case that the reference of a foreign payment happens to name is a candidate, and contact with it is suspended.
    """

    def __init__(self, intake: PaymentIntake) -> None:
        self._intake = intake

    async def keep(self, report: LinkReport, why: str) -> None:
        """Queue it, once however often it is told; what says no sum is about money that never came, and of no use."""
        if report.amount is None:
            return
        entry = entry_of(report, report.amount, why)
        (taken,) = await self._intake.take([entry], Asked(request_id="", actor=PROVIDER))
        if taken.became is Became.WAITING and not (taken.position or taken.repeated):
            raise StaleStream(taken.stream_id, 0, 0)  # rivals won every round


def entry_of(report: LinkReport, amount: Money, why: str) -> BankEntry:
    """Return a report as an entry of the provider's account: above zero what came in, below what went back."""
    provider = report.payment_id.partition(":")[0]
    entry_id, reversal = report.payment_id, False
    if isinstance(report, RefundReport):
        entry_id, reversal = (report.refund_id, True) if report.stands else (f"{report.refund_id}:back", False)
    return BankEntry(
        entry_id=entry_id,
        account=provider,
        amount=-amount if reversal else amount,
        booked_on=report.at.date(),
        reversal=reversal,
        doubts=(why,),
        method=report.reason if isinstance(report, RefundReport) else report.method,
        document_number=report.reference,
        transaction_reference=report.payment_id,
        file_format=FORMAT,
    )
