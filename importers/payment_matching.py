"""Which case an entry pays: candidates by reference, each with a score that says what it is made of. Pure.

A reference must lead to the case: an amount alone never does. What is not clear is for a person to say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from importers.payment_files.entry import PaymentEntry

LOOKUPS_MAX = 16  # of one entry
CLEAR_POINTS = 60
CLEAR_MARGIN = 40
LONG_WORD = 6  # characters; a shorter one stands in texts by chance
_BETWEEN = re.compile(r"[\s,;:()\"'<>|]+")


class Sign(StrEnum):
    """What speaks for a case."""

    EXACT_REFERENCE = "EXACT_REFERENCE"  # the structured reference or the document number is the case's reference
    END_TO_END_ID = "END_TO_END_ID"  # the payer's own id is the case's reference
    REFERENCE_IN_TEXT = "REFERENCE_IN_TEXT"
    SHORT_REFERENCE_IN_TEXT = "SHORT_REFERENCE_IN_TEXT"
    OBLIGATION_NAMED = "OBLIGATION_NAMED"
    AMOUNT_IS_BALANCE = "AMOUNT_IS_BALANCE"
    AMOUNT_IS_INSTALLMENT = "AMOUNT_IS_INSTALLMENT"  # of a plan, a promise, a settlement, or one obligation's balance


POINTS = {
    Sign.EXACT_REFERENCE: 60,
    Sign.END_TO_END_ID: 60,
    Sign.REFERENCE_IN_TEXT: 60,
    Sign.SHORT_REFERENCE_IN_TEXT: 40,
    Sign.OBLIGATION_NAMED: 20,
    Sign.AMOUNT_IS_BALANCE: 20,
    Sign.AMOUNT_IS_INSTALLMENT: 20,
}


class Why(StrEnum):
    """Why an entry is left for a person."""

    NO_CASE = "NO_CASE"  # no reference in it is a case's
    AMBIGUOUS = "AMBIGUOUS"  # more than one case, none clearly before the others
    NOT_CLEAR = "NOT_CLEAR"  # one case, but too little speaks for it
    CURRENCY_DIFFERS = "CURRENCY_DIFFERS"
    CASE_CLOSED = "CASE_CLOSED"
    DOUBTFUL = "DOUBTFUL"  # the file itself raises a doubt about the entry
    TOLD_BEFORE = "TOLD_BEFORE"  # another file told an entry that nothing tells apart from this one
    NO_SUCH_PAYMENT = "NO_SUCH_PAYMENT"  # a reversal, and no single payment is the one that it takes back
    REFUSED = "REFUSED"  # the engine said no


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What matching needs to know of a case. Sums are in minor units of its currency."""

    case_id: str
    name: str  # CREDITOR/REFERENCE
    reference: str
    currency: str
    time_zone: str
    is_open: bool
    balance: int
    installments: frozenset[int]
    obligations: frozenset[str]
    payments: dict[str, int]  # by payment id


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A case that an entry may pay, and what speaks for it."""

    target: Target
    signs: tuple[Sign, ...]

    @property
    def points(self) -> int:
        """The sum of what speaks for it."""
        return sum(POINTS[sign] for sign in self.signs)

    def __str__(self) -> str:
        return f"{self.target.name} {self.points} ({', '.join(self.signs)})"


Words = dict[str, Sign]


def words_of(entry: PaymentEntry) -> Words:
    """Return what may be a case's reference in an entry, with where it stands; the strongest first.

    Of free texts only words with a digit are taken: names of people are not looked up.
    """
    found: Words = {}
    for whole, sign in (
        (entry.structured_reference, Sign.EXACT_REFERENCE),
        (entry.document_number, Sign.EXACT_REFERENCE),
        (entry.end_to_end_id, Sign.END_TO_END_ID),
    ):
        _add(found, whole.strip(), sign)
    for text in (entry.remittance, entry.structured_reference, entry.end_to_end_id):
        for part in _BETWEEN.split(text):
            for word in (part, *part.split("/")):
                bare = word.strip("./#-")
                if len(bare) > 1 and any(letter.isdigit() for letter in bare):
                    short = len(bare) < LONG_WORD
                    _add(found, bare, Sign.SHORT_REFERENCE_IN_TEXT if short else Sign.REFERENCE_IN_TEXT)
    return found


def candidates(entry: PaymentEntry, words: Words, targets: Sequence[Target]) -> list[Candidate]:
    """Score the cases that were found by the words of an entry; the best first."""
    found = [Candidate(target=target, signs=_signs(entry, words, target)) for target in targets]
    return sorted(found, key=lambda one: (-one.points, one.target.name))


def choose(entry: PaymentEntry, scored: Sequence[Candidate]) -> Candidate | Why:
    """Return the one clear candidate, or why there is none. A case that has this very payment is the one."""
    known = [one for one in scored if payment_id(entry) in one.target.payments]
    if len(known) == 1:
        return known[0]
    if not scored:
        return Why.NO_CASE
    best = scored[0]
    if len(scored) > 1 and best.points - scored[1].points < CLEAR_MARGIN:
        return Why.AMBIGUOUS
    if best.target.currency != entry.currency:
        return Why.CURRENCY_DIFFERS
    if not best.target.is_open:
        return Why.CASE_CLOSED
    return best if best.points >= CLEAR_POINTS else Why.NOT_CLEAR


def payment_id(entry: PaymentEntry) -> str:
    """Return the id under which an entry is recorded: its own, and hashes of what a reversal of it would repeat."""
    return f"file-{entry.entry_id}-{_hash(entry.end_to_end_id)}-{_hash(entry.transaction_reference)}"


def reversed_payment(entry: PaymentEntry, scored: Sequence[Candidate]) -> tuple[Candidate, str] | None:
    """Return the one imported payment with the ids and the amount that a reversal names, and its case."""
    ids = {_hash(entry.end_to_end_id), _hash(entry.transaction_reference)} - {""}
    found = [
        (one, known)
        for one in scored
        for known, minor in one.target.payments.items()
        if known.startswith("file-") and minor == -entry.amount.minor and one.target.currency == entry.currency
        if ids & set(known.split("-")[2:])
    ]
    return found[0] if len(found) == 1 else None


def _add(found: Words, word: str, sign: Sign) -> None:
    if word and len(word) <= 128 and word.isprintable() and len(found) < LOOKUPS_MAX:
        found.setdefault(word, sign)


def _signs(entry: PaymentEntry, words: Words, target: Target) -> tuple[Sign, ...]:
    signs = [words[target.reference]] if target.reference in words else []
    if any(word in target.obligations for word in words if word != target.reference):
        signs.append(Sign.OBLIGATION_NAMED)
    if entry.currency == target.currency:
        if entry.amount.minor == target.balance:
            signs.append(Sign.AMOUNT_IS_BALANCE)
        elif entry.amount.minor in target.installments:
            signs.append(Sign.AMOUNT_IS_INSTALLMENT)
    return tuple(signs)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12] if text else ""
