"""Whoever may give a second person's word about people finds what waits for it, on the real log; nobody else does."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import grpc
import pytest

from domain.access import Role
from domain.person import person_decider
from infra.bounds import load_person_rules
from infra.event_store import open_store
from infra.read_tables import PostgresCaseReader, PostgresTables, open_pool
from infra.read_tables.tables import Pool
from protos.escalera import v1 as pb
from tests.api.door import MONDAY, refused
from tests.api.guarded import Guarded, guarded

ALL: dict[str, Any] = {"portfolios": ["*"]}
FORGET = pb.ForgetPerson(erasure_id="e-1", reason=pb.ERASURE_REASON_ASKED)
EXPORT = pb.ExportWanted(reason="ACCESS_REQUEST", formats=[pb.EXPORT_FORMAT_JSON])


class Behind(NamedTuple):
    asks: Guarded
    pool: Pool


@pytest.fixture
async def behind(fresh_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Behind]:
    """A guarded door under the house's own rules, on a real log."""
    monkeypatch.setattr(
        "tests.api.door.person_decider",
        lambda book, calendar_of: person_decider(book, calendar_of, load_person_rules()),
    )
    async with open_store(fresh_dsn, tmp_path / "master.key") as store, open_pool(fresh_dsn) as pool:
        tables = (store, PostgresCaseReader(pool), PostgresTables(pool))
        async with guarded(behind=tables, pool=pool) as running:
            yield Behind(running, pool)


@pytest.fixture
async def asks(behind: Behind) -> Guarded:
    return behind.asks


def named(customer: str) -> pb.PersonName:
    return pb.PersonName(creditor_id="acme", reference=customer)


async def known(asks: Guarded, *customers: str) -> dict[str, str]:
    """Register people; return whose id is whose."""
    found: dict[str, str] = {}
    for each in customers:
        told = pb.RegisterPerson(name=f"Ana {each}", language="es", country="ES", time_zone="Europe/Madrid")
        request = pb.RegisterPersonRequest(request_id=f"r-{each}", person_name=named(each), command=told)
        answer = await asks.door.persons.RegisterPerson(request, metadata=asks.as_(Role.BACK_OFFICE, **ALL))
        found[answer.person_id] = each
    return found


async def ask(asks: Guarded, customer: str, approval_id: str = "a-1", minutes: int = 7 * 1440, **wanted: Any) -> None:
    command = pb.RequestPersonApproval(approval_id=approval_id, **wanted)
    command.expire_time.FromDatetime(MONDAY + timedelta(minutes=minutes))
    request = pb.RequestPersonApprovalRequest(
        request_id=f"ask-{customer}-{approval_id}", person_name=named(customer), command=command
    )
    await asks.door.persons.RequestPersonApproval(request, metadata=asks.as_(Role.BACK_OFFICE, sub="bea", **ALL))


async def give(asks: Guarded, customer: str, approval_id: str = "a-1") -> None:
    request = pb.GivePersonApprovalRequest(
        request_id=f"give-{customer}-{approval_id}",
        person_name=named(customer),
        command=pb.GiveApproval(approval_id=approval_id),
    )
    await asks.door.persons.GivePersonApproval(request, metadata=asks.as_(Role.SUPERVISOR, sub="sol", **ALL))


async def refuse(asks: Guarded, customer: str, approval_id: str = "a-1") -> None:
    request = pb.RefusePersonApprovalRequest(
        request_id=f"refuse-{customer}-{approval_id}",
        person_name=named(customer),
        command=pb.RefuseApproval(approval_id=approval_id, reason="NOT_THEM"),
    )
    await asks.door.persons.RefusePersonApproval(request, metadata=asks.as_(Role.LEGAL, sub="leo", **ALL))


async def listed(asks: Guarded, **wanted: Any) -> list[pb.PersonRequest]:
    """Return all that fit, in pages of two, as an auditor."""
    found: list[pb.PersonRequest] = []
    token = ""
    while True:
        request = pb.ListPersonApprovalsRequest(page_size=2, page_token=token, **wanted)
        page = await asks.door.persons.ListPersonApprovals(request, metadata=asks.as_(Role.AUDITOR, **ALL))
        assert len(page.requests) <= 2
        found += page.requests
        token = page.next_page_token
        if not token:
            return found


async def who(asks: Guarded, people: dict[str, str], **wanted: Any) -> list[str]:
    return [f"{people[each.person_id]} {each.approval.approval_id}" for each in await listed(asks, **wanted)]


async def test_what_waits_is_found_with_all_that_a_second_person_needs_and_nothing_personal(asks: Guarded) -> None:
    people = await known(asks, "C-1")
    await ask(asks, "C-1", forget=FORGET)

    (found,) = await listed(asks)

    assert people[found.person_id] == "C-1"
    approval = found.approval
    assert (approval.approval_id, approval.forget, approval.rule) == ("a-1", FORGET, "forget")
    assert (approval.requested_by, list(approval.approvers)) == ("back-office:bea", ["admin", "legal", "supervisor"])
    assert (approval.state, approval.request_time.seconds) == (pb.APPROVAL_STATE_WAITING, MONDAY.timestamp())
    assert approval.expire_time.seconds == (MONDAY + timedelta(days=7)).timestamp()
    assert "Ana" not in str(found)


