"""Ways round the fence between portfolios: others' names, others' pages and requests, people in two of them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import grpc
import msgspec
import pytest
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor

from api.errors import DETAILS_KEY
from application.read_ports import CaseFilter
from domain.access import Role, Scope
from domain.case.identity import case_id
from domain.person.identity import person_id
from infra.event_store import PostgresEventStore, open_store
from infra.read_tables import PostgresCaseReader, PostgresTables, open_pool
from infra.read_tables.tables import Pool
from projections.runner import Runner
from protos.escalera import v1 as pb
from tests.api.asking import batches, named, opening
from tests.api.door import refused
from tests.api.every_method import Wanted, every_method, path_of, request_to
from tests.api.guarded import RULES, Guarded, guarded

METHODS = {path_of(each): each for each in every_method()}
BOTH = pb.PersonName(creditor_id="acme", reference="in-both")


@pytest.fixture
async def behind(fresh_dsn: str, tmp_path: Path) -> AsyncIterator[tuple[PostgresEventStore, Pool]]:
    async with open_store(fresh_dsn, tmp_path / "master.key") as store, open_pool(fresh_dsn) as pool:
        yield store, pool


@pytest.fixture
async def asks(behind: tuple[PostgresEventStore, Pool]) -> AsyncIterator[Guarded]:
    """Three cases in "shops", two in "villas"; a person who is bound to one of each."""
    store, pool = behind
    tables = PostgresTables(pool)
    async with guarded(behind=(store, PostgresCaseReader(pool), tables), pool=pool) as running:
        both = [pb.Obligor(person=BOTH), pb.Obligor(person=pb.PersonName(reference="another"))]
        for reference in ("S-1", "S-2"):
            await running.open(reference)
        await running.open("S-BOTH", obligors=both)
        await running.open("THERE", portfolio="villas")
        await running.open("V-BOTH", portfolio="villas", obligors=both)
        register = pb.RegisterPerson(name="Ana Paz", language="de", country="DE", time_zone="Europe/Berlin")
        request = pb.RegisterPersonRequest(request_id="r", person_name=BOTH, command=register)
        keeper = running.as_(Role.BACK_OFFICE, sub="keeper", portfolios=["*"])
        await running.door.persons.RegisterPerson(request, metadata=keeper)
        await Runner(store, tables).catch_up()
        yield running


def keys(token: str) -> list[Any]:
    read: list[Any] = msgspec.msgpack.decode(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    return read


def forged(question: bytes, after: Any) -> str:
    return urlsafe_b64encode(msgspec.msgpack.encode([question, after])).decode().rstrip("=")


async def listed(asks: Guarded, metadata: Any, token: str = "", **wanted: Any) -> pb.ListCasesResponse:
    asked = pb.ListCasesRequest(filter=pb.CaseFilter(**wanted), page_size=1, page_token=token)
    found: pb.ListCasesResponse = await asks.door.queries.ListCases(asked, metadata=metadata)
    return found


async def test_a_page_of_somebody_elses_list_leads_nowhere(asks: Guarded) -> None:
    everything = asks.as_(Role.COLLECTOR, portfolios=["*"])
    shops, villas = asks.as_(Role.COLLECTOR), asks.as_(Role.COLLECTOR, sub="bob", portfolios=["villas"])
    token = (await listed(asks, everything)).next_page_token
    theirs = (await listed(asks, villas)).next_page_token
    for other in (token, theirs):
        assert (await refused(listed(asks, shops, other))).reason == "PAGE_TOKEN_INVALID"
    assert (await refused(listed(asks, villas, token))).reason == "PAGE_TOKEN_INVALID"
    worklist = pb.GetWorklistRequest(page_token=(await listed(asks, shops)).next_page_token)
    assert (await refused(asks.door.queries.GetWorklist(worklist, metadata=shops))).reason == "PAGE_TOKEN_INVALID"


async def test_a_page_that_somebody_made_up_shows_their_own_cases_or_nothing(asks: Guarded) -> None:
    """A token says only where to go on: the filter comes with each request, and the reach of whoever asks with it."""
    metadata = asks.as_(Role.COLLECTOR)
    token = (await listed(asks, metadata)).next_page_token
    question, _ = keys(token)
    least = ("0001-01-01", "00000000-0000-0000-0000-000000000000")
    made_up: list[Any] = [
        least, ("infinity", least[1]), ("-infinity", least[1]), ("now()", least[1]), ("", ""), ("x" * 1_000, "y"),
        ("2026-01-01'; drop table events; --", least[1]), ("2026-01-01", f"{least[1]}' or true --"), ("2026\0", "\0"),
        (least[0],), (*least, "more"), [7, 8], "text", None, {"a": 1}, ("9" * 999, least[1]), ("٢٠٢٦-01-01", least[1]),
    ]  # fmt: skip
    chance = Random(5)
    tokens = [forged(question, each) for each in made_up] + [token[:place] for place in range(1, len(token), 3)]
    tokens += ["=", "%%%", "\ud7ff", "A" * 2_000, token + token, token.swapcase()]
    tokens += ["".join(chance.choices(token, k=len(token))) for _ in range(30)]
    seen: set[str] = set()
    for each in tokens:
        try:
            seen |= {case.reference for case in (await listed(asks, metadata, each)).cases}
        except grpc.aio.AioRpcError as error:
            assert error.code() is grpc.StatusCode.INVALID_ARGUMENT, (each, error.details())  # noqa: PT017 -- either will do
    assert seen <= {"S-1", "S-2", "S-BOTH"}


async def test_a_page_of_events_that_somebody_made_up_is_of_their_own_case(asks: Guarded) -> None:
    metadata = asks.as_(Role.AUDITOR)
    own, other = case_id("acme", "S-1"), case_id("acme", "THERE")

    async def paged(text: str) -> str:
        token = urlsafe_b64encode(text.encode()).decode()
        asked = pb.ListEventsRequest(source=pb.EventSource(case_name=named("S-1")), page_token=token, page_size=5)
        try:
            found = await asks.door.queries.ListEvents(asked, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            return (error.details() or "").partition(":")[0]
        assert {each.stream_id for each in found.events} <= {str(own)}
        return "OK"

    assert await paged(f"{own}:0") == "OK"
    for text in (f"{other}:0", "log:0", f"{own}:-1", f"{own}:1e3", f"{own}: 1", f"{own}:²", f"{own}:", ":", "log"):
        assert await paged(text) == "PAGE_TOKEN_INVALID", text
    assert await paged(f"{own}:{'9' * 18}") == "OK"
    for number in ("9" * 19, "9" * 40, "9" * 1_400, "٣"):
        assert await paged(f"{own}:{number}") == "PAGE_TOKEN_INVALID", number


async def test_a_filter_says_the_same_of_somebody_elsewhere_and_of_nobody(asks: Guarded) -> None:
    metadata = asks.as_(Role.COLLECTOR)
    for one, other in (
        ({"reference": "THERE"}, {"reference": "NEVER"}),
        ({"reference": "TH%"}, {"reference": "S-_"}),
        ({"person_name": pb.PersonName(person_id=str(person_id("acme", "customer-THERE")))},
         {"person_name": pb.PersonName(person_id=str(person_id("acme", "nobody")))}),
        ({"creditor_ids": ["acme' or '1'='1"]}, {"collector": "%"}),
    ):  # fmt: skip
        known = set(CaseFilter.__dataclass_fields__) | set(pb.CaseFilter.DESCRIPTOR.fields_by_name)
        assert {*one, *other} <= known
        assert await listed(asks, metadata, **one) == await listed(asks, metadata, **other)
    in_both = await listed(asks, metadata, person_name=BOTH)
    assert [case.reference for case in in_both.cases] == ["S-BOTH"]
    assert not in_both.next_page_token


async def test_another_s_request_said_again_is_no_way_to_its_answer(asks: Guarded) -> None:
    whole = asks.as_(Role.BACK_OFFICE, sub="keeper", portfolios=["*"])
    told = pb.OpenCasesItem(request_id="bulk", open=opening("V-3", portfolio="villas"))
    (first,) = (
        await asks.door.cases.OpenCases(batches(pb.OpenCasesRequest(items=[told])), metadata=whole).read()
    ).outcomes
    assert first.case_id
    again = await asks.door.cases.OpenCases(
        batches(pb.OpenCasesRequest(items=[told])), metadata=asks.as_(Role.BACK_OFFICE)
    ).read()
    assert again.outcomes[0] == pb.OpenCasesOutcome(
        request_id="bulk", refusal=pb.Refusal(reason="NOT_PERMITTED", detail="this is not permitted")
    )
    paused = pb.PauseCaseRequest(request_id="pause", case_name=named("THERE"), command=pb.PauseCase())
    await asks.door.cases.PauseCase(paused, metadata=asks.as_(Role.SUPERVISOR, sub="zoe", portfolios=["villas"]))
    no = await refused(asks.door.cases.PauseCase(paused, metadata=asks.as_(Role.SUPERVISOR, sub="zoe")))
    assert no.reason == "NOT_PERMITTED"


async def test_a_promise_over_cases_of_two_portfolios_takes_both(asks: Guarded) -> None:
    async def promised(metadata: Any, *references: str) -> str:
        shares = [pb.JointShare(case_name=named(each)) for each in references]
        request = pb.MakeJointPromiseRequest(
            request_id="j", group_id="g", person=BOTH, shares=shares, validate_only=True
        )
        request.amount.currency_code, request.amount.units = "EUR", 10
        request.due_date.year, request.due_date.month, request.due_date.day = 2026, 12, 20
        try:
            await asks.door.agreements.MakeJointPromise(request, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            return (error.details() or "").partition(":")[0]
        return "OK"

    for order in (("S-BOTH", "V-BOTH"), ("V-BOTH", "S-BOTH")):
        assert await promised(asks.as_(Role.COLLECTOR), *order) == "NOT_PERMITTED"
        assert await promised(asks.as_(Role.COLLECTOR, portfolios=["shops", "villas"]), *order) == "OK"
    looked = pb.GetJointPromiseRequest(group_id="g", case_names=[named("S-BOTH"), named("V-BOTH")])
    no = await refused(asks.door.agreements.GetJointPromise(looked, metadata=asks.as_(Role.COLLECTOR)))
    assert no.reason == "NOT_PERMITTED"


async def test_what_is_told_of_all_of_somebody_s_cases_takes_reach_over_all_of_them(
    asks: Guarded, behind: tuple[PostgresEventStore, Pool]
) -> None:
    wanted = pb.ExportPersonRequest(request_id="e", person_name=BOTH, format=pb.EXPORT_FORMAT_JSON)
    asked = pb.RequestPersonApprovalRequest(request_id="a", person_name=BOTH)
    asked.command.approval_id = "a-1"
    asked.command.export.reason = "asked"

    async def told(metadata: Any) -> tuple[str, str]:
        answers = []
        for call in (
            asks.door.persons.ExportPerson(wanted, metadata=metadata).read,
            lambda: asks.door.persons.RequestPersonApproval(asked, metadata=metadata),
        ):
            try:
                await call()
            except grpc.aio.AioRpcError as error:
                answers.append((error.details() or "").partition(":")[0])
            else:
                answers.append("OK")
        return answers[0], answers[1]

    assert await told(asks.as_(Role.BACK_OFFICE)) == ("NOT_PERMITTED", "NOT_PERMITTED")
    assert await told(asks.as_(Role.BACK_OFFICE, portfolios=["villas"])) == ("NOT_PERMITTED", "NOT_PERMITTED")
    for reaching in (["shops", "villas"], ["*"]):
        assert "NOT_PERMITTED" not in await told(asks.as_(Role.BACK_OFFICE, portfolios=reaching))
    own = asks.as_(Role.DEBTOR, person_id=str(person_id("acme", "in-both")))
    assert "NOT_PERMITTED" not in await told(own)
    assert await told(asks.as_(Role.DEBTOR, person_id=str(person_id("acme", "customer-S-1")))) == (
        "NOT_PERMITTED", "NOT_PERMITTED",
    )  # fmt: skip
    gone = pb.ReleaseObligor(person=BOTH, reason="paid their part")
    released = pb.ReleaseObligorRequest(request_id="gone", case_name=named("V-BOTH"), command=gone)
    keeper = asks.as_(Role.SUPERVISOR, sub="keeper", portfolios=["*"])
    contact = pb.LogContact(contact_id="c", person=BOTH, channel=pb.CHANNEL_PHONE)
    contact.direction, contact.outcome = pb.DIRECTION_OUTBOUND, pb.CONTACT_OUTCOME_CONVERSATION
    told_of = pb.LogContactRequest(request_id="told", case_name=named("V-BOTH"), command=contact)
    await asks.door.cases.LogContact(told_of, metadata=keeper)
    await asks.door.cases.ReleaseObligor(released, metadata=keeper)
    store, pool = behind
    await Runner(store, PostgresTables(pool)).catch_up()
    assert await told(asks.as_(Role.BACK_OFFICE)) == ("NOT_PERMITTED", "NOT_PERMITTED")
    shown = await asks.door.persons.GetPerson(pb.GetPersonRequest(person_name=BOTH), metadata=asks.as_(Role.COLLECTOR))
    assert shown.name == "Ana Paz"


@pytest.mark.parametrize("role", [Role.BACK_OFFICE, Role.SUPERVISOR, Role.AGENCY, Role.DEBTOR, Role.SYSTEM])
async def test_every_method_says_the_same_of_what_is_elsewhere_and_of_what_is_nowhere(
    asks: Guarded, role: Role
) -> None:
    """To the byte: status, text, details and whatever else comes behind an answer."""
    metadata = {"partner": "p"} if role is Role.AGENCY else {"person_id": str(person_id("acme", "customer-S-1"))}
    named_ones = [
        (method, rule) for method, rule in RULES.rules.items()
        if role in rule.roles and rule.scope in (Scope.NAMED, Scope.WHOLE_PERSON, Scope.NEW_OBLIGOR)
    ]  # fmt: skip
    assert named_ones
    for number, (method, _) in enumerate(named_ones):
        credentials = asks.as_(role, sub=f"ana-{number}", **metadata)
        heard = {
            await said(asks, METHODS[method], _wanted(reference), credentials) for reference in ("THERE", "NOWHERE")
        }
        assert len(heard) == 1, (method, heard)
        assert next(iter(heard))[0] is grpc.StatusCode.PERMISSION_DENIED or "INVALID" in next(iter(heard))[0].name, (
            method
        )


def _wanted(reference: str) -> Wanted:
    case = pb.CaseName(case_id=str(case_id("acme", reference)))
    person = pb.PersonName(person_id=str(person_id("acme", f"customer-{reference}")))
    return Wanted(case=case, person=person, portfolio="shops", entry=str(case_id("x", reference)))


async def said(asks: Guarded, method: MethodDescriptor, wanted: Wanted, metadata: Any) -> tuple[Any, ...]:
    """Return all that is heard of a call, as far as it does not name the call itself."""
    request = request_to(method, wanted)
    assert isinstance(request, message_factory.GetMessageClass(method.input_type))
    call: Any = asks.door.channel.unary_stream(path_of(method))
    try:
        async for _ in call(request.SerializeToString(), metadata=metadata, timeout=20):
            return ("ANSWERED",)
    except grpc.aio.AioRpcError as error:
        behind = dict(error.trailing_metadata() or ())
        return error.code(), error.details(), behind.get(DETAILS_KEY), tuple(sorted(behind))
    return ("NOTHING",)


async def test_a_report_asked_for_another_portfolio_is_not_given(asks: Guarded) -> None:
    two = asks.as_(Role.AUDITOR, portfolios=["shops", "more"])
    for asked, metadata in (("villas", asks.as_(Role.AUDITOR)), ("", two), ("villas", two)):
        verifying = asks.door.reports.VerifyLog(pb.VerifyLogRequest(portfolio=asked), metadata=metadata)
        assert (await refused(verifying.read())).reason == "NOT_PERMITTED"
