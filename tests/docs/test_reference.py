"""The reference says what the sources say: nothing that may be refused, stored or called is missing from it."""

from application.personal import PERSONAL_FIELDS
from infra.codec.registry import EVENT_TYPES
from protos.escalera.v1 import (
    case_service_pb2,
    contact_service_pb2,
    payment_queue_service_pb2,
    person_service_pb2,
    query_service_pb2,
    report_service_pb2,
    statement_service_pb2,
    strategy_service_pb2,
)
from tools.pages import commands, events, grpc, reasons, refusals, settings, source, strategies


def test_a_reason_written_where_it_is_used_comes_with_its_words() -> None:
    said = next(each for each in reasons.refusals() if each.reason == "PROMISE_EXCEEDS_BALANCE")
    assert (said.field, said.where) == ("amount", "domain/case/promise.py")
    assert said.detail == "{owed} is owed"
    assert said.accepted == "up to {owed}"


def test_a_reason_that_is_handed_over_is_found_at_whoever_hands_it() -> None:
    found = {each.reason for each in reasons.refusals()}
    assert {"PROMISE_EXISTS_WITH_OTHER_TERMS", "OBLIGATION_TWICE", "PERSON_DECEASED", "OUTSIDE_HOURS"} <= found
    assert all(reason.isupper() and "{" not in reason for reason in found)


def test_an_empty_text_names_its_own_field() -> None:
    said = next(each for each in reasons.refusals() if each.reason == "CREDITOR_ID_MISSING")
    assert (said.field, said.detail) == ("creditor_id", "creditor_id must not be empty")


def test_what_is_wrong_with_the_call_has_its_status() -> None:
    told = {each.reason: each.status for each in reasons.failures()}
    assert told["CONTENDED"] == "ABORTED"
    assert told["STORE_UNAVAILABLE"] == "UNAVAILABLE"


def test_every_event_is_described_and_what_is_sealed_is_marked() -> None:
    page = events.page()
    assert all(f"### {name}\n" in page for name in EVENT_TYPES)
    assert page.count("**sealed**") == sum(len(fields) for fields in PERSONAL_FIELDS.values())


def test_every_call_and_message_is_described() -> None:
    page = grpc.page()
    for module in (
        case_service_pb2,
        contact_service_pb2,
        payment_queue_service_pb2,
        person_service_pb2,
        query_service_pb2,
        report_service_pb2,
        statement_service_pb2,
        strategy_service_pb2,
    ):
        for service in module.DESCRIPTOR.services_by_name.values():
            assert f"## {service.name}\n" in page
            assert [method.name for method in service.methods if f"| `{method.name}` |" not in page] == []
        assert [name for name in module.DESCRIPTOR.message_types_by_name if f"#### {name}\n" not in page] == []
    assert "Rule: give case_id, or both creditor_id and reference." in page


def test_a_page_is_the_same_each_time() -> None:
    for page in (commands.page, events.page, refusals.page, settings.page, strategies.page):
        assert page() == page()


def test_a_type_is_told_in_words() -> None:
    places = {"Channel": "#channel"}
    assert source.readable("Channel | None", places) == "[Channel](#channel) or null"
    assert source.readable("tuple[str, ...]", places) == "list of text"
