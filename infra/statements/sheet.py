"""What a statement's layout is given: texts only, in the order in which they are read."""

from collections.abc import Iterator, Sequence

from application.messages import Facts
from application.statement_desk import Explained
from application.statement_view import Node, NodeKind, tree_of
from domain.calendar import local_day
from domain.ledger.accrued import AccrualLine, Forfeit, Pause
from domain.ledger.journal import Entry, Kind
from domain.ledger.law import CompensationRule
from domain.ledger.rates import Missing
from domain.ledger.stated import ComponentBalance, ObligationStatement, StatementLine
from domain.ledger.statement import BY_LAW
from infra.channels.letter_head import Letterhead
from infra.statements.wording import Wording, one_line

Sheet = dict[str, object]
Row = list[list[str]]  # cells of lines

_OF_PAYMENTS = frozenset({"PaymentRecorded", "CreditApplied", "PaymentReversed", "PaymentReallocated"})


def sheet(explained: Explained, facts: Facts, wording: Wording, letterhead: Letterhead) -> Sheet:
    """Return everything that stands on a statement."""
    sources = _Sources(wording)
    debts = [_debt(node, explained, wording, sources) for node in tree_of(explained.statement).nodes]
    creditor = one_line(facts.creditor or facts.creditor_id)
    sender = one_line(facts.sender) or creditor
    found = explained.statement
    return {
        "on": {"year": found.at.year, "month": found.at.month, "day": found.at.day},
        "sender": {
            "name": sender,
            "behalf": wording.label("on_behalf", creditor=creditor) if sender != creditor else "",
            "lines": list(letterhead.lines),
            "foot": [sender, *letterhead.foot],
        },
        "title": wording.label("title", day=wording.day(found.at)),
        "facts": _facts(explained, facts, wording),
        "summary": _summary(explained, wording),
        "debts": debts,
        "payments": _payments(explained, wording),
        "sources": {"heading": wording.label("sources"), "items": sources.told()},
        "dispute": _dispute(explained, facts, wording),
        "page": wording.label("page"),
    }


def _facts(explained: Explained, facts: Facts, wording: Wording) -> list[dict[str, str]]:
    found = explained.statement
    rows = [("for", one_line(facts.name)), ("reference", one_line(explained.opened.reference))]
    rows += [("dated", wording.day(found.at)), ("owed", wording.sum(found.balance))]
    if found.balance > 0 and facts.due_on < found.at:
        rows.append(("due_on", wording.day(facts.due_on)))
    return [{"label": wording.label(key), "value": value} for key, value in rows if value]


def _summary(explained: Explained, wording: Wording) -> Sheet:
    found = explained.statement
    notes = [wording.label("credit", sum=wording.sum(found.credit))] if found.credit else []
    notes += [] if found.complete else [wording.label("incomplete")]
    said = "summary_text" if found.balance else "nothing_owed"
    return {
        "heading": wording.label("summary"),
        "text": wording.label(said, day=wording.day(found.at)),
        "head": [wording.label(key) for key in ("debt", "due", "late", "balance")],
        "rows": [
            [one_line(each.reference or each.obligation_id), wording.brief_day(each.due_on), str(each.days_late),
             wording.sum(each.balance)]
            for each in found.obligations
        ],
        "total": [wording.label("total"), wording.sum(found.balance)],
        "notes": notes,
    }  # fmt: skip


def _debt(node: Node, explained: Explained, wording: Wording, sources: "_Sources") -> Sheet:
    owed = node.told
    assert isinstance(owed, ObligationStatement), "an obligation's node"
    day, days = wording.day(owed.due_on), str(owed.days_late)
    late = owed.days_late > 0 and owed.balance > 0
    claims = [each.told for each in node.nodes if isinstance(each.told, CompensationRule)]
    return {
        "heading": wording.label("debt_heading", reference=one_line(node.name)),
        "about": wording.label("debt_late" if late else "debt_not_late", day=day, days=days)
        if owed.balance
        else wording.label("due") + ": " + day,
        "components": [
            _component(each, explained, wording, sources) for each in node.nodes if each.kind is NodeKind.COMPONENT
        ],
        "total": [wording.label("debt_total", reference=one_line(node.name)), wording.sum(node.minor)],
        "claims": [wording.label("claim", sum=wording.money(rule.amount), cite=rule.cite) for rule in claims],
    }


def _component(node: Node, explained: Explained, wording: Wording, sources: "_Sources") -> Sheet:
    assert isinstance(node.told, ComponentBalance), "a component's node"
    name = wording.component(node.told.component)
    lines = [each.told for each in node.nodes if isinstance(each.told, StatementLine)]
    derived = next((each for each in node.nodes if each.kind is NodeKind.NOT_POSTED), None)
    return {
        "heading": name[:1].upper() + name[1:],
        "head": [wording.label(key) for key in ("day", "what", "amount", "after")],
        "rows": [_line(line, explained, wording) for line in lines],
        "interest": _interest(derived, node.told.posted, explained, wording, sources) if derived else None,
        "total": [wording.label("component_total", component=name), wording.sum(node.minor)],
    }


def _line(line: StatementLine, explained: Explained, wording: Wording) -> Row:
    day = wording.brief_day(local_day(line.at, explained.opened.time_zone))
    reference = "" if line.reason == BY_LAW else one_line(line.reference)  # made from the days that are told anyway
    more = " · ".join(each for each in (reference, wording.period(line.period)) if each)
    what = [wording.event(line), more] if more else [wording.event(line)]
    return [[day], what, [wording.sum(line.minor)], [wording.sum(line.after)]]


