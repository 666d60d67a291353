"""Balances, explained, through the door: every cent down to events, days, rates and articles."""

from datetime import UTC, date, datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any

import grpc
import pytest
from google.type.date_pb2 import Date

from api.translate_values import instant_out
from protos.escalera import v1 as pb
from tests.api.asking import euros, named, payment
from tests.api.door import Door, refused
from tests.infra.statements.pdf_text import lines

DUE = Date(year=2024, month=5, day=31)
KIND = pb.StatementNodeKind
OPENED = datetime(2024, 5, 1, 9, tzinfo=UTC)


async def owing(door: Door, reference: str = "R-1", **changes: Any) -> None:
    """Open a merchant's case of 10,000 EUR due on the last of May 2024, of which 6,000 came in fifteen days later.

    The payment posts and pays 51.36 of interest first, as the law there has it.
    """
    door.clock.at = OPENED
    debt = pb.Obligation(obligation_id="o-1", reference="F-1", principal=euros(10_000), due_date=DUE)
    told = {"country": "ES", "time_zone": "Europe/Madrid", "language": "es", "obligations": [debt]}
    await door.open(reference, **(told | changes))
    terms = pb.RecordTerms(terms_id="t-1", nature=pb.NATURE_COMMERCIAL)
    await door.cases.RecordTerms(
        pb.RecordTermsRequest(request_id=f"terms-{reference}", case_name=named(reference), command=terms)
    )
    door.clock.at = datetime(2024, 6, 15, 9, tzinfo=UTC)
    await door.cases.RecordPayment(payment("p-1", 6_000, reference=reference))


async def statement(door: Door, on: date | None = date(2024, 7, 30), **asked: Any) -> pb.Statement:
    day = Date(year=on.year, month=on.month, day=on.day) if on else None
    found: pb.Statement = await door.statements.GetStatement(
        pb.GetStatementRequest(case_name=named(), on_date=day, **asked)
    )
    return found


def all_of(node: pb.StatementNode) -> list[pb.StatementNode]:
    return [node, *(each for under in node.nodes for each in all_of(under))]


def only(found: pb.Statement, kind: int) -> list[pb.StatementNode]:
    return [each for each in all_of(found.tree) if each.kind == kind]


