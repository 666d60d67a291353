"""SPEI deposits: the recorded answers of STP (cuenca-mx, MIT), and what is refused."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from importers.payment_files import spei
from importers.payment_files.clabe import is_clabe
from importers.payment_files.entry import Doubt, Item, Notice, NoticeKind, PaymentEntry
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import Summary
from tests.importers.payment_files.golden import SPEI, needs_golden_files, read

CASSETTES = sorted(SPEI.rglob("*.yaml"))
ORDER = {
    "claveRastreo": "CLAVE1",
    "conceptoPago": "factura 7",
    "cuentaBeneficiario": "646180157000000004",
    "cuentaOrdenante": "058597000027474792",
    "estado": "LQ",
    "fechaOperacion": "20260825",
    "monto": 40.5,
    "nombreOrdenante": "Juan Perez",
    "referenciaNumerica": 240823,
    "tipoPago": 1,
    "tsLiquidacion": 1787623200000,  # 2026-08-24 20:00 in Mexico City
}


def items_of(answer: object) -> tuple[list[Item], Summary]:
    summary = Summary("answer.json")
    return list(spei.read(BytesIO(json.dumps(answer).encode()), summary)), summary


def entry_of(**changes: object) -> PaymentEntry:
    (item,), _ = items_of({"resultado": {"lst": [{**ORDER, **changes}, None]}})
    assert isinstance(item, PaymentEntry)
    return item


@needs_golden_files
@pytest.mark.parametrize("day", ["20230825", "20230828"])
def test_every_deposit_of_a_list_agrees_with_it(day: str) -> None:
    path = SPEI / "commands" / f"deposits_{day}.json"
    listed = json.loads(path.read_text())["resultado"]["lst"]
    items, summary = read(path)

    assert [_told(item) for item in items] == [_wanted(order) for order in listed]
    settled = sum(round(order["monto"] * 100) for order in listed if order["estado"] != "D")
    assert summary.totals["MXN"].came_in == settled


def _told(item: Item) -> tuple[object, ...]:
    if isinstance(item, Notice):
        assert item.kind is NoticeKind.RETURNED
        return (item.reference, item.account, item.amount.minor if item.amount else None)
    name, remittance = item.counterparty_name, item.remittance
    shown = (item.end_to_end_id, item.account, item.amount.minor, item.booked_on, item.reversal)
    return (*map(str, shown), name, item.counterparty_account, remittance, item.doubts)


def _wanted(order: dict[str, Any]) -> tuple[object, ...]:
    cents = round(order["monto"] * 100)
    if order["estado"] == "D":
        return (order["claveRastreo"], order["cuentaBeneficiario"], cents)
    day, came_back = order["fechaOperacion"], order["tipoPago"] in {0, 17}
    return (
        *(order["claveRastreo"], order["cuentaBeneficiario"], str(cents), f"{day[:4]}-{day[4:6]}-{day[6:]}"),
        *(str(came_back), (order.get("nombreOrdenante") or "").strip(), order.get("cuentaOrdenante") or ""),
        *((order.get("conceptoPago") or "").strip(), ()),
    )


@needs_golden_files
@pytest.mark.parametrize("cassette", CASSETTES, ids=lambda path: path.stem)
def test_every_recorded_answer_gives_its_orders_or_says_why_not(cassette: Path) -> None:
    for answer in _answers(cassette):
        summary = Summary(cassette.name)
        source = BytesIO(json.dumps(answer).encode())
        wanted = _orders(answer)
        if wanted is None:
            with pytest.raises(PaymentFileInvalid):
                list(spei.read(source, summary))
            continue
        items = list(spei.read(source, summary))
        keys = [item.end_to_end_id if isinstance(item, PaymentEntry) else item.reference for item in items]
        assert keys == [order["claveRastreo"] for order in wanted]
        sent = ["usuario" in order for order in wanted]
        paid = [order["estado"] in spei.SETTLED and not out for order, out in zip(wanted, sent, strict=True)]
        assert [isinstance(item, PaymentEntry) for item in items] == paid


def _answers(cassette: Path) -> Iterator[object]:
    for exchange in yaml.safe_load(cassette.read_text())["interactions"]:
        try:
            yield json.loads(exchange["response"]["body"]["string"])
        except ValueError:
            continue  # an answer of a gateway, not of STP


def _orders(answer: object) -> list[dict[str, Any]] | None:
    if not isinstance(answer, dict):
        return None
    inner = answer.get("resultado", answer.get("respuesta"))
    if not isinstance(inner, dict):
        return None
    if "lst" in inner:
        return [order for order in inner["lst"] if order]
    order = inner.get("ordenPago", inner)
    return [order] if "claveRastreo" in order else None


def test_an_order_is_valued_on_the_day_it_was_settled_in_mexico() -> None:
    entry = entry_of()

    assert (str(entry.booked_on), str(entry.value_on)) == ("2026-08-25", "2026-08-24")
    assert (entry.amount.minor, entry.structured_reference) == (4050, "240823")


def test_an_account_with_a_wrong_check_digit_is_doubted() -> None:
    assert entry_of(cuentaBeneficiario="646180157000000005").doubts == (Doubt.ACCOUNT_INVALID,)
    assert entry_of(cuentaBeneficiario="5512345678").doubts == ()  # a telephone number is an account too


def test_one_wrong_digit_never_leaves_a_clabe_right() -> None:
    good = "646180157000000004"
    for place in range(18):
        for digit in "0123456789":
            changed = good[:place] + digit + good[place + 1 :]
            assert is_clabe(changed) is (changed == good)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"resultado": {"descripcionError": "No se encontraron ordenes", "id": -100}}, "answered with error -100"),
        ({"resultado": {"lst": [{**ORDER, "monto": 1.005}]}}, "order 1, monto: more decimals than MXN has"),
        ({"resultado": {"lst": [ORDER, {**ORDER, "monto": -1}]}}, "order 2, monto: not an amount"),
        ({"resultado": {"lst": [{**ORDER, "monto": float("nan")}]}}, "order 1, monto: not an amount"),
        ({"resultado": {"lst": [{**ORDER, "fechaOperacion": "20260230"}]}}, "order 1, fechaOperacion: not a date"),
        ({"resultado": {"lst": [{**ORDER, "cuentaBeneficiario": None}]}}, "order 1, cuentaBeneficiario: missing"),
        ({"resultado": {"lst": [7]}}, "no list of orders in it"),
        ({"resultado": {"id": 9349827}}, "no orders in it"),
    ],
)
def test_what_is_no_list_of_deposits_is_refused_with_place_and_reason(answer: object, said: str) -> None:
    with pytest.raises(PaymentFileInvalid, match=said):
        items_of(answer)


@pytest.mark.parametrize("content", [b'{"resultado": {"lst": [', b"[" * 100_000, b'{"a": "\xff"}'])
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(PaymentFileInvalid):
        list(spei.read(BytesIO(content), Summary("answer.json")))
