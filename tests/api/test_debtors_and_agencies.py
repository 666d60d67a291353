"""What debtors and agencies get by themselves: their own, in their own name and language, and for as long as it is."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from domain.access import Role
from domain.case.identity import case_id
from domain.person import person_decider
from domain.person.identity import person_id
from infra.bounds import load_person_rules
from infra.event_store import open_store
from infra.read_tables import PostgresCaseReader, PostgresTables, open_pool
from projections.runner import Runner
from protos.escalera import v1 as pb
from tests.api.asking import named, opening
from tests.api.door import refused
from tests.api.guarded import Guarded, Metadata, guarded
from tests.infra.statements.pdf_text import lines

# Of a debt of 100 EUR: the principal debtor reads German, who is liable with her Portuguese, another for both English.
PEOPLE = {"ana": ("Ana Paz", "de"), "rui": ("Rui Melo", "pt-BR"), "kim": ("Kim Wood", "en")}


@pytest.fixture
async def asks(fresh_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Guarded]:
    """A case of three people, placed with an agency, under the house's own rules about people."""
    decider = partial(person_decider, approvals=load_person_rules())
    monkeypatch.setattr("tests.api.door.person_decider", decider)
    async with open_store(fresh_dsn, tmp_path / "master.key") as store, open_pool(fresh_dsn) as pool:
        tables = PostgresTables(pool)
        async with guarded(behind=(store, PostgresCaseReader(pool), tables), pool=pool) as running:
            roles = {"ana": pb.ROLE_PRINCIPAL, "rui": pb.ROLE_CO_DEBTOR, "kim": pb.ROLE_GUARANTOR}
            told = [pb.Obligor(person=pb.PersonName(reference=each), role=role) for each, role in roles.items()]
            keeper = running.as_(Role.BACK_OFFICE, sub="keeper", portfolios=["*"])
            here = {"country": "ES", "time_zone": "Europe/Madrid", "language": "es"}
            request = pb.OpenCaseRequest(request_id="open", command=opening(obligors=told, **here))
            await running.door.cases.OpenCase(request, metadata=keeper)
            for each, (name, language) in PEOPLE.items():
                command = pb.RegisterPerson(name=name, language=language, country="ES", time_zone="Europe/Madrid")
                known = pb.RegisterPersonRequest(request_id=each, person_name=person(each), command=command)
                await running.door.persons.RegisterPerson(known, metadata=keeper)
            await place(running, "p-1", pb.PLACED_WITH_AGENCY, "collectors-llc")
            await Runner(store, tables).catch_up()
            yield running


def person(reference: str) -> pb.PersonName:
    return pb.PersonName(creditor_id="acme", reference=reference)


def debtor(asks: Guarded, reference: str, **claims: Any) -> Metadata:
    own = {"person_id": str(person_id("acme", reference))}
    return asks.as_(Role.DEBTOR, sub=f"portal-{reference}", **(own | claims))


async def place(asks: Guarded, request_id: str, where: pb.PlacedWith.ValueType, partner: str = "") -> None:
    command = pb.PlaceCase(placed_with=where, partner=partner, reason="late")
    request = pb.PlaceCaseRequest(request_id=request_id, case_name=named(), command=command)
    await asks.door.cases.PlaceCase(request, metadata=asks.as_(Role.SUPERVISOR))


@pytest.mark.parametrize(("reference", "language"), [("ana", "de"), ("rui", "pt-BR"), ("kim", "en")])
async def test_who_owes_with_others_gets_a_statement_in_their_own_name_and_language(
    asks: Guarded, reference: str, language: str
) -> None:
    request = pb.GetStatementDocumentRequest(case_name=named())
    found = await asks.door.statements.GetStatementDocument(request, metadata=debtor(asks, reference))
    there = {text for row in lines(found.content) for text in row}
    assert there & {name for name, _ in PEOPLE.values()} == {PEOPLE[reference][0]}
    assert found.language == ("en" if language == "de" else language), "German is not written: it is the fallback"


async def test_others_get_the_statement_that_the_principal_debtor_gets(asks: Guarded) -> None:
    request = pb.GetStatementDocumentRequest(case_name=named())
    for metadata in (asks.as_(Role.COLLECTOR), asks.as_(Role.AGENCY, partner="collectors-llc")):
        found = await asks.door.statements.GetStatementDocument(request, metadata=metadata)
        there = {text for row in lines(found.content) for text in row}
        assert there & {name for name, _ in PEOPLE.values()} == {"Ana Paz"}


async def test_a_statement_for_somebody_who_only_has_the_case_is_the_principal_debtors(asks: Guarded) -> None:
    request = pb.GetStatementDocumentRequest(case_name=named())
    heir = debtor(asks, "nobody-here", case_ids=[str(case_id("acme", "R-1"))])
    found = await asks.door.statements.GetStatementDocument(request, metadata=heir)
    there = {text for row in lines(found.content) for text in row}
    assert there & {name for name, _ in PEOPLE.values()} == {"Ana Paz"}


