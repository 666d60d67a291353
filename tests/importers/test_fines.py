"""What the log of fines becomes, fine by fine, and what is refused of a file that is not that log."""

from pathlib import Path

import pytest

from importers.fines import FinesFileInvalid, Seen, items
from protos.escalera import v1 as pb

HEADER = "case_id,seq,activity,date,amount,paymentAmount,expense,dismissal"


def read(folder: Path, *rows: str) -> list[pb.OpenCasesItem]:
    file = folder / "fines.csv"
    file.write_text("\n".join((HEADER, *rows)) + "\n")
    return list(items(file, Seen()))


def kinds(item: pb.OpenCasesItem) -> list[str | None]:
    return [command.WhichOneof("command") for command in item.history]


def test_a_fine_that_is_not_paid_climbs_to_legal_with_its_postage_and_penalty(tmp_path: Path) -> None:
    (item,) = read(
        tmp_path,
        "A1,0,Create Fine,2006-07-24,35.0,,,NIL",
        "A1,1,Send Fine,2006-12-05,,,11.0,",
        "A1,2,Insert Fine Notification,2007-01-15,,,,",
        "A1,3,Add penalty,2007-03-16,71.5,,,",
        "A1,4,Send for Credit Collection,2009-03-30,,,,",
    )

    assert kinds(item) == ["log_contact", "add_charge", "log_contact", "add_charge", "escalate"]
    penalty = item.history[3].add_charge.amount
    assert (penalty.units, penalty.nanos) == (36, 500_000_000)
    assert item.hold_if_open.reason == pb.HOLD_REASON_IMPORT


def test_what_comes_after_a_full_payment_takes_the_case_up_again_first(tmp_path: Path) -> None:
    (item,) = read(
        tmp_path,
        "A2,0,Create Fine,2006-07-24,35.0,,,NIL",
        "A2,1,Payment,2006-07-30,,35.0,,",
        "A2,2,Send Fine,2006-12-05,,,11.0,",
    )

    assert kinds(item) == ["record_payment", "log_contact", "reopen_case", "add_charge"]


def test_a_payment_of_zero_is_no_payment(tmp_path: Path) -> None:
    (item,) = read(tmp_path, "A3,0,Create Fine,2006-07-24,35.0,,,NIL", "A3,1,Payment,2006-07-30,,0.0,,")

    assert kinds(item) == []


def test_rows_of_one_day_keep_their_order(tmp_path: Path) -> None:
    (item,) = read(
        tmp_path,
        "A4,0,Create Fine,2006-07-24,35.0,,,NIL",
        "A4,1,Send Fine,2006-07-24,,,11.0,",
        "A4,2,Payment,2006-07-24,,46.0,,",
    )
    told = [item.effective_time.seconds, *(command.effective_time.seconds for command in item.history)]

    assert told == sorted(told)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("A5,0,Payment,2006-07-24,,35.0,,",), "A5: the first activity is 'Payment'"),
        (("A6,0,Create Fine,2006-07-24,1.005,,,NIL",), "A6: '1.005' is not an amount"),
        (("A7,0,Create Fine,24/07/2006,35.0,,,NIL",), "A7: "),
        (("A8,0,Create Fine,2006-07-24,35.0,,,NIL", "A8,1,Dance,2006-07-25,,,,"), "A8: activity 'Dance'"),
        (("A9,0,Create Fine,2006-07-24,35.0,,,NIL", "A9,1,Add penalty,2006-09-25,20.0,,,"), "A9: a penalty lowers"),
    ],
)
def test_a_file_that_is_not_the_log_is_refused_with_fine_and_reason(
    tmp_path: Path, rows: tuple[str, ...], said: str
) -> None:
    with pytest.raises(FinesFileInvalid, match=said):
        read(tmp_path, *rows)
