"""`escalera payments queue|retry|match|return|dismiss|verify|reference|account`: entries that wait for a person."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.case_reading import CaseName
from cli.command import command
from cli.listing import MinPosition, PageSize, PageToken, Portfolio
from cli.payments import app
from cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

    from cli.language import Words
    from protos.escalera import v1 as pb

ID_LENGTH = 36
BATCH = 500  # entries that are judged again in one request
Entry = Annotated[str, typer.Argument(metavar="ENTRY", help="Its id, as `payments queue` shows it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]


@command(app, "queue")
def queue(
    session: Session,
    all_: Annotated[bool, typer.Option("--all", help="Also what does not wait any more.")] = False,
    why: Annotated[list[str] | None, typer.Option("--why", help="NO_CASE, AMBIGUOUS ... Repeatable.")] = None,
    case: Annotated[str, typer.Option("--case", help="Which may be this case's: UUID or CREDITOR/REFERENCE.")] = "",
    portfolio: Portfolio = None,
    personal: Annotated[bool, typer.Option("--personal", help="With who paid, and what they wrote.")] = False,
    limit: PageSize = 50,
    page_token: PageToken = "",
    min_position: MinPosition = 0,
) -> None:
    """List bank entries that wait for a person, the oldest first, with the cases that they may pay."""
    from cli.ask import case_name
    from cli.plain import plain
    from protos.escalera import v1 as pb

    request = pb.ListEntriesRequest(
        stands=[number for number in pb.EntryStands.values() if number] if all_ else [],
        whys=[each.upper() for each in why or []],
        case_name=case_name(case) if case else None,
        portfolios=portfolio or [],
        include_personal_data=personal,
        page_size=limit,
        page_token=page_token,
        min_position=min_position,
    )
    found = plain(session.doors.payments.ListEntries(request, timeout=session.timeout))
    if session.as_json:
        session.give(found)
        return
    _show(session, found, personal=personal)


@command(app, "retry", writes=True)
def retry(
    session: Session,
    entries: Annotated[
        list[str] | None, typer.Argument(metavar="ENTRY", help="Their ids; all that wait if not given.")
    ] = None,
    creditor: Annotated[str, typer.Option("--creditor", help="Whose references they are; all creditors' if not.")] = "",
) -> None:
    """Judge what waits again: its case may have been opened since. What only a person can settle goes on waiting."""
    from protos.escalera import v1 as pb

    ids = entries or [each.queue_id for each in _waiting(session)]
    dry_run = session.common()["validate_only"]
    requests = [
        pb.ImportEntriesRequest(queue_ids=ids[first : first + BATCH], creditor_id=creditor, validate_only=dry_run)
        for first in range(0, len(ids), BATCH)
    ]
    answers = session.doors.payments.ImportEntries(iter(requests), metadata=session.metadata)
    outcomes = [outcome for answer in answers for outcome in answer.outcomes]
    became = Counter(pb.EntryBecame.Name(each.became).removeprefix("ENTRY_BECAME_").lower() for each in outcomes)
    counts = {key: became[key] for key in ("recorded", "reversed", "repeated", "passed_over")}
    counts["left"] = became["waiting"] + became["refused"]
    if session.as_json:
        waiting = [each.queue_id for each in outcomes if each.became == pb.ENTRY_BECAME_WAITING]
        session.give({**counts, "validated_only": dry_run, "waiting": waiting})
        return
    words = session.words
    shown = {key: words.number(value) for key, value in counts.items()}
    session.console.print(words("say", "payments_would" if dry_run else "payments_imported", **shown))


def _waiting(session: Session) -> "Iterator[pb.QueuedEntry]":
    """Yield all that waits, page by page."""
    from protos.escalera import v1 as pb

    token = ""
    while True:
        request = pb.ListEntriesRequest(page_size=BATCH, page_token=token)
        page = session.doors.payments.ListEntries(request, timeout=session.timeout)
        yield from page.entries
        token = page.next_page_token
        if not token:
            return


@command(app, "match", writes=True)
def match(
    session: Session,
    entry: Entry,
    case: CaseName,
    payment: Annotated[str, typer.Option("--payment", help="Of a reversal: the payment that it takes back.")] = "",
) -> None:
    """Say which case an entry belongs to; it is recorded there in the same moment."""
    from cli.ask import case_name
    from protos.escalera import v1 as pb

    request = pb.MatchEntryRequest(queue_id=entry, case_name=case_name(case), payment_id=payment)
    _tell(session, entry, session.doors.payments.MatchEntry, request)


@command(app, "return", writes=True)
def return_(session: Session, entry: Entry, reason: Reason) -> None:
    """Say that the money goes back to whoever sent it. Sending it is not done here."""
    from protos.escalera import v1 as pb

    request = pb.ReturnEntryRequest(queue_id=entry, reason=reason)
    _tell(session, entry, session.doors.payments.ReturnEntry, request)


@command(app, "dismiss", writes=True)
def dismiss(session: Session, entry: Entry, reason: Reason) -> None:
    """Say that nothing is to be done about an entry: told twice, or not a debtor's."""
    from protos.escalera import v1 as pb

    request = pb.DismissEntryRequest(queue_id=entry, reason=reason)
    _tell(session, entry, session.doors.payments.DismissEntry, request)


