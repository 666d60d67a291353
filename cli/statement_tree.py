"""A statement on a screen: a tree of sums, each the sum of those under it, and the sources that its lines point at."""

from collections.abc import Iterator
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.language import Words
from cli.plain import Plain

INDENT: Final = 2
_STYLES: Final = {"CASE": "bold", "OBLIGATION": "bold", "COMPONENT": "", "NOT_POSTED": ""}


def statement_tree(words: Words, found: Plain) -> RenderableType:
    """Draw a statement; `found` as `plain` gives it."""
    sources = _Sources(words)
    made = Table.grid(padding=(0, 2), pad_edge=False)
    made.add_column()
    made.add_column(justify="right", no_wrap=True, vertical="bottom")
    _row(made, words("statement", "owed"), found["balance"], 0, "bold", words)
    if found["credit"]["minor"]:
        _row(made, words("statement", "credit"), found["credit"], 0, "bright_black", words)
    for node in found["tree"]["nodes"]:
        made.add_row()
        for depth, each in _walk(node, 0):
            said, style = _said(words, each, sources), _STYLES.get(each["kind"], "bright_black")
            amount = None if each["kind"] in ("PAUSED", "MISSING", "FORFEIT", "CLAIMABLE") else each["amount"]
            _row(made, said, amount, depth, style, words)
    return Group(_heading(words, found), Text(), made, *_under(words, found, sources))


def _heading(words: Words, found: Plain) -> Text:
    known = words("statement", "known", at=found["known_time"]) if found["known_time"] else ""
    day = words("statement", "heading", day=found["on_date"])
    more = ", ".join(each for each in (day, known, found["balance"]["currency"]) if each)
    return Text.assemble((f"{found['creditor_id']}/{found['reference']}", "bold"), f"  {more}")


def _under(words: Words, found: Plain, sources: "_Sources") -> Iterator[RenderableType]:
    if sources.texts:
        yield Text()
        listed = Table.grid(padding=(0, 1), pad_edge=False)
        listed.add_column(no_wrap=True)
        listed.add_column()
        for number, text in enumerate(sources.texts, start=1):
            listed.add_row(Text(f"[{number}]"), Text(text))
        yield listed
    yield Text()
    if not found["complete"]:
        yield Text(words("statement", "incomplete"), style="bold red")
    basis = words("statement", "basis", law=found["law_stamp"], events=words.number(found["version"]))
    yield Text(basis, style="bright_black")


def _row(made: Table, said: str, amount: Plain | None, depth: int, style: str, words: Words) -> None:
    sum_of = Text(words.amount(amount["minor"], amount["currency"]), style=style) if amount else Text()
    made.add_row(Padding(Text(said, style=style), (0, 0, 0, INDENT * depth)), sum_of)


def _walk(node: Plain, depth: int) -> Iterator[tuple[int, Plain]]:
    yield depth, node
    for each in node["nodes"]:
        yield from _walk(each, depth + 1)


def _said(words: Words, node: Plain, sources: "_Sources") -> str:
    match node["kind"]:
        case "OBLIGATION":
            debt = node["obligation"]
            late = "late" if debt["days_late"] and node["amount"]["minor"] > 0 else "due"
            told = words("statement", late, day=debt["due_date"], days=words.number(debt["days_late"]))
            return f"{node['name']}  {told}"
        case "COMPONENT":
            return words.of("component", node["component"])
        case "EVENT":
            return _event(words, node)
        case "INTEREST":
            return _interest(words, node["interest"], sources)
        case "NOT_POSTED":
            return words("statement", "not_posted")
        case "POSTED":
            return words("statement", "posted")
        case "PAUSED":
            return words("statement", "paused", **_dates(node["days"]), why=words.of("pause", node["name"]))
        case "MISSING":
            return words("statement", "missing", **_dates(node["days"]), table=node["name"])
        case "FORFEIT":
            lost = node["forfeit"]
            agreed, cap = words.decimal(lost["agreed_percent"]), words.decimal(lost["cap_percent"])
            mark = sources.mark(lost["cite"])
            return words("statement", "forfeit", day=lost["on_date"], agreed=agreed, cap=cap) + f" {mark}"
        case "CLAIMABLE":
            claim = node["claim"]
            amount = words.money(claim["amount"]["minor"], claim["amount"]["currency"])
            mark = sources.mark(f"{claim['cite']} ({words.of('confidence', claim['confidence'])})")
            return words("statement", "claim", amount=amount) + f" {mark}"
        case kind:  # of a newer server
            return f"{kind} {node['name']}"


def _event(words: Words, node: Plain) -> str:
    event = node["event"]
    by_law = (node["name"], event["reason"]) == ("ChargeAdded", "LAW")
    key = "InterestCharged" if by_law else node["name"]
    name = words.of("booked", key) if words.has("booked", key) else node["name"]
    reason = f"({event['reason']})" if event["reason"] and not by_law else ""
    period = event["period"].replace("..", " – ")
    told = " ".join(each for each in (name, "" if by_law else event["reference"], period, reason) if each)
    return f"{event['effective_date']}  {told}  #{event['number']}"


def _interest(words: Words, line: Plain, sources: "_Sources") -> str:
    rate = words.decimal(line["rate_percent"])
    if line["quoted_rate_percent"] != line["rate_percent"]:
        quoted = words.decimal(line["quoted_rate_percent"])
        rate = words("statement", "effective", rate=rate, quoted=quoted)
    principal = words.amount(line["principal"]["minor"], line["principal"]["currency"])
    said = words(
        "statement",
        "interest",
        **_dates(line),
        days=words.number(line["days"]),
        year=line["year_days"],
        principal=principal,
        rate=rate,
    )
    return f"{said} {sources.interest(line)}"


def _dates(days: Plain) -> dict[str, str]:
    return {"first": days["first_date"], "last": days["last_date"]}


class _Sources:
    """What lines point at, by a number each, in the order in which they are met."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self.texts: list[str] = []

    def mark(self, text: str) -> str:
        if text not in self.texts:
            self.texts.append(text)
        return f"[{self.texts.index(text) + 1}]"

    def interest(self, line: Plain) -> str:
        words, notes = self._words, []
        if line["agreed"]:
            notes.append(words("statement", "agreed"))
        if line["reduced_from_percent"]:
            notes.append(words("statement", "reduced", rate=words.decimal(line["reduced_from_percent"])))
        cited = "; ".join(each for each in (line["cite"], line["rate_cite"], *notes) if each)
        stamp = f" ({line['rate_stamp']})" if line["rate_stamp"] else ""
        return self.mark(f"{line['rule']}: {cited}{stamp}")
