"""The fines, counted from their file with nothing of the engine: what its reports must agree with."""

import csv
import gzip
from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path

Line = tuple[int, int, int]  # cases, received and owed, both in cents
RESULT = "Receive Result Appeal from Prefecture"
APPEALS = ("Insert Date Appeal to Prefecture", "Send Appeal to Prefecture", "Appeal to Judge")


def fines(file: Path, count: int | None = None) -> Iterator[list[dict[str, str]]]:
    """Yield the rows of each fine, of the first `count` fines."""
    with gzip.open(file, "rt", newline="") as text:
        for _, rows in islice(groupby(csv.DictReader(text), key=lambda row: row["case_id"]), count):
            yield list(rows)


def books(file: Path, count: int | None = None) -> dict[str, Line]:
    """Return each stage, with the reason where it is CLOSED, with its line."""
    lines: dict[str, Line] = {}
    for rows in fines(file, count):
        charged = _sum(rows, "expense") + next(_cents(row["amount"]) for row in reversed(rows) if row["amount"])
        received = _sum(rows, "paymentAmount")
        owed = max(charged - received, 0)
        cases, received_before, owed_before = lines.get(_where(rows, charged, owed), (0, 0, 0))
        lines[_where(rows, charged, owed)] = (cases + 1, received_before + received, owed_before + owed)
    return lines


def _where(rows: list[dict[str, str]], charged: int, owed: int) -> str:
    activities = [row["activity"] for row in rows]
    paid = charged > 0 and owed == 0
    if "Send for Credit Collection" in activities:
        return "LEGAL"
    if any(row["dismissal"] in ("#", "G") for row in rows[1:]):
        return "CLOSED PAID" if paid else "CLOSED INVALID"
    appeals = [each for each in activities if each in APPEALS or each == RESULT]
    to_prefecture = [each for each in appeals if each != "Appeal to Judge"]
    decided = RESULT in to_prefecture[1:] or not to_prefecture or to_prefecture == [RESULT]
    undecided = "Appeal to Judge" in appeals or not decided
    return "CLOSED PAID" if paid and not undecided else "PRE_DUE"


def _sum(rows: list[dict[str, str]], column: str) -> int:
    return sum(_cents(row[column]) for row in rows)


def _cents(text: str) -> int:
    return round(float(text or 0) * 100)
