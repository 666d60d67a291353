"""Which case a bank entry pays: what in it may lead to one, candidates with what speaks for each, and the one if clear.

A reference, an account or a payment must lead to the case: an amount or a name alone never does. Nothing is guessed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.case.payment_reference import references_in
from domain.suspense.entry import BankEntry, marks, payment_id
from domain.suspense.target import Target
from domain.suspense.words import Candidate, Sign, Why

LOOKUPS_MAX = 16  # of one entry
WORD_LENGTH_MAX = 128  # characters
LONG_WORD = 6  # characters; a shorter one stands in texts by chance
CLEAR_POINTS = 60
CLEAR_MARGIN = 40
POINTS = {
    Sign.RF_REFERENCE: 60,
    Sign.VIRTUAL_ACCOUNT: 60,
    Sign.EXACT_REFERENCE: 60,
    Sign.END_TO_END_ID: 60,
    Sign.REFERENCE_IN_TEXT: 60,
    Sign.SHORT_REFERENCE_IN_TEXT: 40,
    Sign.EXACT_OBLIGATION: 60,
    Sign.OBLIGATION_IN_TEXT: 60,
    Sign.OBLIGATION_NAMED: 20,
    Sign.PAYMENT_NAMED: 60,
    Sign.AMOUNT_IS_BALANCE: 20,
    Sign.AMOUNT_IS_INSTALLMENT: 20,
    Sign.PAYER_IS_OBLIGOR: 20,
}
_BETWEEN = re.compile(r"[\s,;:()\"'<>|]+")
_OBLIGATION_SIGNS = {Sign.EXACT_REFERENCE: Sign.EXACT_OBLIGATION}  # any other that is strong enough: in the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """What in an entry may lead to a case.

    words:      what may be a reference, with where it stands; the strongest first.
    references: RF references of cases.
    payments:   hashes of the ids of the payment that a reversal takes back.
    account:    the one that was paid into.
    """

    words: dict[str, Sign]
    references: tuple[str, ...]
    payments: tuple[str, ...]
    account: str

    @property
    def others(self) -> tuple[str, ...]:
        """What may be an obligation's reference, an account or a payment: no word that texts have by chance."""
        strong = (word for word, sign in self.words.items() if sign is not Sign.SHORT_REFERENCE_IN_TEXT)
        return (*strong, *self.payments, *((self.account,) if self.account else ()))

    @property
    def everything(self) -> tuple[str, ...]:
        """All that may lead to a case."""
        return tuple(dict.fromkeys((*self.references, *self.words, *self.others)))


def leads_of(entry: BankEntry) -> Leads:
    """Return what may lead to a case. Of free texts only words with a digit: names of people are not looked up."""
    found: dict[str, Sign] = {}
    for whole, sign in (
        (entry.structured_reference, Sign.EXACT_REFERENCE),
        (entry.document_number, Sign.EXACT_REFERENCE),
        (entry.end_to_end_id, Sign.END_TO_END_ID),
    ):
        _add(found, whole.strip(), sign)
    texts = (entry.remittance, entry.structured_reference, entry.end_to_end_id)
    for text in texts:
        for part in _BETWEEN.split(text):
            for word in (part, *part.split("/")):
                bare = word.strip("./#-")
                if len(bare) > 1 and any(letter.isdigit() for letter in bare):
                    short = len(bare) < LONG_WORD
                    _add(found, bare, Sign.SHORT_REFERENCE_IN_TEXT if short else Sign.REFERENCE_IN_TEXT)
    return Leads(
        words=found,
        references=tuple(dict.fromkeys(each for text in texts for each in references_in(text))),
        payments=marks(entry) if entry.reversal else (),
        account=entry.account,
    )


@dataclass(frozen=True, slots=True)
class Scored:
    """A case and what speaks for it."""

    target: Target
    signs: tuple[Sign, ...]

    @property
    def points(self) -> int:
        """The sum of what speaks for it."""
        return sum(POINTS[sign] for sign in self.signs)

    def told(self) -> Candidate:
        """Return it as it is written down."""
        return Candidate(case_id=self.target.case_id, points=self.points, signs=self.signs)


