"""docs/reference/law-packs.md: the format of law packs, its vocabulary, and every rule and rate that is shipped."""

from collections.abc import Iterator
from fractions import Fraction

from domain.ledger import words
from domain.ledger.law import AllocationRule, InterestRule, LawPack, LimitationRule, RateReference
from domain.ledger.rates import RateTable
from infra.laws import load_laws
from tools.pages.source import GENERATED, opening, records, table

HEADS = ("rule", "says", "source", "confidence")
MODULE = "domain/ledger/words.py"


def page() -> str:
    """Return the page's text."""
    return "\n".join(_parts()).rstrip() + "\n"


def _parts() -> Iterator[str]:
    yield f"# Law packs\n\n{GENERATED}\n\n{opening('law-packs')}"
    yield "## Words\n"
    for name, record in records(MODULE).items():
        yield f"### {name}\n\n{record.doc}\n"
        values = [(f"`{getattr(words, name)[field.name].value}`", field.comment) for field in record.fields]
        yield table(("word", "meaning"), values)
    book = load_laws()
    yield "## The law that is shipped\n"
    for pack in book.packs:
        yield from _shipped(pack)
    yield "## The rates that are shipped\n"
    for each in book.tables:
        yield from _rates(each)


def _shipped(pack: LawPack) -> Iterator[str]:
    place = "no law, orders by name" if pack.jurisdiction == "*" else pack.jurisdiction
    yield f"### {pack.id} {pack.version}\n"
    yield f"{place}; rounding {pack.rounding}.\n\nSource: [`rules/money/{pack.file}`](../../rules/money/{pack.file}).\n"
    rules = [
        *((rule, _allocation(rule)) for rule in pack.allocations),
        *((rule, _interest(rule)) for rule in pack.interest),
        *((rule, f"{rule.amount} from day {rule.from_day}{_of(rule.natures)}") for rule in pack.compensations),
        *((rule, f"fee cap `{rule.fee_cap}`") for rule in pack.fees),
        *((rule, _limitation(rule)) for rule in pack.limitations),
        *((rule, "forbids to sue for a barred debt") for rule in pack.suit_bars),
    ]
    rows = [(f"`{rule.id.removeprefix(f'{pack.id}.')}`", says, rule.cite, rule.confidence) for rule, says in rules]
    yield table(HEADS, rows)


def _allocation(rule: AllocationRule) -> str:
    order = ", ".join(each.lower().replace("_", " ") for each in rule.order)
    cite = f" ({rule.choice_cite})" if rule.choice_cite else ""
    consent = "the creditor may consent to another order" if rule.creditor_may_consent else "no other order"
    return f"pays {order}; {rule.spread}; the debtor's choice: {rule.choice}{cite}; {consent}"


def _interest(rule: InterestRule) -> str:
    said = [rule.component.lower().replace("_", " ") + _of(rule.natures)]
    if rule.currency:
        said.append(f"in {rule.currency}")
    if rule.effective_from or rule.effective_until:
        said.append(f"for days from {rule.effective_from or 'ever'} to {rule.effective_until or 'now'}")
    said.append(f"owed {_rate(rule.rate)}" if rule.rate else "owed only if agreed")
    if rule.cap:
        said.append(f"at most {_rate(rule.cap)}, above which {rule.excess}")
    said.append(f"{rule.day_count}, compounding {rule.compounding}")
    return "; ".join(said)


def _limitation(rule: LimitationRule) -> str:
    interrupted = ", ".join(sorted(rule.interrupted_by)) or "nothing that we know"
    return f"{rule.instrument}, {rule.action}: {rule.years} years; begins again with {interrupted}"


def _rates(found: RateTable) -> Iterator[str]:
    yield f"### {found.id}\n\nRates are {found.quoted}.\n"
    rows = [(str(row.first), str(row.last), _percent(row.rate), row.cite, row.confidence) for row in found.rows]
    yield table(("from", "to", "a year", "source", "confidence"), rows)


def _rate(reference: RateReference) -> str:
    told = f"`{reference.table}`" if reference.fixed is None else _percent(reference.fixed)
    times = "" if reference.times == 1 else f"{float(reference.times):g} times "
    plus = f" and {_percent(reference.plus)}" if reference.plus else ""
    return f"{times}{told}{plus}"


def _percent(rate: Fraction) -> str:
    return f"{float(rate * 100):.2f} %"


def _of(natures: frozenset[words.Nature]) -> str:
    return f" of {', '.join(sorted(natures))} claims" if natures else ""
