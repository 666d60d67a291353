"""A client that shares no line with us (buf's, in Go) finds its way by reflection, calls, and reads our refusals."""

import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any

from google.rpc import error_details_pb2

from tests.api.door import Door

BUF = Path(sys.executable).with_name("buf")
SERVICES = {f"escalera.v1.{name}Service" for name in ("Case", "Person", "Query", "Strategy", "Report")}


async def curl(door: Door, method: str, *arguments: str, body: Any = None) -> tuple[int, str]:
    """Call a method with a JSON body; returns the exit status and what was said."""
    data = ("--data", json.dumps(body)) if body is not None else ()
    process = await asyncio.create_subprocess_exec(
        str(BUF),
        "curl",
        "--protocol",
        "grpc",
        "--http2-prior-knowledge",
        *arguments,
        *data,
        f"http://{door.address}{method}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, (said or complained).decode()


OPENING = {
    "requestId": "o-1",
    "command": {
        "creditorId": "acme",
        "reference": "R-1",
        "portfolio": "shops",
        "currency": "CLP",
        "country": "CL",
        "timeZone": "America/Santiago",
        "language": "es",
        "strategy": {"name": "consumer"},
        "obligations": [
            {
                "obligationId": "o-1",
                "principal": {"currencyCode": "CLP", "units": "45000"},
                "dueDate": {"year": 2026, "month": 12, "day": 1},
            }
        ],
        "obligors": [{"person": {"reference": "c-1"}}],
    },
}
NAME = {"creditorId": "acme", "reference": "R-1"}


async def test_reflection_lists_our_services_and_health(door: Door) -> None:
    status, said = await curl(door, "", "--list-services")
    assert status == 0, said
    assert set(said.split()) >= SERVICES | {"grpc.health.v1.Health"}


async def test_a_case_is_opened_paid_and_read(door: Door) -> None:
    status, said = await curl(door, "/escalera.v1.CaseService/OpenCase", body=OPENING)
    assert status == 0, said
    assert json.loads(said)["events"][0] == "CaseOpened"
    amount = {"currencyCode": "CLP", "units": "5000"}
    paid = {"requestId": "p-1", "caseName": NAME, "command": {"paymentId": "p-1", "amount": amount}}
    status, said = await curl(door, "/escalera.v1.CaseService/RecordPayment", body=paid)
    assert status == 0, said
    status, said = await curl(door, "/escalera.v1.QueryService/GetCase", body={"caseName": NAME})
    assert json.loads(said)["balance"] == {"currencyCode": "CLP", "units": "40000"}


async def test_refusals_are_read_with_reason_and_field(door: Door) -> None:
    await curl(door, "/escalera.v1.CaseService/OpenCase", body=OPENING)
    amount = {"currencyCode": "EUR", "units": "5"}
    paid = {"requestId": "p-1", "caseName": NAME, "command": {"paymentId": "p-1", "amount": amount}}
    status, said = await curl(door, "/escalera.v1.CaseService/RecordPayment", body=paid)
    assert status != 0
    told = json.loads(said)
    assert told["code"] == "invalid_argument"
    details = {detail["type"]: base64.b64decode(detail["value"] + "==") for detail in told["details"]}
    assert error_details_pb2.ErrorInfo.FromString(details["google.rpc.ErrorInfo"]).reason == "CURRENCY_MISMATCH"
    (found,) = error_details_pb2.BadRequest.FromString(details["google.rpc.BadRequest"]).field_violations
    assert found.field == "command.amount"


async def test_bulk_opening_streams_both_ways(door: Door) -> None:
    opening = OPENING["command"]
    request = {"items": [{"requestId": "b-1", "open": opening}, {"requestId": "", "open": opening}]}
    status, said = await curl(door, "/escalera.v1.CaseService/OpenCases", body=request)
    assert status == 0, said
    good, bad = json.loads(said)["outcomes"]
    assert good["caseId"]
    assert bad["refusal"]["reason"] == "REQUEST_ID_MISSING"


async def test_health_says_serving_until_the_server_is_drained(door: Door) -> None:
    for name in ("", "escalera.v1.CaseService"):
        status, said = await curl(door, "/grpc.health.v1.Health/Check", body={"service": name})
        assert status == 0, said
        assert json.loads(said)["status"] == "SERVING"