def cents(node: pb.StatementNode) -> int:
    assert node.amount.currency_code == "EUR"
    return int(node.amount.units * 100 + node.amount.nanos // 10_000_000)


async def test_a_cent_of_interest_says_which_days_which_rate_and_which_article(door: Door) -> None:
    await owing(door)
    found = await statement(door)
    assert [
        (cents(each), each.interest.first_date.day, each.interest.days, each.interest.year_days,
         each.interest.principal.units, each.interest.rate_percent)
        for each in only(found, KIND.STATEMENT_NODE_KIND_INTEREST)
    ] == [
        (51_36, 1, 15, 365, 10_000, "12.5"), (20_81, 16, 15, 365, 4_051, "12.5"), (40_80, 1, 30, 365, 4_051, "12.25")
    ]  # fmt: skip
    line = only(found, KIND.STATEMENT_NODE_KIND_INTEREST)[0].interest
    assert line.day_count == pb.DAY_COUNT_ACT_365
    assert line.rule == "es.money.ley3_2004"
    assert "Ley 3/2004" in line.cite
    assert line.rate_stamp.startswith("es.demora@")
    assert Fraction(line.exact_minor) == Fraction(10_000_00 * 15 * 125, 365 * 1000)
    assert found.law_stamp.startswith("es.money@")
    assert found.complete


async def test_every_node_is_the_sum_of_those_under_it_up_to_the_balance(door: Door) -> None:
    await owing(door)
    found = await statement(door)
    for node in all_of(found.tree):
        if node.nodes:
            assert cents(node) == sum(cents(each) for each in node.nodes)
    assert found.balance == found.tree.amount
    assert found.balance == euros(4_112.97)


async def test_an_event_is_named_by_its_place_in_the_case_and_in_the_log(door: Door) -> None:
    await door.open("another")
    await owing(door)
    found = await statement(door)
    paid = next(each for each in only(found, KIND.STATEMENT_NODE_KIND_EVENT) if each.name == "PaymentRecorded")
    history = await door.queries.ListEvents(pb.ListEventsRequest(source=pb.EventSource(case_name=named())))
    event = next(each for each in history.events if each.name == "PaymentRecorded")
    assert (paid.event.number, paid.event.position) == (event.version, event.position)
    assert paid.event.effective_date == Date(year=2024, month=6, day=15)
    assert paid.event.reference == "p-1"
    assert (found.version, found.position) == (len(history.events), history.events[-1].position)


async def test_the_day_is_today_where_the_case_lives(door: Door) -> None:
    await owing(door)
    door.clock.at = datetime(2024, 7, 29, 22, 30, tzinfo=UTC)  # half past midnight in Madrid
    assert (await statement(door, on=None)).on_date == Date(year=2024, month=7, day=30)


async def test_what_was_not_known_then_is_not_in_it(door: Door) -> None:
    await owing(door)
    before = datetime(2024, 6, 15, 8, 59, tzinfo=UTC)
    then = await statement(door, known_time=instant_out(before))
    assert [each.name for each in only(then, KIND.STATEMENT_NODE_KIND_EVENT)] == ["CaseOpened"]
    assert then.known_time == instant_out(before)
    assert cents(then.tree) > 10_000_00
    by_default = await statement(door, on=None, known_time=instant_out(before))
    assert by_default.on_date == Date(year=2024, month=6, day=15)


async def test_a_day_before_the_case_and_a_case_that_is_none_are_refused(door: Door) -> None:
    await owing(door)
    early = await refused(statement(door, on=date(2024, 4, 30)))
    assert (early.reason, early.fields) == ("CASE_NOT_FOUND", ("on_date",))
    unknown = await refused(statement(door, known_time=instant_out(datetime(2024, 4, 1, tzinfo=UTC))))
    assert (unknown.reason, unknown.fields) == ("CASE_NOT_FOUND", ("known_time",))
    nobody = pb.GetStatementRequest(case_name=named("nobody"))
    assert (await refused(door.statements.GetStatement(nobody))).code is grpc.StatusCode.NOT_FOUND
    wrong = pb.GetStatementRequest(case_name=named(), on_date=Date(year=2024, month=2, day=30))
    assert (await refused(door.statements.GetStatement(wrong))).reason == "DATE_INVALID"


async def test_a_country_whose_law_nobody_wrote_down_is_said(door: Door) -> None:
    await door.open()
    assert (await refused(door.statements.GetStatement(pb.GetStatementRequest(case_name=named())))).reason == (
        "LAW_NOT_FOUND"
    )


async def test_the_document_is_for_the_debtor_and_its_hash_is_told(door: Door) -> None:
    await owing(door)
    person = pb.RegisterPerson(name="Ana María Ruiz", language="pt", country="ES", time_zone="Europe/Madrid")
    await door.persons.RegisterPerson(
        pb.RegisterPersonRequest(
            request_id="ana",
            person_name=pb.PersonName(creditor_id="acme", reference="customer-R-1"),
            command=person,
        )
    )
    asked = pb.GetStatementDocumentRequest(case_name=named(), on_date=Date(year=2024, month=7, day=30))
    found = await door.statements.GetStatementDocument(asked)
    assert found.media_type == "application/pdf"
    assert found.sha256 == sha256(found.content).hexdigest()
    assert found.language == "pt-BR"
    there = {text for row in lines(found.content) for text in row}
    assert {"Ana María Ruiz", "acme", "R-1"} <= there
    assert (await door.statements.GetStatementDocument(asked)).content == found.content


@pytest.mark.parametrize(
    ("asked", "written"), [("es-MX", "es-419"), ("es-ES", "es-ES"), ("pt_BR", "pt-BR"), ("en", "en"), ("fi", "en")]
)
async def test_the_document_is_in_the_language_that_is_asked_for(door: Door, asked: str, written: str) -> None:
    await owing(door)
    request = pb.GetStatementDocumentRequest(
        case_name=named(), language=asked, format=pb.DOCUMENT_FORMAT_PDF, on_date=Date(year=2024, month=7, day=30)
    )
    assert (await door.statements.GetStatementDocument(request)).language == written


async def test_who_is_not_registered_is_not_named(door: Door) -> None:
    await owing(door)
    asked = pb.GetStatementDocumentRequest(case_name=named(), on_date=Date(year=2024, month=7, day=30), language="es")
    found = await door.statements.GetStatementDocument(asked)
    assert "A nombre de" not in {text for row in lines(found.content) for text in row}


async def test_a_position_that_the_log_has_not_reached_is_refused(door: Door) -> None:
    await owing(door)
    asked = pb.GetStatementRequest(case_name=named(), min_position=10_000)
    call = door.statements.GetStatement(asked, timeout=0.5)
    assert (await refused(call)).reason == "POSITION_INVALID"