async def test_those_that_wait_in_time_come_page_by_page_and_what_is_over_soonest_first(asks: Guarded) -> None:
    people = await known(asks, "C-1", "C-2", "C-3", "C-4")
    for customer, minutes in (("C-1", 9), ("C-2", 3), ("C-3", 6), ("C-4", 8)):
        await ask(asks, customer, minutes=minutes, forget=FORGET)
        await ask(asks, customer, "a-2", minutes=minutes, export=EXPORT)
    await give(asks, "C-3", "a-2")
    await refuse(asks, "C-3")
    first, *others = ["C-2 a-1", "C-2 a-2", "C-4 a-1", "C-4 a-2", "C-1 a-1", "C-1 a-2"]
    assert await who(asks, people) == [first, *others]
    assert await who(asks, people, acts=[pb.PERSON_ACT_EXPORT]) == ["C-2 a-2", "C-4 a-2", "C-1 a-2"]

    asks.clock.at += timedelta(minutes=3)  # to the instant

    assert await who(asks, people) == others[1:]
    assert await who(asks, people, states=[pb.APPROVAL_STATE_LAPSED]) == [first, others[0]]


async def test_what_became_of_the_others_is_found_by_its_state(asks: Guarded) -> None:
    people = await known(asks, "C-1", "C-2", "C-3")
    for customer in people.values():
        await ask(asks, customer, export=EXPORT)
    await ask(asks, "C-2", "a-2", forget=FORGET)
    await ask(asks, "C-2", "a-3", forget=pb.ForgetPerson(erasure_id="e-1", reason=pb.ERASURE_REASON_ORDERED))
    await give(asks, "C-1")
    out = pb.ExportPersonRequest(request_id="x-1", person_name=named("C-1"))
    bea = asks.as_(Role.BACK_OFFICE, sub="bea", **ALL)
    assert [part async for part in asks.door.persons.ExportPerson(out, metadata=bea)]
    await refuse(asks, "C-3")
    await give(asks, "C-2", "a-2")  # forgotten: nothing waits about them any more

    assert await who(asks, people) == []
    given = await listed(asks, states=[pb.APPROVAL_STATE_GIVEN], acts=[pb.PERSON_ACT_EXPORT])
    assert [(people[each.person_id], each.approval.decided_by) for each in given] == [("C-1", "supervisor:sol")]
    assert list(given[0].approval.handed_out_formats) == [pb.EXPORT_FORMAT_JSON]
    over = [pb.APPROVAL_STATE_REFUSED, pb.APPROVAL_STATE_WITHDRAWN]
    assert set(await who(asks, people, states=over)) == {"C-3 a-1", "C-2 a-1", "C-2 a-3"}
    for each in await listed(asks, states=[*over, pb.APPROVAL_STATE_GIVEN]):
        shown = await asks.door.persons.GetPerson(
            pb.GetPersonRequest(person_name=pb.PersonName(person_id=each.person_id)),
            metadata=asks.as_(Role.SUPERVISOR, **ALL),
        )
        assert each.approval in shown.approvals, "as the person's own record has it"


async def test_a_page_token_is_of_one_question(asks: Guarded) -> None:
    await known(asks, "C-1")
    for number in range(2):
        await ask(asks, "C-1", f"a-{number}", export=EXPORT)
    auditor = asks.as_(Role.AUDITOR, **ALL)
    page = await asks.door.persons.ListPersonApprovals(pb.ListPersonApprovalsRequest(page_size=1), metadata=auditor)

    for other in (
        pb.ListPersonApprovalsRequest(page_token=page.next_page_token, acts=[pb.PERSON_ACT_EXPORT]),
        pb.ListPersonApprovalsRequest(page_token="made up"),
    ):
        no = await refused(asks.door.persons.ListPersonApprovals(other, metadata=auditor))
        assert (no.code, no.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID")


@pytest.mark.parametrize(
    ("role", "reach", "let_in"),
    [
        (Role.SUPERVISOR, ALL, True),
        (Role.LEGAL, ALL, True),
        (Role.ADMIN, ALL, True),
        (Role.AUDITOR, ALL, True),
        (Role.SUPERVISOR, {"portfolios": ["shops"]}, False),
        (Role.BACK_OFFICE, ALL, False),
        (Role.COLLECTOR, ALL, False),
        (Role.DEBTOR, {}, False),
    ],
)
async def test_who_may_approve_or_audits_reads_it_and_nobody_else(
    asks: Guarded, role: Role, reach: dict[str, Any], let_in: bool
) -> None:
    asking = asks.door.persons.ListPersonApprovals(pb.ListPersonApprovalsRequest(), metadata=asks.as_(role, **reach))
    if let_in:
        assert list((await asking).requests) == []
    else:
        assert (await refused(asking)).code is grpc.StatusCode.PERMISSION_DENIED