@pytest.mark.parametrize(
    ("caller", "whose"), [("ana", "ana"), ("rui", "rui"), ("kim", "kim"), ("nobody-here", "ana"), ("", "ana")]
)
async def test_a_link_that_a_debtor_asks_for_is_theirs_to_pay_by(asks: Guarded, caller: str, whose: str) -> None:
    own = {"case_ids": [str(case_id("acme", "R-1"))]} if caller == "nobody-here" else {}
    metadata = debtor(asks, caller, **own) if caller else asks.as_(Role.COLLECTOR)
    request = pb.CreatePaymentLinkRequest(request_id="link", case_name=named(), link_id="l-1")
    made = await asks.door.links.CreatePaymentLink(request, metadata=metadata)
    assert made.person_id == str(person_id("acme", whose))
    assert await asks.door.links.CreatePaymentLink(request, metadata=metadata) == made


async def test_debtors_do_not_see_who_owes_with_them(asks: Guarded) -> None:
    own = await asks.door.persons.GetPerson(
        pb.GetPersonRequest(person_name=person("rui")), metadata=debtor(asks, "rui")
    )
    assert own.name == "Rui Melo"
    for other in ("ana", "kim"):
        call = asks.door.persons.GetPerson(pb.GetPersonRequest(person_name=person(other)), metadata=debtor(asks, "rui"))
        assert (await refused(call)).reason == "NOT_PERMITTED"


async def test_who_was_released_is_a_stranger_to_the_case(asks: Guarded) -> None:
    request = pb.GetStatementDocumentRequest(case_name=named())
    await asks.door.statements.GetStatementDocument(request, metadata=debtor(asks, "kim"))
    command = pb.ReleaseObligor(person=person("kim"), reason="paid their part")
    released = pb.ReleaseObligorRequest(request_id="release", case_name=named(), command=command)
    await asks.door.cases.ReleaseObligor(released, metadata=asks.as_(Role.SUPERVISOR))
    call = asks.door.statements.GetStatementDocument(request, metadata=debtor(asks, "kim"))
    assert (await refused(call)).reason == "NOT_PERMITTED"


async def test_an_agency_does_not_see_what_the_house_keeps_somebody_s_record_for(asks: Guarded) -> None:
    supervisor = asks.as_(Role.SUPERVISOR, portfolios=["*"])
    hold = pb.PlaceLegalHold(hold_id="h-1", reason="a complaint at the court", citation="court file 7")
    held = pb.PlaceLegalHoldRequest(request_id="hold", person_name=person("ana"), command=hold)
    await asks.door.persons.PlaceLegalHold(held, metadata=supervisor)
    wanted = pb.RequestPersonApproval(approval_id="a-1", export=pb.ExportWanted(reason="ACCESS_REQUEST"))
    request = pb.RequestPersonApprovalRequest(request_id="ask", person_name=person("ana"), command=wanted)
    await asks.door.persons.RequestPersonApproval(request, metadata=supervisor)

    async def seen(metadata: Metadata) -> pb.Person:
        found: pb.Person = await asks.door.persons.GetPerson(
            pb.GetPersonRequest(person_name=person("ana")), metadata=metadata
        )
        return found

    theirs, ours = await seen(asks.as_(Role.AGENCY, partner="collectors-llc")), await seen(asks.as_(Role.COLLECTOR))
    assert (len(ours.legal_holds), len(ours.approvals)) == (1, 1)
    assert (theirs.name, len(theirs.legal_holds), len(theirs.approvals)) == ("Ana Paz", 0, 0)


async def test_an_agency_sees_a_case_for_as_long_as_it_is_placed_with_it(asks: Guarded) -> None:
    request = pb.GetCaseRequest(case_name=named())
    theirs, others = (asks.as_(Role.AGENCY, sub=each, partner=each) for each in ("collectors-llc", "rivals-llc"))
    assert (await asks.door.queries.GetCase(request, metadata=theirs)).partner == "collectors-llc"
    assert (await refused(asks.door.queries.GetCase(request, metadata=others))).reason == "NOT_PERMITTED"
    await place(asks, "p-2", pb.PLACED_WITH_IN_HOUSE)
    assert (await refused(asks.door.queries.GetCase(request, metadata=theirs))).reason == "NOT_PERMITTED"
    await place(asks, "p-3", pb.PLACED_WITH_AGENCY, "rivals-llc")
    assert (await refused(asks.door.queries.GetCase(request, metadata=theirs))).reason == "NOT_PERMITTED"
    assert (await asks.door.queries.GetCase(request, metadata=others)).partner == "rivals-llc"