def score(
    entry: BankEntry, leads: Leads, targets: Iterable[Target], payers: frozenset[UUID] = frozenset()
) -> list[Scored]:
    """Score the cases that an entry leads to; the best first. `payers`: cases with an obligor of the payer's name.

    A case for which nothing speaks but an amount or a name is none.
    """
    found = [Scored(target, _signs(entry, leads, target, payers)) for target in targets]
    leading = [one for one in found if set(one.signs) - _BESIDE]
    return sorted(leading, key=lambda one: (-one.points, one.target.case_id))


_BESIDE = frozenset({Sign.AMOUNT_IS_BALANCE, Sign.AMOUNT_IS_INSTALLMENT, Sign.PAYER_IS_OBLIGOR})


def choose(entry: BankEntry, scored: Sequence[Scored]) -> Scored | Why:
    """Return the one clear case, or why there is none. A case that has this very payment is the one."""
    known = [one for one in scored if payment_id(entry) in one.target.payments]
    if len(known) == 1:
        return known[0]
    if not scored:
        return Why.NO_CASE
    best = scored[0]
    if len(scored) > 1 and best.points - scored[1].points < CLEAR_MARGIN:
        return Why.AMBIGUOUS
    if best.target.currency != entry.amount.currency:
        return Why.CURRENCY_DIFFERS
    if not best.target.is_open:
        return Why.CASE_CLOSED
    return best if best.points >= CLEAR_POINTS else Why.NOT_CLEAR


def reversed_payment(entry: BankEntry, scored: Sequence[Scored]) -> tuple[Scored, str] | None:
    """Return the one imported payment with the ids and the amount that a reversal names, and its case."""
    ids = set(marks(entry))
    found = [
        (one, known)
        for one in scored
        for known, payment in one.target.payments.items()
        if payment.minor == -entry.amount.minor and one.target.currency == entry.amount.currency
        if ids & set(payment.marks)
    ]
    return found[0] if len(found) == 1 else None


def chosen_obligation(leads: Leads, target: Target) -> str:
    """Return the one obligation that the payer named, "" where it is none or several: who pays may say for what."""
    named = {target.obligations[word] for word in leads.words if word in target.obligations}
    return named.pop() if len(named) == 1 else ""


def _add(found: dict[str, Sign], word: str, sign: Sign) -> None:
    if word and len(word) <= WORD_LENGTH_MAX and word.isprintable() and len(found) < LOOKUPS_MAX:
        found.setdefault(word, sign)


def _signs(entry: BankEntry, leads: Leads, target: Target, payers: frozenset[UUID]) -> tuple[Sign, ...]:
    signs = [Sign.RF_REFERENCE] if target.rf_reference in leads.references else []
    if leads.account and leads.account in target.accounts:
        signs.append(Sign.VIRTUAL_ACCOUNT)
    if target.reference in leads.words:
        signs.append(leads.words[target.reference])
    if any(mark in payment.marks for mark in leads.payments for payment in target.payments.values()):
        signs.append(Sign.PAYMENT_NAMED)
    named = [sign for word, sign in leads.words.items() if word in target.obligations and word != target.reference]
    if named and signs:
        signs.append(Sign.OBLIGATION_NAMED)
    elif named and named[0] is not Sign.SHORT_REFERENCE_IN_TEXT:
        signs.append(_OBLIGATION_SIGNS.get(named[0], Sign.OBLIGATION_IN_TEXT))
    if entry.amount.currency == target.currency:
        if entry.amount.minor == target.balance:
            signs.append(Sign.AMOUNT_IS_BALANCE)
        elif entry.amount.minor in target.installments:
            signs.append(Sign.AMOUNT_IS_INSTALLMENT)
    if target.case_id in payers:
        signs.append(Sign.PAYER_IS_OBLIGOR)
    return tuple(signs)
