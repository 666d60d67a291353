"""What must hold when the story is over: the engine's own verification, and comparisons from the outside."""

from collections.abc import Iterator, Sequence

from api.client import AsyncDoors
from demo.books import REACHED, Books
from demo.figures import Check, MailFigures, Sums, Told
from demo.telling import unexpected
from infra.channels.email import message_id
from infra.mail_sink import Tally
from protos.escalera import v1 as pb

VERIFY_SECONDS = 600.0
UNSETTLED = frozenset({"PENDING", "UNKNOWN"})  # may or may not have arrived: at most one, and nobody sends again


async def replay_check(doors: AsyncDoors) -> Check:
    """Ask the engine to replay every case and compare it with its tables."""
    last = pb.VerifyProgress()
    first = ""
    async for progress in doors.reports.VerifyLog(pb.VerifyLogRequest(), timeout=VERIFY_SECONDS):
        last = progress
        if progress.differences and not first:
            found = progress.differences[0]
            first = f"{found.case_id} {found.field} {found.replayed!r} shown as {found.shown!r}"
    counts = {"cases": last.cases_checked, "events": last.events_read, "differences": last.differences_total}
    return Check(name="replay", holds=last.done and not last.differences_total, counts=counts, wrong=first)


async def lawful_check(doors: AsyncDoors) -> Check:
    """Ask the engine to judge every contact of the log again."""
    audit = pb.ContactAudit()
    async for progress in doors.contacts.VerifyContacts(pb.VerifyContactsRequest(), timeout=VERIFY_SECONDS):
        audit = progress.audit
    first = f"{audit.violations[0].permit_id} {audit.violations[0].reason}" if audit.violations else ""
    counts = {
        "judged": audit.judged,
        "permits": audit.permits,
        "violations": audit.violations_total,
        "late": audit.late_total,
    }
    holds = audit.judged == audit.permits > 0 and not audit.violations_total
    return Check(name="lawful", holds=holds, counts=counts, wrong=first)


def mail_checks(books: Books, tally: Tally, sender: str) -> Iterator[Check]:
    """Compare the sink's messages with the permits of the log."""
    domain = sender.rpartition("@")[2]
    permits = {message_id(permit, domain): outcome for permit, outcome in books.email_permits().items()}
    count, different = tally.messages, len(tally.message_ids)
    yield Check(name="mail_ids", holds=count == different, counts={"messages": count, "different": different})
    strangers = tally.message_ids - permits.keys()
    yield Check(
        name="permits",
        holds=not strangers and count == different,
        counts={"permits": len(permits), "strangers": len(strangers)},
    )
    delivered = {each for each, outcome in permits.items() if outcome in REACHED}
    unsettled = {each for each, outcome in permits.items() if outcome in UNSETTLED}
    arrived = tally.message_ids - unsettled
    yield Check(
        name="delivered",
        holds=arrived == delivered,
        counts={"delivered": len(delivered), "arrived": len(arrived), "unsettled": len(unsettled)},
    )


def money_check(money: Sequence[Sums], books: Books) -> Check:
    """Every currency's sums add up, and what the tables call collected is what the log's payments say."""
    wrong = [
        each.currency
        for each in money
        if each.principal + each.charged - each.waived - each.collected != each.balance
        or each.collected + each.credit != books.paid[each.currency]
    ]
    return Check(name="money", holds=not wrong, counts={"currencies": len(money)}, wrong=", ".join(wrong))


def deeds_check(told: Sequence[Told], planned: int) -> Check:
    """Every deed of the story was answered, with a yes or with a no that the story expects."""
    answered = sum(each.accepted + sum(each.refused.values()) for each in told)
    strange = unexpected(told)
    wrong = "; ".join(f"{what} ({count})" for what, count in strange.items())
    counts = {"answered": answered, "planned": planned}
    return Check(name="deeds", holds=answered == planned and not strange, counts=counts, wrong=wrong)


def mail_figures(tally: Tally) -> MailFigures:
    return MailFigures(messages=tally.messages, message_ids=len(tally.message_ids), duplicates=len(tally.duplicates))
