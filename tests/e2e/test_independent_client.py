"""Clients that share no line with us, on the running engine: buf's in Go by reflection, and gRPC's own health check."""

import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from google.rpc import error_details_pb2

from tests.e2e.running import Up

BUF = Path(sys.executable).with_name("buf")
SERVICES = {f"escalera.v1.{name}Service" for name in ("Case", "Person", "Query", "Strategy", "Report")}

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


async def curl(up: Up, method: str, *arguments: str, body: Any = None) -> tuple[int, str]:
    """Call a method with a JSON body; return the exit status and what was said."""
    data = ("--data", json.dumps(body)) if body is not None else ()
    process = await asyncio.create_subprocess_exec(
        str(BUF),
        "curl",
        "--protocol",
        "grpc",
        "--http2-prior-knowledge",
        *arguments,
        *data,
        f"http://{up.places.grpc}{method}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, (said or complained).decode()


async def answered(up: Up, method: str, body: Any) -> Any:
    status, said = await curl(up, method, body=body)
    assert status == 0, said
    return json.loads(said)


def opening(reference: str) -> dict[str, Any]:
    obligation = {
        "obligationId": "o-1",
        "principal": {"currencyCode": "CLP", "units": "45000"},
        "dueDate": {"year": 2099, "month": 12, "day": 1},
    }
    return {
        "creditorId": "acme",
        "reference": reference,
        "portfolio": "shops",
        "currency": "CLP",
        "country": "CL",
        "timeZone": "America/Santiago",
        "language": "es",
        "strategy": {"name": "consumer"},
        "obligations": [obligation],
        "obligors": [{"person": {"reference": "c-1"}}],
    }


async def test_it_finds_every_service_by_reflection_and_all_are_serving(up: Up) -> None:
    status, said = await curl(up, "", "--list-services")
    assert status == 0, said
    found = set(said.split())
    assert found >= SERVICES | {"grpc.health.v1.Health"}
    for service in ("", *sorted(SERVICES)):
        told = await answered(up, "/grpc.health.v1.Health/Check", {"service": service})
        assert told["status"] == "SERVING"


async def test_it_opens_a_case_reads_it_from_log_and_tables_and_sees_its_history(up: Up) -> None:
    reference = f"R-{uuid4()}"
    name = {"creditorId": "acme", "reference": reference}
    opened = await answered(
        up, "/escalera.v1.CaseService/OpenCase", {"requestId": reference, "command": opening(reference)}
    )
    case = await answered(up, "/escalera.v1.QueryService/GetCase", {"caseName": name})
    assert (case["caseId"], case["balance"]) == (opened["caseId"], {"currencyCode": "CLP", "units": "45000"})
    listed = await answered(
        up,
        "/escalera.v1.QueryService/ListCases",
        {"minPosition": opened["position"], "filter": {"portfolios": ["shops"]}, "pageSize": 200},
    )
    assert opened["caseId"] in [row["caseId"] for row in listed["cases"]]
    told = await answered(up, "/escalera.v1.QueryService/ListEvents", {"source": {"caseName": name}})
    assert told["events"][0]["name"] == "CaseOpened"


async def test_it_reads_why_it_was_refused(up: Up) -> None:
    reference = f"R-{uuid4()}"
    await answered(up, "/escalera.v1.CaseService/OpenCase", {"requestId": reference, "command": opening(reference)})
    paid = {
        "requestId": f"pay-{reference}",
        "caseName": {"creditorId": "acme", "reference": reference},
        "command": {"paymentId": "p-1", "amount": {"currencyCode": "EUR", "units": "5"}},
    }
    status, said = await curl(up, "/escalera.v1.CaseService/RecordPayment", body=paid)
    assert status != 0
    told = json.loads(said)
    assert told["code"] == "invalid_argument"
    details = {detail["type"]: base64.b64decode(detail["value"] + "==") for detail in told["details"]}
    info = error_details_pb2.ErrorInfo.FromString(details["google.rpc.ErrorInfo"])
    assert (info.reason, info.metadata["accepted"]) == ("CURRENCY_MISMATCH", "CLP")
    (found,) = error_details_pb2.BadRequest.FromString(details["google.rpc.BadRequest"]).field_violations
    assert found.field == "command.amount"
