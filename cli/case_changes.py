"""What is other in a case than it was: two of its pictures compared, fact by fact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from application.evidence import TimelineLine
from cli.next_step import what_next
from cli.plain import Plain
from cli.session import Session
from cli.show import table

Value = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact. Sums are minor units of the case's currency; None: it was not there."""

    what: str  # a key of the words `changed`
    which: str  # of a promise, hold, obligation ... its id
    before: Value
    after: Value


_IDS = {
    "promises": "promise_id",
    "plans": "plan_id",
    "settlements": "settlement_id",
    "offers": "offer_id",
    "discounts": "discount_id",
    "approvals": "approval_id",
}
_MONEY = frozenset({"balance", "credit", "owed"})


def changes(before: Plain, after: Plain) -> list[Change]:
    """Return what differs between a case (as `plain` gives it) and the same case later."""
    old, new = dict(_facts(before)), dict(_facts(after))
    return [
        Change(what=what, which=which, before=old.get((what, which)), after=new.get((what, which)))
        for what, which in (*new, *(key for key in old if key not in new))
        if old.get((what, which)) != new.get((what, which))
    ]


def _facts(case: Plain) -> Iterator[tuple[tuple[str, str], Value]]:
    yield ("stage", ""), case["closure"] or case["stage"]
    yield ("balance", ""), case["balance"]["minor"]
    yield ("credit", ""), case["credit"]["minor"]
    for debt in case["debts"]:
        for owed in debt["owed"]:
            yield ("owed", f"{debt['obligation_id']} {owed['component']}"), owed["amount"]["minor"]
        yield ("due", debt["obligation_id"]), debt["due_date"]
        yield ("disputed", debt["obligation_id"]), "YES" if debt["disputed"] else None
    for group, name in _IDS.items():
        for agreed in case[group]:
            yield (group, agreed[name]), agreed["state"] or "OPEN"
    for hold in case["holds"]:
        yield ("holds", hold["hold_id"]), (hold["reason"] or "SUPERVISOR") if hold["in_force"] else None
    yield ("strategy", ""), f"{case['strategy']['name']} {case['strategy']['version']}" if case["strategy"] else None
    yield ("collector", ""), case["collector"] or None
    yield ("placed", ""), " ".join(each for each in (case["placed_with"], case["partner"]) if each) or None
    for contact in case["contacts"]:
        yield ("contacts", contact["permit_id"]), contact["outcome"] or "PENDING"
    step = case["next_step"]
    yield ("next_step", ""), _step(step) if step else None


def _step(step: Plain) -> str:
    return " ".join(each for each in (step["action"], step["target"], step["due_time"] or "") if each)


def print_changes(
    session: Session, found: Sequence[Change], events: Sequence[TimelineLine], *, currency: str, zone: str
) -> None:
    """Print what changed, and the events that did it."""
    words = session.words
    rows = [
        (
            " ".join(each for each in (words("changed", one.what), _which(session, one)) if each),
            _said(session, one, one.before, currency, zone),
            _said(session, one, one.after, currency, zone),
        )
        for one in found
    ]
    if not rows:
        session.console.print(words("then", "nothing_changed"))
    else:
        session.console.print(table(words, ("", "before", "after"), rows))
    for line in events:
        late = words("then", "known_on", at=f"{line.known_at:%Y-%m-%d %H:%M}") if line.known_at else ""
        more = "  ".join(each for each in (line.why, late, line.who) if each)
        when = (f"{line.number:5d}  {line.day} {line.time}  ", "bright_black")
        session.console.print(Text.assemble(when, line.what, (f"  {more}", "bright_black")), soft_wrap=True)


def _which(session: Session, change: Change) -> str:
    if change.what == "owed":
        obligation, _, component = change.which.rpartition(" ")
        return f"{obligation}, {session.words.of('component', component)}"
    if change.what == "contacts":
        return _contact(session, change.which)
    return change.which


def _contact(session: Session, permit_id: str) -> str:
    """Return which contact of the case a permit is for: its step and channel, and the number of a further try."""
    _, _, rest = permit_id.partition(":")
    step, _, tail = rest.partition(":")
    channel, _, number = tail.partition(":")
    if not channel:
        return permit_id  # of a contact that is not the ladder's
    return " ".join(each for each in (step, session.words.of("channel", channel), number) if each)


def _said(session: Session, change: Change, value: Value, currency: str, zone: str) -> str:
    words = session.words
    if value is None:
        return "–"
    if change.what in _MONEY:
        return words.money(int(value), currency)
    text = str(value)
    match change.what:
        case "stage":
            return words.of("closure", text) if words.has("closure", text) else words.of("stage", text)
        case "offers":
            return words.of("offered", text)
        case "approvals":
            return words.of("asked_for", text)
        case "promises" | "plans" | "settlements" | "discounts":
            return words.of("stands", text)
        case "holds":
            return words.of("hold", text)
        case "contacts":
            return words.of("outcome", text)
        case "placed":
            place, _, partner = text.partition(" ")
            return " ".join(each for each in (words.of("placed", place), partner) if each)
        case "disputed":
            return words("label", "dispute")
        case "next_step":
            return _next(session, text, zone)
    return text


def _next(session: Session, text: str, zone: str) -> str:
    action, *rest = text.split(" ")
    due = rest[-1] if rest and rest[-1].endswith("Z") else None
    target = " ".join(rest[:-1] if due else rest)
    step: dict[str, Any] = {"action": action, "target": target, "due_time": due, "reason": "", "why": ""}
    return what_next(session.words, step, zone)
