"""docs/reference/strategies.md: the keys of a strategy's text, and the ladders that are shipped, drawn."""

from collections.abc import Iterator

from domain.case.words import StepAction
from domain.ladder import read
from domain.ladder.strategy import DayKind, Gate, StepPlan, Strategy
from infra.strategies import load_strategies
from tools.pages.source import GENERATED, Field, opening, readable, records, sentences, table

SOURCE = "domain/ladder/strategy.py"
# How TOML writes what the record holds otherwise.
IN_TEXT = {"time": "local time (`09:30:00`)", "int": "whole number", "bool": "`true` or `false`", "str": "text"}
# What the reader takes for a key that a text leaves out, where the record does not say it or says it in Python.
LEFT_OUT = {
    "description": "empty",
    "steps": "none",
    "channels": "none",
    "anchor": "`DUE`",
    "at": "`09:00:00`",
    "no_open_dispute": "`false`",
}
KINDS = {
    "Channel": "EMAIL, SMS, WHATSAPP, LETTER, PHONE or VISIT",
    "Stage": "PRE_DUE, SOFT, NEGOTIATION, PRE_LEGAL or LEGAL",
    "StepAction": "CONTACT, CHARGE or TASK",
}


def page() -> str:
    """Return the page's text."""
    return "\n".join(_parts()).rstrip() + "\n"


def _parts() -> Iterator[str]:
    known = records(SOURCE)
    yield f"# Strategies\n\n{GENERATED}\n\n{opening('strategies')}"
    yield "## The text\n"
    yield _keys(known["Strategy"].fields, read._STRATEGY, {"stages": "the levels, one `[[stages]]` each"})
    yield "### `[[stages]]`\n\n" + sentences(known["StagePlan"].doc) + "\n"
    yield _keys(known["StagePlan"].fields, read._STAGE, {"steps": "one `[[stages.steps]]` each; may be left out"})
    yield "### `gate`\n\n" + sentences(known["Gate"].doc) + "\n"
    yield _keys(known["Gate"].fields, read._GATE, {})
    yield "### `[[stages.steps]]`\n\n" + sentences(known["StepPlan"].doc) + "\n"
    yield _keys(known["StepPlan"].fields, read._STEP, {"action": "what it does"})
    for name in ("Anchor", "DayKind"):
        yield f"### {name}\n\n{known[name].doc}\n"
        yield table(("value", "meaning"), ((f"`{field.name}`", field.comment) for field in known[name].fields))
    yield opening("strategy-checks")
    yield "## The ladders that are shipped\n"
    for strategy in load_strategies().all():
        yield from _drawn(strategy)


def _keys(fields: tuple[Field, ...], known: set[str], told: dict[str, str]) -> str:
    rows = []
    for field in fields:
        if field.name in known:
            rows.append((f"`{field.name}`", _kind(field), _default(field), told.get(field.name, field.comment)))
    assert {row[0].strip("`") for row in rows} == known, "a key that the reader takes is a field of the record"
    return table(("key", "type", "default", "meaning"), rows)


def _default(field: Field) -> str:
    plain = field.default.removeprefix("DayKind.")
    return LEFT_OUT.get(field.name) or (f"`{plain}`" if plain not in {"", "''"} else "empty" if plain else "required")


def _kind(field: Field) -> str:
    places = {name: f"#{name.lower()}" for name in ("Anchor", "DayKind")}
    kind = IN_TEXT.get(field.kind) or KINDS.get(field.kind)
    if kind:
        return kind
    if field.kind == "tuple[Channel, ...]":
        return f"list of {KINDS['Channel']}"
    if field.kind.startswith("tuple"):
        return "list of tables"
    return "table" if field.kind == "Gate" else readable(field.kind, places)


# ── the shipped ladders


def _drawn(strategy: Strategy) -> Iterator[str]:
    name = f"{strategy.name} {strategy.version}"
    source = f"strategies/{strategy.name}.toml"
    yield f"### {name}\n\n{strategy.description}\n\nSource: [`{source}`](../../{source}).\n"
    rows = []
    for plan in strategy.stages:
        rows.append((f"**{plan.stage}**", _gate(plan.gate), ""))
        rows += [(f"`{step.key}`", _when(step), _what(step)) for step in plan.steps]
    yield table(("stage or step", "when", "what"), rows)


def _gate(gate: Gate) -> str:
    said = [f"from day {gate.days_past_due} past due"]
    if gate.stay_days:
        said.append(f"after {gate.stay_days} days in the stage below")
    if gate.contacts_min:
        said.append(f"after {gate.contacts_min} contacts")
    if gate.balance_minor_min:
        said.append(f"from {gate.balance_minor_min} minor units owed")
    if gate.no_open_dispute:
        said.append("no open dispute")
    return ", ".join(said)


def _when(step: StepPlan) -> str:
    kind = "business days" if step.day_kind is DayKind.BUSINESS else "days"
    return f"{step.anchor} {step.offset_days:+d} {kind}, {step.at:%H:%M}"


def _what(step: StepPlan) -> str:
    least = f", from {step.balance_minor_min} minor units owed" if step.balance_minor_min else ""
    match step.action:
        case StepAction.CONTACT:
            return f"contact by {' or '.join(step.channels)}: `{step.template}`{least}"
        case StepAction.CHARGE:
            return f"charge {step.charge_minor} minor units{least}"
        case StepAction.TASK:
            by = f" by {step.channels[0]}" if step.channels else ""
            return f"task `{step.task_kind}`{by}{least}"
