"""Files of banks, from their bytes to the cases: every entry is a payment of its case or waits, once, to the cent."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import grpc
import pytest

from api.client import Doors
from domain.money import Money
from importers.payment_files.entry import FileFormat, PaymentEntry, Standing
from importers.payment_files.options import ReadOptions
from importers.payments import Importer, Result, check
from protos.escalera import v1 as pb
from tests.api.asking import opening
from tests.api.door import Door, opened
from tests.importers.payment_files.cnab_text import febraban, febraban_pair, itau, itau_detail
from tests.importers.payment_files.golden import CAMT, CNAB, MT940, SPEI, entries, needs_golden_files

FILES = (
    MT940 / "betterplace" / "sepa_mt9401.sta",
    MT940 / "betterplace" / "sepa_snippet.sta",
    MT940 / "ASNB" / "mt940.txt",
    MT940 / "self-provided" / "raphaelm.sta",
    SPEI / "commands" / "deposits_20230825.json",
    SPEI / "commands" / "deposits_20230828.json",
    CNAB / "spec" / "arquivos" / "CNAB240.RET",
    CNAB / "spec" / "arquivos" / "CNAB240SICOOB.RET",
    CNAB / "spec" / "arquivos" / "CNAB400ITAU.RET",
    CNAB / "spec" / "arquivos" / "CBR64310.RET",
    CAMT / "camt053.v4.xml",
    CAMT / "camt053.v2.five.decimals.xml",
)
OPTIONS = ReadOptions(account="1", currency="EUR")


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as running:
        yield running


async def imported(door: Door, file: Path) -> Result:
    def run() -> Result:
        with grpc.insecure_channel(door.address) as channel:
            return Importer(doors=Doors(channel)).run(file, OPTIONS, check(file, OPTIONS))

    return await asyncio.to_thread(run)


async def open_case(door: Door, reference: str, currency: str, minor: int) -> None:
    sums = Money(minor, currency)
    obligation = pb.Obligation(
        obligation_id="o",
        principal={"currency_code": currency, "units": sums.minor // 100, "nanos": sums.minor % 100 * 10_000_000},
        due_date={"year": 2026, "month": 12, "day": 1},
    )
    request_id = f"open-{sha256(reference.encode()).hexdigest()}"
    command = opening(reference, currency=currency, obligations=[obligation])
    await door.cases.OpenCase(pb.OpenCaseRequest(request_id=request_id, command=command))


def reference_of(entry: PaymentEntry) -> str:
    return (entry.structured_reference or entry.document_number or entry.end_to_end_id).strip()


async def paid(door: Door, reference: str) -> list[tuple[int, bool]]:
    return [
        (each.amount.units * 100 + each.amount.nanos // 10_000_000, each.reversed)
        for each in (await door.case(reference)).payments
    ]


@needs_golden_files
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
async def test_a_banks_own_file_pays_the_cases_it_names_once_and_loses_nothing(door: Door, file: Path) -> None:
    told = entries(file, OPTIONS)
    incoming = [one for one in told if one.standing is Standing.BOOKED and one.amount.minor > 0 and not one.reversal]
    often = Counter(map(reference_of, incoming))
    named = [
        one
        for one in incoming
        if often[reference_of(one)] == 1 and 6 <= len(reference_of(one)) <= 128 and reference_of(one).isprintable()
    ]
    assert named
    for one in named:
        await open_case(door, reference_of(one), one.currency, one.amount.minor)
    first = await imported(door, file)
    position = await door.position()
    second = await imported(door, file)

    assert first.recorded >= len({one.entry_id for one in named if not one.doubts})
    assert first.done == second.done >= len(told)
    assert first.recorded + first.left.total() + first.reversed >= len(incoming)
    assert (second.recorded, second.reversed, second.repeated) == (0, 0, first.recorded + first.reversed)
    assert second.left == first.left
    assert await door.position() == position
    for one in named:
        if not one.doubts:
            assert await paid(door, reference_of(one)) == [(one.amount.minor, False)]
            assert (await door.case(reference_of(one))).closure == pb.CLOSURE_PAID


@needs_golden_files
async def test_deposits_by_spei_find_their_case_by_its_own_clabe(door: Door) -> None:
    file = SPEI / "commands" / "deposits_20230825.json"
    (one, other) = [each for each in entries(file) if not each.reversal]
    assert one.account == other.account
    for reference in ("MX-1", "MX-2"):
        await open_case(door, reference, "MXN", 10_000_000)
    case = pb.CaseName(creditor_id="acme", reference="MX-1")
    await door.payments.AssignAccount(pb.AssignAccountRequest(request_id="a", case_name=case, account=one.account))
    result = await imported(door, file)

    assert result.recorded == 2
    assert sorted(await paid(door, "MX-1")) == sorted([(one.amount.minor, False), (other.amount.minor, False)])
    assert await paid(door, "MX-2") == []


async def test_several_importers_of_one_file_at_once_pay_each_case_once(door: Door, tmp_path: Path) -> None:
    file = tmp_path / "return.ret"
    file.write_text(itau(*(itau_detail(f"{number:08}") for number in range(40))), encoding="latin-1")
    for number in range(0, 40, 2):
        await open_case(door, f"{number:08}", "BRL", 8_000)
    results = await asyncio.gather(*(imported(door, file) for _ in range(4)))

    assert sum(each.recorded for each in results) == 20
    assert all(each.done == 40 for each in results)
    for number in range(0, 40, 2):
        assert await paid(door, f"{number:08}") == [(4_000, False)]


def spei(tmp_path: Path, *orders: str) -> Path:
    file = tmp_path / "orders.json"
    file.write_text(f'{{"resultado": {{"lst": [{", ".join(orders)}]}}}}', encoding="utf-8")
    return file


def order(state: str, key: str = "CLAVE1", reference: str = "7700123") -> str:
    return (
        f'{{"claveRastreo": "{key}", "monto": "40.00", "fechaOperacion": "20261120", "estado": "{state}",'
        f' "cuentaBeneficiario": "646180157000000004", "referenciaNumerica": "{reference}", "tipoPago": "1",'
        f' "institucionContraparte": "40012"}}'
    )


async def test_a_deposit_that_went_back_takes_its_payment_with_it_and_one_never_told_means_nothing(
    door: Door, tmp_path: Path
) -> None:
    await open_case(door, "7700123", "MXN", 10_000)
    first = await imported(door, spei(tmp_path, order("LQ")))
    back = await imported(door, spei(tmp_path, order("D"), order("D", key="CLAVE9")))
    again = await imported(door, spei(tmp_path, order("D"), order("D", key="CLAVE9")))

    assert (first.recorded, back.reversed, back.left.total()) == (1, 1, 0)
    assert back.passed_over == {"NEVER_RECORDED": 1}
    assert (again.reversed, again.repeated) == (0, 1)
    assert await paid(door, "7700123") == [(4_000, True)]


async def test_a_boleto_that_was_paid_with_a_cheque_that_came_back_is_owed_again(door: Door, tmp_path: Path) -> None:
    number = "14499570000020673"
    await open_case(door, number, "BRL", 34_400)
    file = tmp_path / "return.ret"
    file.write_text(febraban(febraban_pair(number)), encoding="latin-1")
    await imported(door, file)
    assert (await door.case(number)).closure == pb.CLOSURE_PAID
    file.write_text(febraban(febraban_pair(number, occurrence="44", paid=0)), encoding="latin-1")
    back = await imported(door, file)
    file.write_text(febraban(febraban_pair("99999999999999999", occurrence="44")), encoding="latin-1")
    strange = await imported(door, file)

    assert (back.reversed, strange.left) == (1, {"NO_SUCH_PAYMENT": 1})
    assert await paid(door, number) == [(34_400, True)]
    assert (await door.case(number)).balance.units == 344


async def test_a_reversed_credit_of_mt940_without_the_payments_ids_waits_for_a_person(
    door: Door, tmp_path: Path
) -> None:
    file = tmp_path / "statement.sta"
    file.write_text(
        ":20:S1\n:25:10020030/1234567\n:28C:1/1\n:60F:C261119EUR0,00\n"
        ":61:2611191119CR40,00NTRFNONREF//B1\n:86:166?20F-20010 pago?32ANA QUISPE\n"
        ":61:2611201120RC40,00NTRFNONREF//B2\n:86:109?20devolucion\n"
        ":62F:C261120EUR0,00\n-\n",
        encoding="latin-1",
    )
    await open_case(door, "F-20010", "EUR", 10_000)
    result = await imported(door, file)

    assert FileFormat.MT940 is check(file, OPTIONS).file_format
    assert (result.recorded, result.left) == (1, {"NO_SUCH_PAYMENT": 1})
