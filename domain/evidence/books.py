"""The money of a case booked once more, double entry, from its events as JSON has them.

Nothing of the engine's own books is used here: what it says is owed and what this comes to must be the same.
Debits are positive, credits negative, in minor units of the case's one currency; every entry adds up to nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.evidence.stored import StoredEvidence
from domain.money import exponent

Account = tuple[str, str, str]  # kind, obligation, component; "" where the kind has none
RECEIVABLE, CREDIT, BANK, HANDED_OVER = "RECEIVABLE", "CREDIT", "BANK", "HANDED_OVER"
CHARGED, WAIVED, REWARDED = "CHARGED", "WAIVED", "REWARDED"
_PRINCIPAL = "PRINCIPAL"
_BANK, _CREDIT = (BANK, "", ""), (CREDIT, "", "")

Parts = Sequence[Mapping[str, Any]]
Moved = list[tuple[Account, int]]
Fault = tuple[str, str]  # a code, and what it is about


class Books:
    """Books events one after another. What does not add up is said as a code and what it is about."""

    def __init__(self) -> None:
        self.balances: dict[Account, int] = {}
        self.entries = 0
        self.currency = ""
        self._opened = False
        self._debts: set[str] = set()
        self._paid: dict[str, tuple[int, list[Mapping[str, Any]]]] = {}  # what stands: the sum, and what it has paid
        self._faults: list[Fault] = []
        self._booked = {
            "CaseOpened": self._opening,
            "ObligationAdded": self._added,
            "ChargeAdded": self._charge,
            "PaymentRecorded": self._payment,
            "CreditApplied": self._applied,
            "PaymentReallocated": self._reallocated,
            "PaymentReversed": self._reversed,
            "AmountWaived": self._waived,
            "RewardGranted": self._rewarded,
            "WaiverReversed": self._owed_again,
        }
        self._given_up: dict[str, str] = {}  # waivers and rewards that stand, and which of the two

    def book(self, event: StoredEvidence) -> list[Fault]:
        """Book an event; return what is wrong with it. KeyError, TypeError or ValueError if it is not what it says.

        Codes: PAYMENT_UNKNOWN, WAIVER_UNKNOWN, PARTS_EXCEED_PAYMENT, PARTS_DIFFER, CURRENCY_DIFFERS, NOT_BALANCED.
        """
        booked = self._booked.get(event.name)
        if booked is None:
            return []
        moved: Moved = []
        self._faults = []
        booked(event.fields, moved)
        if sum(minor for _, minor in moved):
            self._faults.append(("NOT_BALANCED", event.name))
        self.entries += any(minor for _, minor in moved)
        for account, minor in moved:
            self.balances[account] = self.balances.get(account, 0) + minor
        return self._faults

    def owed(self) -> dict[tuple[str, str], int]:
        """Return what is owed by obligation and component, where it is not nothing."""
        return {
            (obligation, component): minor
            for (kind, obligation, component), minor in sorted(self.balances.items())
            if kind == RECEIVABLE and minor
        }

    @property
    def credit(self) -> int:
        """Return what came in and pays nothing yet."""
        return -self.balances.get(_CREDIT, 0)

    def _opening(self, fields: Mapping[str, Any], moved: Moved) -> None:
        if self._opened:
            return
        self._opened, self.currency = True, str(fields["currency"])
        for terms in fields["obligations"]:
            self._handed_over(terms, moved)

    def _added(self, fields: Mapping[str, Any], moved: Moved) -> None:
        self._handed_over(fields["obligation"], moved)

    def _handed_over(self, terms: Mapping[str, Any], moved: Moved) -> None:
        obligation = str(terms["obligation_id"])
        if obligation in self._debts:
            return
        self._debts.add(obligation)
        minor = self._minor(terms["principal"])
        moved += [((RECEIVABLE, obligation, _PRINCIPAL), minor), ((HANDED_OVER, "", ""), -minor)]

    def _charge(self, fields: Mapping[str, Any], moved: Moved) -> None:
        minor = self._minor(fields["amount"])
        component = str(fields["component"])
        moved += [((RECEIVABLE, str(fields["obligation_id"]), component), minor), ((CHARGED, "", component), -minor)]

    def _payment(self, fields: Mapping[str, Any], moved: Moved) -> None:
        payment, parts = str(fields["payment_id"]), list(fields["parts"])
        minor = self._minor(fields["amount"])
        if _sum(parts) > minor:
            self._faults.append(("PARTS_EXCEED_PAYMENT", payment))
        self._paid[payment] = (minor, parts)
        moved += [(_BANK, minor), *_pays(parts, -1), (_CREDIT, _sum(parts) - minor)]

    def _applied(self, fields: Mapping[str, Any], moved: Moved) -> None:
        payment, parts = str(fields["payment_id"]), list(fields["parts"])
        if payment not in self._paid:
            self._faults.append(("PAYMENT_UNKNOWN", payment))
            return
        minor, before = self._paid[payment]
        self._paid[payment] = (minor, [*before, *parts])
        if _sum(before) + _sum(parts) > minor:
            self._faults.append(("PARTS_EXCEED_PAYMENT", payment))
        moved += [(_CREDIT, _sum(parts)), *_pays(parts, -1)]

    def _reallocated(self, fields: Mapping[str, Any], moved: Moved) -> None:
        payment, parts = str(fields["payment_id"]), list(fields["parts"])
        if payment not in self._paid:
            self._faults.append(("PAYMENT_UNKNOWN", payment))
            return
        minor, before = self._paid[payment]
        self._paid[payment] = (minor, parts)
        if _sum(parts) > minor:
            self._faults.append(("PARTS_EXCEED_PAYMENT", payment))
        moved += [*_pays(before, 1), *_pays(parts, -1), (_CREDIT, _sum(parts) - _sum(before))]

    def _reversed(self, fields: Mapping[str, Any], moved: Moved) -> None:
        payment = str(fields["payment_id"])
        if payment not in self._paid:
            self._faults.append(("PAYMENT_UNKNOWN", payment))
            return
        minor, parts = self._paid.pop(payment)
        moved += [(_BANK, -minor), *_pays(parts, 1), (_CREDIT, minor - _sum(parts))]

    def _waived(self, fields: Mapping[str, Any], moved: Moved) -> None:
        self._gives_up(WAIVED, "waiver_id", fields, moved)

    def _rewarded(self, fields: Mapping[str, Any], moved: Moved) -> None:
        self._gives_up(REWARDED, "reward_id", fields, moved)

    def _gives_up(self, kind: str, key: str, fields: Mapping[str, Any], moved: Moved) -> None:
        parts = list(fields["parts"])
        minor = self._minor(fields["amount"])
        if _sum(parts) != minor:
            self._faults.append(("PARTS_DIFFER", str(fields[key])))
        self._given_up[str(fields[key])] = kind
        moved += [*_pays(parts, -1), *(((kind, "", str(part["component"])), int(part["minor"])) for part in parts)]

    def _owed_again(self, fields: Mapping[str, Any], moved: Moved) -> None:
        waiver, parts = str(fields["waiver_id"]), list(fields["parts"])
        kind = self._given_up.pop(waiver, "")
        if not kind:
            self._faults.append(("WAIVER_UNKNOWN", waiver))
            return
        moved += [*_pays(parts, 1), *(((kind, "", str(part["component"])), -int(part["minor"])) for part in parts)]

    def _minor(self, money: Mapping[str, Any]) -> int:
        if money["currency"] != self.currency:
            self._faults.append(("CURRENCY_DIFFERS", str(money["currency"])))
        return int(money["minor"])


def decimal(minor: int, currency: str) -> str:
    """Write a sum in minor units with its decimals: "1437.00"."""
    digits = exponent(currency)
    whole, part = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}{f'.{part:0{digits}d}' if digits else ''}"


def _pays(parts: Parts, sign: int) -> Moved:
    return [
        ((RECEIVABLE, str(part["obligation_id"]), str(part["component"])), sign * int(part["minor"])) for part in parts
    ]


def _sum(parts: Parts) -> int:
    return sum(int(part["minor"]) for part in parts)
