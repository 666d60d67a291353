"""Deposits by SPEI (Mexico) as STP lists them: the JSON answers to its queries of orders received.

| field                                | here                                                                    |
|--------------------------------------|-------------------------------------------------------------------------|
| cuentaBeneficiario                   | account: the CLABE paid into, one per debtor where CLABEs are virtual   |
| claveRastreo                         | end-to-end id                                                           |
| monto                                | amount, MXN                                                             |
| fechaOperacion, tsLiquidacion        | booked on; valued on, the day it was settled in Mexico City             |
| nombreOrdenante, cuentaOrdenante     | the counterparty                                                        |
| conceptoPago, conceptoPago2          | remittance                                                              |
| referenciaNumerica, referenciaCobranza | structured reference, document number                                 |
| idEF, claveRastreoDevolucion         | entry reference, transaction reference                                  |

Settled are `LQ`, `TLQ` (from another account at STP) and `CCO` (credit confirmed); every other state is a notice.
Kinds of payment 0, 16, 17, 18, 23 and 24 are transfers of ours that came back: reversals. Orders that we sent are
notices.
An account of 18 digits with a wrong check digit is doubted. The list is read whole, up to 64 MB.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from importers.payment_files.amounts import money_of
from importers.payment_files.clabe import is_clabe
from importers.payment_files.entry import (
    Doubt,
    FileFormat,
    IdentifiedBy,
    Item,
    Notice,
    NoticeKind,
    PaymentEntry,
    Standing,
)
from importers.payment_files.identity import Repeats, entry_id
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import Summary

BYTES_MAX = 1 << 26
SETTLED = frozenset(("LQ", "TLQ", "CCO"))
RETURNS = frozenset(("0", "16", "17", "18", "23", "24"))
_SENT = ("usuario", "folioOrigen", "idCliente")
_KINDS = {"D": NoticeKind.RETURNED, "TCL": NoticeKind.FAILED, "CN": NoticeKind.FAILED}
_MEXICO = ZoneInfo("America/Mexico_City")
_ANSWERS = "resultado.lst, resultado.ordenPago or respuesta, as STP answers"

Order = dict[str, Any]


def read(source: BinaryIO, seen: Summary) -> Iterator[Item]:
    """Yield entries and notices in the order of the list, counting into `seen`. Raises `PaymentFileInvalid`."""
    repeats = Repeats()
    seen.statements = 1
    for number, order in enumerate(orders(source, seen.file), 1):
        item = _item(order, number, seen.file, repeats)
        seen.count(item)
        yield item
    seen.complete = True


def orders(source: BinaryIO, file: str) -> list[Order]:
    """Return the orders of an answer of STP; texts and numbers as texts."""
    content = source.read(BYTES_MAX + 1)
    if len(content) > BYTES_MAX:
        raise PaymentFileInvalid(file=file, place="", problem="a list of more than 64 MB")
    try:
        answer = json.loads(content.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str)
    except UnicodeDecodeError:
        raise PaymentFileInvalid(file=file, place="", problem="it is not UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise PaymentFileInvalid(file=file, place=place, problem="it is not JSON") from None
    except RecursionError:
        raise PaymentFileInvalid(file=file, place="", problem="its lists are nested too deep") from None
    return _listed(answer, file)


def _listed(answer: object, file: str) -> list[Order]:
    found: object = answer
    if isinstance(answer, dict):
        inner = answer.get("resultado", answer.get("respuesta"))
        if isinstance(inner, dict) and "descripcionError" in inner:
            code = inner.get("id", "?")
            raise PaymentFileInvalid(file=file, place="resultado", problem=f"STP answered with error {code}, no orders")
        found = inner
        if isinstance(inner, dict):
            found = inner.get("lst", inner.get("datos", inner.get("ordenPago", inner)))
    one = [found] if isinstance(found, dict) else found
    if not isinstance(one, list) or not all(order is None or isinstance(order, dict) for order in one):
        raise PaymentFileInvalid(file=file, place="", problem="no list of orders in it", accepted=_ANSWERS)
    listed = [order for order in one if order is not None]  # STP ends its lists with null
    if any("claveRastreo" not in order for order in listed):
        raise PaymentFileInvalid(file=file, place="", problem="no orders in it (claveRastreo)", accepted=_ANSWERS)
    return listed


def _item(order: Order, number: int, file: str, repeats: Repeats) -> Item:
    def invalid(name: str, problem: str) -> PaymentFileInvalid:
        return PaymentFileInvalid(file=file, place=f"order {number}, {name}", problem=problem)

    try:
        amount = money_of(_text(order, "monto"), "MXN")
    except ValueError as error:
        raise invalid("monto", str(error)) from None
    try:
        booked_on = _operation_day(_text(order, "fechaOperacion"))
    except ValueError:
        raise invalid("fechaOperacion", "not a date as yyyymmdd") from None
    account, key, state = (_text(order, name) for name in ("cuentaBeneficiario", "claveRastreo", "estado"))
    if not account:
        raise invalid("cuentaBeneficiario", "missing")
    sent = any(name in order for name in _SENT)
    if sent or state not in SETTLED:
        return Notice(
            kind=NoticeKind.OTHER if sent else _KINDS.get(state, NoticeKind.OTHER),
            code=f"SENT {state}" if sent else state,
            reasons=(cause,) if (cause := _text(order, "causaDevolucion")) else (),
            file=file,
            position=f"order {number}",
            account=account,
            reference=key,
            document_number=_text(order, "referenciaNumerica"),
            amount=amount,
            on=booked_on,
        )
    doubts = (Doubt.ACCOUNT_INVALID,) if len(account) == 18 and not is_clabe(account) else ()
    kind = _text(order, "tipoPago")
    identity = (account, key, _text(order, "institucionContraparte"), str(booked_on), str(amount), kind)
    return PaymentEntry(
        entry_id=entry_id(repeats, "spei", *identity),
        identified_by=IdentifiedBy.REFERENCE,
        file_format=FileFormat.SPEI,
        file=file,
        position=f"order {number}",
        account=account,
        statement_id=booked_on.isoformat(),
        standing=Standing.BOOKED,
        amount=amount,
        booked_on=booked_on,
        value_on=_settled_on(order, booked_on),
        reversal=kind in RETURNS,
        entry_reference=_text(order, "idEF"),
        transaction_reference=_text(order, "claveRastreoDevolucion"),
        end_to_end_id=key,
        structured_reference=_text(order, "referenciaNumerica"),
        document_number=_text(order, "referenciaCobranza"),
        remittance="\n".join(text for name in ("conceptoPago", "conceptoPago2") if (text := _text(order, name))),
        counterparty_name=_text(order, "nombreOrdenante"),
        counterparty_account=_text(order, "cuentaOrdenante"),
        bank_transaction_code=f"{kind}-{state}",
        doubts=doubts,
    )


def _text(order: Order, name: str) -> str:
    value = order.get(name)
    return value.strip() if isinstance(value, str) else ""


def _operation_day(text: str) -> date:
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _settled_on(order: Order, booked_on: date) -> date:
    milliseconds = _text(order, "tsLiquidacion")
    if len(milliseconds) != 13 or not (milliseconds.isascii() and milliseconds.isdigit()):
        return booked_on
    return datetime.fromtimestamp(int(milliseconds) // 1000, UTC).astimezone(_MEXICO).date()
