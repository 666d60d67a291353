"""Messages as plain data and back, and what people write on the command line."""

from datetime import UTC, datetime

import pytest

from cli.parse import Unreadable, parse_instant, parse_money, parse_name
from cli.plain import from_plain, plain
from domain.money import Money
from protos.escalera import v1 as pb

WRITTEN = {
    "creditor_id": "andes",
    "reference": "F-1",
    "portfolio": "consumer",
    "currency": "CLP",
    "strategy": {"name": "consumer", "version": 2},
    "obligations": [{"obligation_id": "I-1", "principal": "1500 CLP", "due_date": "2026-01-30"}],
    "obligors": [{"person": {"reference": "C-1"}, "role": "GUARANTOR"}],
}


def test_what_plain_gives_from_plain_takes() -> None:
    case = from_plain(WRITTEN, pb.OpenCase())
    assert from_plain(plain(case), pb.OpenCase()) == case
    assert plain(case)["obligations"][0]["principal"] == {"amount": "1500", "currency": "CLP", "minor": 1500}
    assert plain(case)["obligors"][0]["role"] == "GUARANTOR"


def test_every_field_has_its_key_whether_it_is_set_or_not() -> None:
    empty = plain(pb.CaseSummary())
    assert set(empty) == {field.name for field in pb.CaseSummary.DESCRIPTOR.fields}
    assert (empty["balance"], empty["stage"], empty["close_time"], empty["reference"]) == (None, None, None, "")


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ({"nonsense": 1}, "nonsense"),
        ({"obligations": [{"oid": 1}]}, "obligations[0].oid"),
        ({"obligations": {}}, "obligations"),
        ({"obligors": [{"role": "FRIEND"}]}, "obligors[0].role"),
        ({"grace_days": "many"}, "grace_days"),
        ({"strategy": 3}, "strategy"),
    ],
)
def test_what_is_not_understood_is_named_with_its_path(written: dict[str, object], where: str) -> None:
    with pytest.raises(Unreadable) as refused:
        from_plain(written, pb.OpenCase())
    assert refused.value.value == where


@pytest.mark.parametrize(
    ("written", "currency", "money"),
    [
        ("1234.50MXN", "", Money(123450, "MXN")),
        ("1234.5 mxn", "", Money(123450, "MXN")),
        ("1234", "CLP", Money(1234, "CLP")),
        ("0.001KWD", "", Money(1, "KWD")),
    ],
)
def test_sums_are_read_to_the_last_digit(written: str, currency: str, money: Money) -> None:
    assert parse_money(written, currency) == money


@pytest.mark.parametrize("written", ["12.5CLP", "1.234", "1,50MXN", "MXN", "", "1e3MXN", "١٢MXN" * 2])
def test_sums_that_are_none_are_refused(written: str) -> None:
    with pytest.raises(Unreadable):
        parse_money(written, "MXN")


def test_cases_are_named_by_id_or_by_creditor_and_reference() -> None:
    identity = "70528668-1037-5e33-87d5-af80aa6c7928"
    assert parse_name(identity) == (identity, "", "")
    assert parse_name("andes/F/2026/1") == ("", "andes", "F/2026/1")
    for wrong in ("andes", "andes/", "/F-1", ""):
        with pytest.raises(Unreadable):
            parse_name(wrong)


def test_an_instant_without_an_offset_is_utc() -> None:
    assert parse_instant("2026-01-05T06:00:00") == datetime(2026, 1, 5, 6, tzinfo=UTC)
    assert parse_instant("2026-01-05T06:00:00-05:00") == datetime(2026, 1, 5, 11, tzinfo=UTC)
