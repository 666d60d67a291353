"""Opens the demo's portfolio: each case with its persons, in batches over one stream."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice

from api.client import AsyncDoors, acting_as
from api.translate_values import day_out, instant_out, money_out
from demo.portfolio import CREDITOR, STARTS_AT, Account, Debtor, Portfolio
from protos.escalera import v1 as pb

BATCH_ITEMS = 200


class OpeningRefused(Exception):
    """The engine did not take a case of the demo; the text says which and why."""


async def open_portfolio(doors: AsyncDoors, portfolio: Portfolio) -> int:
    """Register every debtor, open every case, and return the log's position after the last one."""

    async def requests() -> AsyncIterator[pb.OpenCasesRequest]:
        items = _items(portfolio)
        while batch := list(islice(items, BATCH_ITEMS)):
            yield pb.OpenCasesRequest(items=batch)

    position = 0
    async for response in doors.cases.OpenCases(requests(), metadata=acting_as("system:demo"), timeout=120):
        for outcome in response.outcomes:
            if outcome.HasField("refusal"):
                said = outcome.refusal
                raise OpeningRefused(f"{outcome.request_id}: {said.reason} {said.field} {said.detail}")
            position = max(position, outcome.position)
    return position


def _items(portfolio: Portfolio) -> Iterator[pb.OpenCasesItem]:
    for account in portfolio.accounts:
        yield pb.OpenCasesItem(
            request_id=f"demo-open-{account.reference}",
            effective_time=instant_out(STARTS_AT),
            open=_opening(account),
            persons=[_person(account.debtor)],
        )


def _opening(account: Account) -> pb.OpenCase:
    place = account.debtor.place
    return pb.OpenCase(
        creditor_id=CREDITOR,
        reference=account.reference,
        portfolio=account.portfolio,
        currency=place.currency,
        country=place.country,
        time_zone=place.time_zone,
        language=place.language,
        strategy=pb.StrategyName(name=account.portfolio),
        obligations=[
            pb.Obligation(
                obligation_id=invoice.obligation_id,
                reference=invoice.reference,
                principal=money_out(invoice.principal.minor, invoice.principal.currency),
                due_date=day_out(invoice.due_on),
            )
            for invoice in account.invoices
        ],
        obligors=[pb.Obligor(person=pb.PersonName(reference=account.debtor.reference), role=pb.ROLE_PRINCIPAL)],
    )


def _person(debtor: Debtor) -> pb.OpenCasePerson:
    place = debtor.place
    return pb.OpenCasePerson(
        person_name=pb.PersonName(reference=debtor.reference),
        register=pb.RegisterPerson(
            name=debtor.name, language=place.language, country=place.country, time_zone=place.time_zone
        ),
        contact_points=[
            pb.AddContactPoint(point_id="email", channel=pb.CHANNEL_EMAIL, address=debtor.email),
            pb.AddContactPoint(point_id="phone", channel=pb.CHANNEL_PHONE, address=debtor.phone),
        ],
    )
