"""Who calls is proved by a token of a known issuer, and by nothing that only looks like one."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from grpc_health.v1 import health_pb2, health_pb2_grpc

from domain.access import Role
from domain.case.identity import case_id
from infra.access.oidc import APART_SECONDS, FRESH_SECONDS, KEYS_MAX, STALE_SECONDS, keys_of
from infra.access.tokens import LEEWAY
from protos.escalera import v1 as pb
from tests.api.asking import batches, item, named
from tests.api.bad_tokens import BAD
from tests.api.door import refused
from tests.api.guarded import Guarded, bearer, guarded

NOW = 300  # seconds that a token of the issuer's is good for


@pytest.fixture
async def asks() -> AsyncIterator[Guarded]:
    async with guarded() as running:
        await running.open()
        yield running


async def said_to(asks: Guarded, metadata: Any) -> str:
    """Return "OK", or why a case was not shown."""
    try:
        await asks.door.queries.GetCase(pb.GetCaseRequest(case_name=named()), metadata=metadata)
    except grpc.aio.AioRpcError as error:
        return f"{error.code().name} {(error.details() or '').partition(':')[0]}"
    return "OK"


async def test_who_shows_nothing_is_not_let_in(asks: Guarded) -> None:
    assert await said_to(asks, ()) == "UNAUTHENTICATED CREDENTIALS_MISSING"
    assert await said_to(asks, (("x-escalera-actor", "supervisor:s-17"),)) == "UNAUTHENTICATED CREDENTIALS_MISSING"
    assert await said_to(asks, (("authorization", "Basic YTpi"),)) == "UNAUTHENTICATED TOKEN_INVALID"
    assert {each.principal for each in asks.refusals} == {""}


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA", "Ed25519"])
async def test_a_token_of_each_kind_of_key_is_good(asks: Guarded, algorithm: str) -> None:
    asks.pass_by(seconds=APART_SECONDS + 1)
    asks.issuer.add("another", algorithm)
    assert await said_to(asks, bearer(asks.issuer.token("another"))) == "OK"


async def test_the_log_has_the_name_that_the_token_proves(asks: Guarded) -> None:
    async def noted(metadata: Any, note_id: str) -> str:
        note = pb.AddNote(note_id=note_id, person=pb.PersonName(creditor_id="acme", reference="customer-R-1"), text="x")
        request = pb.AddNoteRequest(request_id=note_id, case_name=named(), command=note)
        await asks.door.cases.AddNote(request, metadata=metadata)
        return (await asks.door.services.store.read_stream(case_id("acme", "R-1")))[-1].metadata.actor

    assert await noted(asks.as_(Role.COLLECTOR), "n-1") == "collector:ana"
    assert await noted(asks.as_(Role.SUPERVISOR, Role.COLLECTOR, actor="supervisor:ana"), "n-2") == "supervisor:ana"
    assert await noted(asks.as_(Role.COLLECTOR, sub="auth0|17"), "n-3") != await noted(
        asks.as_(Role.COLLECTOR, sub="auth0|18"), "n-4"
    )


@pytest.mark.parametrize(("reason", "made"), BAD)
async def test_a_bad_token_is_refused_and_the_caller_hears_nothing_of_why(
    asks: Guarded, reason: str, made: Any
) -> None:
    assert await said_to(asks, bearer(made(asks.issuer))) == "UNAUTHENTICATED TOKEN_INVALID"
    assert [(each.reason, each.principal) for each in asks.refusals] == [(reason, "")]


async def test_a_signature_of_an_elliptic_key_has_its_length_and_is_not_of_zeros(asks: Guarded) -> None:
    asks.pass_by(seconds=APART_SECONDS + 1)
    asks.issuer.add("ec", "ES256")
    good = asks.issuer.token("ec")
    signed, _, signature = good.rpartition(".")
    octets = urlsafe_b64decode(signature + "==")
    r, s = (int.from_bytes(half, "big") for half in (octets[:32], octets[32:]))
    others = [b"", bytes(64), octets[:-1], octets + b"\0", b"\0" + octets, octets[32:] + octets[:32], bytes(6_000)]
    others += [encode_dss_signature(r, s), octets[:32] + bytes(32), bytes(32) + octets[32:], b"\xff" * 64]
    for each in others:
        token = f"{signed}.{urlsafe_b64encode(each).decode().rstrip('=')}"
        assert await said_to(asks, bearer(token)) == "UNAUTHENTICATED TOKEN_INVALID", each
    assert {each.reason for each in asks.refusals} == {"TOKEN_SIGNATURE", "TOKEN_TOO_LARGE"}
    assert await said_to(asks, bearer(good)) == "OK"


async def test_a_key_set_with_thousands_of_keys_and_strange_ones_costs_little(asks: Guarded) -> None:
    told = [
        {"kty": "oct", "k": "AAAA", "kid": "rsa-1", "alg": "HS256"},
        {"kty": "RSA", "kid": 7},
        None,
        "x",
        {},
    ] * 2_000
    assert keys_of({"keys": told}) == {}
    key = asks.issuer.keys["rsa-1"][1].as_dict(private=False)
    many = keys_of({"keys": [key | {"kid": str(number)} for number in range(5_000)]})
    assert len(many) == KEYS_MAX
    assert keys_of({"keys": [key | {"use": "enc"}, key | {"alg": "HS256"}, key | {"alg": "none"}]}) == {}


async def test_of_two_headers_that_say_who_calls_neither_adds_to_the_other(asks: Guarded) -> None:
    good, bad = asks.as_(Role.COLLECTOR), bearer("x")
    assert await said_to(asks, (*good, *bad)) == "UNAUTHENTICATED TOKEN_INVALID"
    whole, none = asks.as_(Role.COLLECTOR, portfolios=["*"]), asks.as_(Role.COLLECTOR, portfolios=["villas"])
    assert await said_to(asks, (*whole, *none)) == "PERMISSION_DENIED NOT_PERMITTED"
    claimed = (("x-escalera-actor", "collector:ana"), ("x-escalera-actor", "collector:bob"))
    assert await said_to(asks, (*good, *claimed)) == "PERMISSION_DENIED ACTOR_NOT_PERMITTED"


async def test_a_token_for_one_call_written_otherwise_is_the_same_token() -> None:
    async with guarded(single_use=True) as asks:
        await asks.door.cases.OpenCases(
            batches(pb.OpenCasesRequest(items=[item("R-1")])),
            metadata=asks.as_(Role.BACK_OFFICE, portfolios=["*"], jti="0"),
        ).read()
        token = asks.as_(Role.COLLECTOR, jti="1")[0][1].removeprefix("Bearer ")
        assert await said_to(asks, bearer(token)) == "OK"
        for other in (
            f" {token}",
            f"{token}==",
            f"{token}=",
            f"{token[:-4]}!{token[-4:]}",
            f"{token[:-4]} {token[-4:]}",
        ):
            assert await said_to(asks, bearer(other)) == "UNAUTHENTICATED TOKEN_INVALID", other


async def test_a_token_is_good_until_it_ends_and_a_little_longer_also_from_memory(asks: Guarded) -> None:
    metadata = bearer(asks.issuer.token())
    assert await said_to(asks, metadata) == "OK"
    asks.pass_by(seconds=NOW + LEEWAY.total_seconds() - 1)
    assert await said_to(asks, metadata) == "OK"
    asks.pass_by(seconds=1)
    assert await said_to(asks, metadata) == "UNAUTHENTICATED TOKEN_EXPIRED"


async def test_keys_are_fetched_once_and_again_for_a_new_one_but_not_for_every_name(asks: Guarded) -> None:
    for _ in range(3):
        assert await said_to(asks, bearer(asks.issuer.token(jti=str(_)))) == "OK"
    assert asks.issuer.fetches == 1
    asks.issuer.add("rsa-2", "RS256")
    assert await said_to(asks, bearer(asks.issuer.token("rsa-2"))) == "UNAUTHENTICATED TOKEN_INVALID"
    asks.pass_by(seconds=APART_SECONDS + 1)
    assert await said_to(asks, bearer(asks.issuer.token("rsa-2"))) == "OK"
    assert asks.issuer.fetches == 2
    for number in range(20):
        assert await said_to(asks, bearer(asks.issuer.token(header={"kid": f"k-{number}"}))) != "OK"
    assert asks.issuer.fetches == 2


async def test_a_key_that_is_withdrawn_takes_its_tokens_with_it(asks: Guarded) -> None:
    asks.issuer.add("rsa-2", "RS256")
    metadata = bearer(asks.issuer.token(exp=asks.issuer.now.timestamp() + 7_200))
    asks.pass_by(seconds=APART_SECONDS + 1)
    assert await said_to(asks, metadata) == "OK"
    del asks.issuer.keys["rsa-1"]
    asks.pass_by(seconds=FRESH_SECONDS + 1)
    assert await said_to(asks, metadata) == "UNAUTHENTICATED TOKEN_INVALID"


async def test_an_issuer_that_is_away_is_believed_for_an_hour(asks: Guarded) -> None:
    metadata = bearer(asks.issuer.token(exp=asks.issuer.now.timestamp() + 20_000))
    assert await said_to(asks, metadata) == "OK"
    asks.issuer.answers = False
    asks.pass_by(seconds=FRESH_SECONDS + 1)
    assert await said_to(asks, metadata) == "OK"
    asks.pass_by(seconds=STALE_SECONDS)
    assert await said_to(asks, metadata) == "UNAVAILABLE ISSUER_UNAVAILABLE"
    asks.issuer.answers = True
    asks.pass_by(seconds=APART_SECONDS)
    assert await said_to(asks, metadata) == "OK"


async def test_an_issuer_that_calls_itself_something_else_is_not_believed() -> None:
    async with guarded() as asks:
        asks.issuer.calls_itself = "https://elsewhere.example"
        assert await said_to(asks, asks.as_(Role.COLLECTOR)) == "UNAVAILABLE ISSUER_UNAVAILABLE"


async def test_a_token_for_one_call_is_good_for_one() -> None:
    async with guarded(single_use=True) as asks:
        await asks.door.cases.OpenCases(
            batches(pb.OpenCasesRequest(items=[item("R-1")])),
            metadata=asks.as_(Role.BACK_OFFICE, portfolios=["*"], jti="0"),
        ).read()
        metadata = asks.as_(Role.COLLECTOR, jti="1")
        assert await said_to(asks, metadata) == "OK"
        assert await said_to(asks, metadata) == "UNAUTHENTICATED TOKEN_INVALID"
        assert await said_to(asks, asks.as_(Role.COLLECTOR)) == "UNAUTHENTICATED TOKEN_INVALID"
        assert [each.reason for each in asks.refusals] == ["TOKEN_REPLAYED", "TOKEN_WITHOUT_ID"]


async def test_nobody_calls_in_anothers_name(asks: Guarded) -> None:
    assert await said_to(asks, asks.as_(Role.COLLECTOR, actor="collector:ana")) == "OK"
    for claimed in ("collector:bob", "supervisor:ana", "ladder", "system:anonymous", "collector:", "", ":ana"):
        heard = await said_to(asks, (*asks.as_(Role.COLLECTOR), ("x-escalera-actor", claimed)))
        assert heard == ("OK" if not claimed else "PERMISSION_DENIED ACTOR_NOT_PERMITTED"), claimed


async def test_a_system_acts_for_others_where_it_says_so_and_both_may(asks: Guarded) -> None:
    async with guarded(claims={"id": "sub", "roles": "roles", "portfolios": "portfolios", "acts_for": "for"}) as other:
        await other.open()
        portal = {"sub": "portal", "for": ["collector", "debtor"]}
        assert await said_to(other, other.as_(Role.SYSTEM, actor="collector:bob", **portal)) == "OK"
        assert await said_to(other, other.as_(Role.SYSTEM, actor="debtor:d-1", **portal)) == (
            "PERMISSION_DENIED METHOD_NOT_PERMITTED"
        )
        assert await said_to(other, other.as_(Role.SYSTEM, actor="supervisor:s-1", **portal)) == (
            "PERMISSION_DENIED ACTOR_NOT_PERMITTED"
        )
    assert await said_to(asks, asks.as_(Role.SYSTEM, actor="collector:bob", acts_for=["collector"])) == (
        "PERMISSION_DENIED ACTOR_NOT_PERMITTED"
    )


async def test_health_is_anybodys_and_garbage_is_read_for_nobody(asks: Guarded) -> None:
    health = health_pb2_grpc.HealthStub(asks.door.channel)
    assert (await health.Check(health_pb2.HealthCheckRequest())).status == health_pb2.HealthCheckResponse.SERVING
    raw: Any = asks.door.channel.unary_unary("/escalera.v1.CaseService/OpenCase", lambda data: data)
    assert (await refused(raw(b"\xff" * 100))).reason == "CREDENTIALS_MISSING"
    assert (await refused(raw(b"\xff" * 100, metadata=asks.as_(Role.BACK_OFFICE)))).reason == "MESSAGE_UNREADABLE"
