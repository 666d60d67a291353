"""What a case's workflow asks for: look at what is owed, and deliver what was permitted."""

from datetime import timedelta
from uuid import UUID

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.messages import Delivery, Look
from application.delivery_desk import DeliveryDesk
from application.ladder_desk import LadderDesk
from application.messages import NotSent
from application.next import Next

ADVANCE = "advance"
DELIVER = "deliver"


class CaseSteps:
    """Activities over the desks. Either may be called twice for the same thing; the log and the debtor see it once."""

    def __init__(self, ladder: LadderDesk, delivery: DeliveryDesk) -> None:
        self._ladder = ladder
        self._delivery = delivery

    @activity.defn(name=ADVANCE)
    async def advance(self, look: Look) -> Next:
        """Take what is due on the log and answer with the next move."""
        return await self._ladder.advance(UUID(look.case_id), trace_id=look.trace_id, facts_changed=look.facts_changed)

    @activity.defn(name=DELIVER)
    async def deliver(self, delivery: Delivery) -> Next:
        """Make a permitted contact, record what became of it, and answer with the next move."""
        case_id = UUID(delivery.case_id)
        try:
            await self._delivery.deliver(case_id, delivery.permit_id, trace_id=delivery.trace_id)
        except NotSent as failure:
            # For certain nothing went out, so that a retry is safe; the code says which way it failed.
            later = timedelta(seconds=failure.retry_after_seconds) if failure.retry_after_seconds else None
            raise ApplicationError(f"not sent: {failure}", type="NotSent", next_retry_delay=later) from None
        return await self._ladder.advance(case_id, trace_id=delivery.trace_id)
