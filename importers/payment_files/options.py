"""What the person who imports knows and a file may not say."""

from dataclasses import dataclass
from enum import StrEnum


class DateOrder(StrEnum):
    """How a CSV file writes its dates."""

    ISO = "ISO"  # 2026-11-22
    DAY_FIRST = "DAY_FIRST"  # 22/11/2026


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """`account` and `currency` stand in where a file has none; what a file says comes first.

    `encoding`: of text files, where it is not UTF-8 or what the format falls back to.
    `bank`: the bank (three digits) whose columns a CNAB file of 400 columns has, where its header names another.
    `interim_is_booked`: take the entries of an MT942 as booked; they come again in the MT940.
    `decimal`: the decimal separator of a CSV file whose amounts do not show it.
    """

    account: str = ""
    currency: str = ""
    encoding: str = ""
    bank: str = ""
    interim_is_booked: bool = False
    dates: DateOrder = DateOrder.ISO
    decimal: str = ""
