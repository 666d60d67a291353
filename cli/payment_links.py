"""`escalera payments link|links|link-status|link-cancel`: links that debtors pay by."""

from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from cli.case_reading import CaseName
from cli.command import command
from cli.payments import app
from cli.session import USAGE, Session

if TYPE_CHECKING:
    from cli.plain import Plain

Link = Annotated[str, typer.Argument(metavar="LINK", help="The link's id.")]


@command(app, "link", writes=True)
def link(
    session: Session,
    case: CaseName,
    amount: Annotated[str, typer.Option("--amount", help="How much; all that is owed by default.")] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=30, help="How long it lasts.")] = 7,
    person: Annotated[str, typer.Option("--person", help="Who may pay; the principal debtor by default.")] = "",
    link_id: Annotated[str, typer.Option("--id", help="Its own id; from the request's id by default.")] = "",
) -> None:
    """Make a link that one person may pay by, and print its address. Asked again with its id, it is the same link."""
    from cli.ask import case_name, money_for, person_name
    from cli.plain import plain
    from protos.escalera import v1 as pb

    _now_only(session)
    name = case_name(case)
    asked = pb.CreatePaymentLinkRequest(
        request_id=session.request_id or f"cli-{uuid4()}",
        case_name=name,
        link_id=link_id,
        days=days,
        validate_only=session.dry_run,
    )
    if amount:
        asked.amount.CopyFrom(money_for(session, case, amount))
    if person:
        asked.person.CopyFrom(person_name(person, name.creditor_id))
    made = session.doors.links.CreatePaymentLink(asked, timeout=session.timeout, metadata=session.metadata)
    _give(session, plain(made))


@command(app, "links")
def links(session: Session, case: CaseName) -> None:
    """List the payment links of a case, in the order of issue."""
    from cli.ask import case_name
    from cli.plain import plain
    from cli.show import sum_of, table
    from protos.escalera import v1 as pb

    request = pb.ListPaymentLinksRequest(case_name=case_name(case))
    found = plain(session.doors.links.ListPaymentLinks(request, timeout=session.timeout))
    if session.as_json:
        session.give(found)
        return
    words = session.words
    rows = [
        (
            each["link_id"],
            words.of("payment_link", each["state"]),
            sum_of(words, each["amount"]),
            _until(each),
        )
        for each in found["links"]
    ]
    session.console.print(table(words, ("id", "state", "amount", "until"), rows))
    for each in found["links"]:
        session.console.print(f"{each['link_id']}: {each['address']}", markup=False, soft_wrap=True)


@command(app, "link-status", writes=True)
def link_status(session: Session, case: CaseName, link: Link) -> None:
    """Ask the provider where a link stands; what it says of its end is recorded."""
    from cli.ask import case_name
    from cli.plain import plain
    from protos.escalera import v1 as pb

    _now_only(session)
    request = pb.GetPaymentLinkRequest(case_name=case_name(case), link_id=link, ask_provider=not session.dry_run)
    found = session.doors.links.GetPaymentLink(request, timeout=session.timeout, metadata=session.metadata)
    _give(session, plain(found))


@command(app, "link-cancel", writes=True)
def link_cancel(
    session: Session,
    case: CaseName,
    link: Link,
    reason: Annotated[str, typer.Argument(metavar="REASON", help="Why, in a word: PAYS_BY_TRANSFER.")],
) -> None:
    """Lead nobody to a link any more, and close it at its provider. Repeat it until the provider has answered."""
    from cli.ask import case_name
    from cli.plain import plain
    from protos.escalera import v1 as pb

    _now_only(session)
    request = pb.CancelPaymentLinkRequest(
        request_id=session.request_id or f"cli-{uuid4()}",
        case_name=case_name(case),
        link_id=link,
        reason=reason,
        validate_only=session.dry_run,
    )
    done = session.doors.links.CancelPaymentLink(request, timeout=session.timeout, metadata=session.metadata)
    _give(session, plain(done), asked_provider=True)


def _now_only(session: Session) -> None:
    """End where somebody says that it happened at another time: a provider is asked now."""
    if session.at:
        session.fail(USAGE, reason="NOT_UNDERSTOOD", detail=session.words("payment_link", "no_at"))


def _until(found: "Plain") -> str:
    from cli.show import instant

    return f"{instant(found['expire_time'])} UTC"


def _give(session: Session, found: "Plain", *, asked_provider: bool = False) -> None:
    from rich.text import Text

    from cli.show import facts, sum_of

    if session.as_json:
        session.give(found)
        return
    words = session.words
    if found["validated_only"]:
        session.console.print(words("say", "valid"))
    provider = found["provider_state"]
    if asked_provider and not provider and not found["validated_only"] and found["provider_id"]:
        session.console.print(words("payment_link", "not_told", provider=found["provider"]), style="yellow")
    pairs = [
        (words("label", "id"), found["link_id"]),
        (words("label", "state"), words.of("payment_link", found["state"])),
        (found["provider"], words.of("at_provider", provider) if provider else ""),
        (words("label", "amount"), sum_of(words, found["amount"])),
        (words("label", "until"), _until(found)),
        (words("label", "link"), Text(found["address"], style="bold")),
    ]
    session.console.print(facts(pairs), soft_wrap=True)
