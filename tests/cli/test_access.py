"""The command line shows what proves who asks, and says in words why not; who may do what needs no server."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509

from api.client import OPTIONS, AsyncDoors, Doors
from api.listening import Tls
from api.server import ServerSettings
from api.shown import Shown
from domain.access import Role
from domain.person.identity import person_id
from infra.access.rules import SHIPPED
from protos.escalera import v1 as pb
from tests.api.asking import batches, item, named
from tests.api.certificates import Authority
from tests.api.guarded import guarded
from tests.api.test_tls import ERP, LOOPBACK
from tests.cli.terminal import Terminal

CASE = "acme/R-1"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(data=tmp_path, environment={})


async def run(terminal: Terminal, *words: str) -> tuple[int, str, str]:
    """Run the command line beside the server's event loop."""
    with ThreadPoolExecutor(1) as pool:
        said = await asyncio.get_running_loop().run_in_executor(pool, lambda: terminal.run(*words))
    return said.status, said.out, said.err


async def test_a_debtor_promises_a_sum_with_its_currency_and_is_told_so_without(terminal: Terminal) -> None:
    async with guarded() as asks:
        await asks.open()
        token = asks.issuer.token(roles=["debtor"], person_id=str(person_id("acme", "customer-R-1")))
        server = ("2026-12-30", "--server", asks.door.address, "--token", token)
        for language, told in (("en", "is not a sum of money"), ("es", "no es una suma"), ("pt", "não é uma quantia")):
            status, _, error = await run(terminal, "case", "promise", CASE, "40", *server, "--lang", language)
            assert (status, "1234.50 MXN" in error) == (2, True), error
            assert told in error
        status, out, error = await run(terminal, "case", "promise", CASE, "40 EUR", *server)
        assert (status, error) == (0, "")
        assert "PromiseMade" in out


async def test_a_token_is_shown_and_its_refusal_told_in_the_readers_language(terminal: Terminal) -> None:
    async with guarded() as asks:
        await asks.open()
        server = ("case", "show", CASE, "--server", asks.door.address)
        for language, told in (("en", "asks who you are"), ("es", "pregunta quién es"), ("pt", "pergunta quem é")):
            status, _, error = await run(terminal, *server, "--lang", language)
            assert (status, told in error) == (1, True), error
        status, out, _ = await run(terminal, *server, "--json", "--token", asks.issuer.token())
        assert (status, json.loads(out)["reference"]) == (0, "R-1")
        status, _, error = await run(terminal, *server, "--lang", "es", "--token", asks.issuer.token(roles=["admin"]))
        assert (status, "Su función no permite" in error) == (1, True)
        note = ("case", "pause", CASE, "--server", asks.door.address)
        token = asks.issuer.token(roles=["collector"])
        status, _, error = await run(terminal, *note, "--token", token, "--as", "supervisor:ana", "--json")
        assert (status, json.loads(error)["error"]["reason"]) == (1, "ACTOR_NOT_PERMITTED")


async def test_a_certificate_is_shown_and_the_server_has_one(terminal: Terminal, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.signs("server", LOOPBACK)
    tls = Tls(certificate=certificate, key=key, client_ca=authority.file)
    settings = ServerSettings(address="127.0.0.1:0", tls=tls)
    signed, secret = authority.signs("erp", x509.UniformResourceIdentifier("spiffe://example.com/erp"))
    async with guarded(settings, certificates=[ERP]) as asks:
        given = ("--ca", str(authority.file), "--cert", str(signed), "--cert-key", str(secret))
        status, _, error = await run(terminal, "case", "show", CASE, "--server", asks.door.address, "--json", *given)
        assert (status, json.loads(error)["error"]["reason"]) == (1, "CASE_NOT_FOUND")
        status, _, error = await run(
            terminal, "case", "show", CASE, "--server", asks.door.address, "--ca", str(tmp_path / "none.pem")
        )
        assert (status, "none.pem" in error) == (2, True)


def test_a_token_leaves_this_machine_only_encrypted() -> None:
    assert Shown(token="t").is_encrypted("collections.example.com:443")
    assert not Shown(token="t").is_encrypted("127.0.0.1:50051")
    assert not Shown().is_encrypted("collections.example.com:443")


def test_who_may_do_what_needs_no_server(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal.run("access", "who", Role.COLLECTOR, "--json")
    told = json.loads(said.out)
    methods = {each["method"]: each["scope"] for each in told["methods"]}
    assert told["reach"] == "portfolio"
    assert methods["/escalera.v1.QueryService/GetWorklist"] == "portfolios"
    assert "/escalera.v1.CaseService/ApproveOffer" not in methods
    assert terminal.run("access", "who", "collector", "GetCase").status == 0
    assert terminal.run("access", "who", "debtor", "GetCase").status == 1
    assert terminal.run("access", "who", "burglar").status == 1
    assert terminal.run("access", "check").status == 0
    mine = tmp_path / "mine.toml"
    mine.write_text(SHIPPED.read_text().replace('methods = ["GetLimitation"]', 'methods = ["GetLimits"]'))
    refused = terminal.run("access", "check", "--rules", str(mine))
    assert refused.status == 1
    assert "LimitationService/GetLimitation" in refused.err


async def test_a_token_goes_with_calls_of_every_kind_blocking_or_not() -> None:
    async with guarded() as asks:
        token = asks.issuer.token(roles=["back-office", "supervisor"], portfolios=["*"])
        async with Shown(token=token).async_channel(asks.door.address, OPTIONS) as channel:
            doors = AsyncDoors(channel)
            batch = pb.OpenCasesRequest(items=[item("R-1")])
            (answer,) = [each async for each in doors.cases.OpenCases(batches(batch))]
            assert answer.outcomes[0].case_id
            assert (await doors.queries.GetCase(pb.GetCaseRequest(case_name=named()))).reference == "R-1"
            source = pb.StreamEventsRequest(source=pb.EventSource(case_name=named()))
            assert "CaseOpened" in [each.name async for each in doors.queries.StreamEvents(source)]

        def blocking() -> str:
            with Shown(token=token).channel(asks.door.address, OPTIONS) as channel:
                events = Doors(channel).queries.StreamEvents(source)
                return str(next(iter(events)).name)

        assert await asyncio.to_thread(blocking) == "CaseOpened"