def _interest(node: Node, entries: int, explained: Explained, wording: Wording, sources: "_Sources") -> Sheet:
    """Return what the interest of a component is made of; `entries`: what events have left of it."""
    stretches = [each for each in node.nodes if each.kind is NodeKind.INTEREST]
    posted = [each for each in node.nodes if each.kind is NodeKind.POSTED]
    sums = [("not_posted", node.minor)] if stretches or posted else []
    if posted:
        sums = [("borne_total", sum(each.minor for each in stretches)), ("posted", posted[0].minor), *sums]
    if entries:
        sums.append(("entries", entries))
    return {
        "heading": wording.label("interest", day=wording.day(explained.statement.at)),
        "text": wording.label("interest_text") if stretches else "",
        "head": [wording.label(key) for key in ("stretch", "days", "base", "rate", "source", "borne")],
        "rows": [_stretch(each, wording, sources) for each in stretches],
        "sums": [[wording.label(key), wording.sum(minor)] for key, minor in sums],
        "notes": list(_notes(node.nodes, wording)),
    }


def _stretch(node: Node, wording: Wording, sources: "_Sources") -> Row:
    line = node.told
    assert isinstance(line, AccrualLine), "days of interest"
    rate = [wording.rate(line.quoted_rate)]
    if line.rate != line.quoted_rate:
        rate.append(wording.label("equivalent", rate=wording.rate(line.rate)))
    days = [f"{wording.brief_day(line.first)} – {wording.brief_day(line.last)}"]
    told = [[f"{line.days}/{line.year}"], [wording.sum(line.principal)], rate, [sources.mark(line)]]
    return [days, *told, [wording.sum(node.minor)]]


def _notes(nodes: Sequence[Node], wording: Wording) -> Iterator[str]:
    for node in nodes:
        match node.told:
            case Pause(first=first, last=last, reason=reason):
                why = wording.pauses.get(reason, reason.lower())
                yield wording.label("paused", first=wording.day(first), last=wording.day(last), why=why)
            case Missing(first=first, last=last):
                yield wording.label("missing", first=wording.day(first), last=wording.day(last))
            case Forfeit() as lost:
                agreed, cap = wording.rate(lost.agreed), wording.rate(lost.cap)
                yield wording.label("forfeit", day=wording.day(lost.day), agreed=agreed, cap=cap, cite=lost.cite)
            case _:
                continue


def _payments(explained: Explained, wording: Wording) -> Sheet:
    """Return what each payment paid; one that was taken back, what is owed again."""
    names = {each.obligation_id: each.reference or each.obligation_id for each in explained.statement.obligations}
    entries = [each for each in explained.entries() if each.event in _OF_PAYMENTS]
    return {
        "heading": wording.label("payments"),
        "head": [wording.label(key) for key in ("day", "payment", "paid_for", "paid")],
        "rows": [_payment(each, names, explained, wording) for each in entries],
    }


def _payment(entry: Entry, names: dict[str, str], explained: Explained, wording: Wording) -> Row:
    day = wording.brief_day(local_day(entry.at, explained.opened.time_zone))
    paid_for, sums = [], []
    for posting in entry.postings:
        account = posting.account
        if account.kind is Kind.RECEIVABLE and account.component is not None:
            debt = one_line(names.get(account.obligation_id, account.obligation_id))
            paid_for.append(wording.label("part", debt=debt, component=wording.component(account.component)))
            sums.append(wording.sum(-posting.minor))
        elif account.kind is Kind.CREDIT and entry.event != "CreditApplied":
            paid_for.append(wording.label("kept"))
            sums.append(wording.sum(-posting.minor))
    bank = sum(posting.minor for posting in entry.postings if posting.account.kind is Kind.BANK)
    name = wording.events.get(entry.event, wording.events["other"])
    what = [f"{name} · {wording.sum(bank)}" if bank else name, one_line(entry.reference)]
    if entry.event == "PaymentReversed":
        what.append(wording.label("taken_back"))
    return [[day], what, paid_for, sums]


def _dispute(explained: Explained, facts: Facts, wording: Wording) -> Sheet:
    reference = one_line(explained.opened.reference)
    known_at, law = explained.known_at, explained.statement.law
    if known_at is None:
        basis = wording.label("basis", law=law)
    else:
        known = wording.day(local_day(known_at, explained.opened.time_zone))
        basis = wording.label("basis_known", law=law, known=known)
    where = [wording.label("contact", contact=facts.contact_at)] if facts.contact_at else []
    where += [wording.label("pay_at", pay_at=facts.pay_at)] if facts.pay_at else []
    return {
        "heading": wording.label("dispute"),
        "paragraphs": [wording.label("dispute_text", reference=reference), *where],
        "basis": basis,
    }


class _Sources:
    """Articles and rates that the lines point at, by a number each, in the order in which they are met."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._marks: dict[str, int] = {}

    def mark(self, line: AccrualLine) -> str:
        """Return the number of a line's source."""
        words, notes = self._wording, []
        if line.agreed:
            notes.append(words.label("agreed"))
        if line.reduced_from is not None:
            notes.append(words.label("reduced", rate=words.rate(line.reduced_from)))
        cited = "; ".join(each for each in (line.cite, line.rate_cite, *notes) if each)
        text = f"{cited} ({line.rate_stamp})" if line.rate_stamp else cited
        return f"[{self._marks.setdefault(text, len(self._marks) + 1)}]"

    def told(self) -> list[list[str]]:
        return [[f"[{number}]", text] for text, number in self._marks.items()]