@command(app, "verify", writes=True)
def verify(session: Session, case: CaseName) -> None:
    """The debtor says that they paid: suspend contact for five business days, while somebody looks for the money."""
    from cli.ask import case_name
    from protos.escalera import v1 as pb

    request = pb.VerifyPaymentRequest(case_name=case_name(case))
    _tell(session, case, session.doors.payments.VerifyPayment, request)


@command(app, "account", writes=True)
def account(
    session: Session,
    case: CaseName,
    number: Annotated[str, typer.Argument(metavar="ACCOUNT", help="CLABE, IBAN or a number of the bank's own.")],
) -> None:
    """Say that what is paid into an account of the creditor's is for this case alone."""
    from cli.ask import case_name
    from protos.escalera import v1 as pb

    request = pb.AssignAccountRequest(case_name=case_name(case), account=number.replace(" ", "").upper())
    _tell(session, case, session.doors.payments.AssignAccount, request)


@command(app, "reference")
def reference(session: Session, case: CaseName) -> None:
    """Show what a payer writes to mean this case (an RF reference, ISO 11649), and the accounts that are its own."""
    from cli.ask import case_name
    from cli.plain import plain
    from cli.show import facts
    from protos.escalera import v1 as pb

    request = pb.GetPaymentReferenceRequest(case_name=case_name(case))
    found = plain(session.doors.payments.GetPaymentReference(request, timeout=session.timeout))
    if session.as_json:
        session.give(found)
        return
    words = session.words
    session.console.print(
        facts(
            (
                (words("label", "reference"), found["rf_reference_printed"]),
                (words("label", "account"), "\n".join(found["accounts"])),
            )
        )
    )


@command(app, "review")
def review(
    session: Session,
    case: CaseName,
    payment: Annotated[
        str,
        typer.Argument(metavar="PAYMENT", help="Which payment; everything about the case that was known late if not."),
    ] = "",
) -> None:
    """List what was done to a debtor before a payment, its reversal or a hold was known, with remedies proposed."""
    from cli.ask import case_name
    from cli.plain import plain
    from cli.show import instant, table
    from protos.escalera import v1 as pb

    request = pb.ReviewPaymentRequest(case_name=case_name(case), payment_id=payment)
    found = plain(session.doors.payments.ReviewPayment(request, timeout=session.timeout))
    if session.as_json:
        session.give(found)
        return
    words, say = session.words, session.console.print
    if not any(late["done"] for late in found["late"]):
        say(words("say", "nothing_done_meanwhile"))
        return
    for late in found["late"]:
        times = {"since": instant(late["effective_time"]), "known": instant(late["known_time"])}
        say(words("say", "known_late", what=f"{late['event']} {late['fact_id']}", **times), markup=False)
        rows = [_done(words, one) for one in late["done"]]
        say(table(words, ("at", "event", "remedy", "why"), rows))


def _done(words: "Words", one: dict[str, Any]) -> tuple[str, str, str, str]:
    from cli.show import instant, sum_of

    if one["contact"]:
        what = words.of("channel", one["contact"]["channel"])
    else:
        charge = one["charge"]
        what = f"{words.of('component', charge['component'])} {sum_of(words, charge['amount'])} ({charge['charge_id']})"
    return instant(one["effective_time"]), what, words.of("remedy", one["remedy"]), words.of("why", one["reason"])


def _tell(session: Session, name: str, method: Any, request: "Message") -> None:
    """Send a decision under a request id, and say what it changed."""
    from cli.ask import tell
    from cli.plain import plain

    common = session.common()
    for field in ("request_id", "validate_only"):
        setattr(request, field, common[field])
    tell(session, name, plain(method(request, timeout=session.timeout, metadata=session.metadata)))


def _show(session: Session, found: dict[str, Any], *, personal: bool) -> None:
    from cli.listing import more
    from cli.show import sum_of, table

    words, say = session.words, session.console.print
    if not found["entries"]:
        say(words("say", "nothing_found"))
        return
    columns = ["id", "day", "amount", "why", "case"] + (["payer"] if personal else [])
    rows = []
    for one in found["entries"]:
        why = words.of("left", one["why"]) if one["stands"] == "WAITING" else words.of("entry_stands", one["stands"])
        cases = [f"{each['case_title'] or each['case_id']} {each['points']}" for each in one["candidates"]]
        row = [one["queue_id"], one["booked_date"] or "", sum_of(words, one["amount"]), why]
        row.append("\n".join(cases) if one["stands"] == "WAITING" else one["case_id"] or one["reason"])
        if personal:
            told = one["told"] or {}
            payer = dict.fromkeys(words.personal(told.get(key) or "") for key in ("counterparty_name", "remittance"))
            row.append("\n".join(filter(None, payer)))
        rows.append(row)
    shown = table(words, columns, rows)
    shown.columns[0].min_width = ID_LENGTH  # whole, to be copied
    say(shown)
    more(session, found["next_page_token"])
