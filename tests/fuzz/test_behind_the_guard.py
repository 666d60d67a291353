"""Hostile calls to a server that asks who calls: by people with roles, by nobody, and with proofs that are none."""

from pathlib import Path
from random import Random

import pytest
import structlog

from domain.access import Role
from infra.event_store import open_store
from infra.read_tables import PostgresCaseReader, PostgresTables, open_pool
from protos.escalera import v1 as pb
from tests.api.asking import named
from tests.api.door import refused
from tests.api.guarded import guarded
from tests.fuzz import hostile
from tests.fuzz.attack import Attacker, methods

# Asked of tables that the guarded door of the tests does not have.
APART = frozenset({"VerifyLog", "VerifyContacts"})


@pytest.mark.timeout(300)
async def test_hostile_calls_of_every_role_are_refused_and_tell_nothing_of_the_inside(
    fresh_dsn: str, tmp_path: Path
) -> None:
    chance = Random(4)
    async with open_store(fresh_dsn, tmp_path / "master.key") as store, open_pool(fresh_dsn) as pool:
        behind = (store, PostgresCaseReader(pool), PostgresTables(pool))
        async with guarded(behind=behind, pool=pool) as running:
            attacker = Attacker(running.door, 17, running.as_(Role.SYSTEM, sub="importer", portfolios=["*"]))
            await attacker.prepare()
            with structlog.testing.capture_logs() as lines:
                for method in methods():
                    if method.name in APART:
                        continue
                    for _ in range(3):
                        role = chance.choice(list(Role))
                        attacker.metadata = running.as_(role, sub=f"{role}-1", portfolios=["shops"])
                        await attacker.attack(method)
    assert attacker.so_far.findings == []
    assert [line for line in lines if line["event"] == "failure"] == []
    assert {"OK", "PERMISSION_DENIED", "INVALID_ARGUMENT"} <= set(attacker.so_far.answers)


async def test_whatever_stands_where_a_proof_should_nobody_gets_in_and_nothing_of_it_is_logged() -> None:
    request = pb.GetCaseRequest(case_name=named())
    texts = [text for text in hostile.TEXTS if text.isascii() and text.isprintable() and len(text) < 8_000]
    async with guarded() as running:
        good = running.issuer.token()
        proofs = [
            *(f"Bearer {text}" for text in texts),
            *texts,
            f"Basic {good}",
            f"Bearer {good[:-3]}",
            f"Bearer {good}.{good}",
            "Bearer " + ".".join([good.split(".")[0]] * 3),
            "Bearer " + "a." * 1_000,
            f"bearer  {good[::-1]}",
        ]
        with structlog.testing.capture_logs() as lines:
            codes = set()
            for proof in proofs:
                no = await refused(running.door.queries.GetCase(request, metadata=(("authorization", proof),)))
                codes.add(no.reason)
                assert "root:" not in no.text
                assert hostile.PLANTED not in no.text
    assert codes <= {"TOKEN_INVALID", "CREDENTIALS_MISSING", "ATTEMPTS_TOO_MANY"}
    assert hostile.PLANTED not in repr(lines)
    assert [line for line in lines if line["event"] == "failure"] == []
