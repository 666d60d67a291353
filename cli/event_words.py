"""An event of a case in one sentence of the reader's language, and the reason beside it."""

from collections.abc import Callable, Mapping
from typing import Any

from cli.language import Words
from cli.show import instant

# Which catalogue a field's codes are looked up in.
_CODES = {
    "channel": "channel",
    "closure": "closure",
    "component": "component",
    "direction": "direction",
    "nature": "nature",
    "placed_with": "placed",
    "scope": "scope",
    "stage": "stage",
    "template": "message",
}
_INSTANTS = frozenset({"next_allowed_at", "from_at", "due_at", "until"})


def sentence(words: Words, name: str, fields: Mapping[str, Any], zone: str) -> tuple[str, str]:
    """Return what happened and why ("" if no reason was given); an unknown event is told by its name."""
    key = _key(name, fields)
    if not words.has("event", key):
        return name, _reason(words, fields)
    said = {field: _said(words, name, field, value, zone) for field, value in fields.items()} | _more(
        words, name, fields
    )
    return words("event", key, **said), "" if name == "HoldPlaced" else _reason(words, fields)


def _key(name: str, fields: Mapping[str, Any]) -> str:
    """Return which sentence tells of it, where one event tells of a thing or of its opposite."""
    if name == "StepTaken" and fields.get("skipped"):
        return "StepSkipped"
    if name == "PaymentLinkRefunded" and not fields.get("stands"):
        return "PaymentLinkRefundUndone"
    if name == "ContactRefused" and not fields.get("next_allowed_at"):
        return "ContactRefusedNoDate"
    return name


def _reason(words: Words, fields: Mapping[str, Any]) -> str:
    reason = str(fields.get("reason") or "")
    return words("why", reason) if words.has("why", reason) else reason


def _said(words: Words, name: str, field: str, value: Any, zone: str) -> str:
    if isinstance(value, Mapping) and "minor" in value:
        return words.money(value["minor"], value["currency"])
    if value is None or value == "":
        return words("say", "open_ended") if field == "until" else "–"
    if field in _INSTANTS:
        return instant(str(value), zone)
    if field == "outcome":
        return (
            words.of("dispute" if name == "DisputeResolved" else "outcome", value) if name != "TaskDone" else str(value)
        )
    if field in _CODES:
        return words.of(_CODES[field], value)
    if field in _LISTS:
        return _LISTS[field](words, value)
    return words.personal(str(value))


def _more(words: Words, name: str, fields: Mapping[str, Any]) -> dict[str, str]:
    """Values under names of their own, where a field's name means different things in different events."""
    match name:
        case "HoldPlaced":
            return {"hold": words.of("hold", fields["reason"])}
        case "DisputeResolved":
            return {"dispute_outcome": words.of("dispute", fields["outcome"])}
        case "TaskRaised":
            channel = fields.get("channel")
            return {
                "kind": words.of("message", fields["kind"]),
                "channel": f" ({words.of('channel', channel)})" if channel else "",
            }
        case "TaskDone":
            return {"result": str(fields["outcome"])}
        case "AgreementReopened":
            return {"agreement": words.of("agreement", fields["kind"])}
        case "LimitationInterrupted":
            return {"interruption": words.of("interruption", fields["kind"])}
        case "CostAdvanced":
            return {"cost": words.of("cost", fields["kind"])}
        case "CaseAssigned" if not fields["collector"]:
            return {"collector": words("say", "nobody")}
    return {}


def _obligation(words: Words, value: Mapping[str, Any]) -> str:
    principal = words.money(value["principal"]["minor"], value["principal"]["currency"])
    return f"{value['reference']} {principal}, {words('label', 'due')} {value['due_on']}"


def _wanted(words: Words, value: Mapping[str, Any]) -> str:
    if value["closure"]:
        return words.of("closure", value["closure"])
    return f"{words('label', 'waiver')} {words.money(value['amount']['minor'], value['amount']['currency'])}"


def _installment(words: Words, value: Mapping[str, Any]) -> str:
    return f"{words.money(value['amount']['minor'], value['amount']['currency'])} {value['due_on']}"


_LISTS: dict[str, Callable[[Words, Any], str]] = {
    "obligations": lambda words, value: "; ".join(_obligation(words, each) for each in value),
    "obligation": _obligation,
    "obligor": lambda words, value: words.of("role", value["role"]),
    "installments": lambda words, value: "; ".join(_installment(words, each) for each in value),
    "obligation_ids": lambda _, value: ", ".join(value),
    "parts": lambda words, value: ", ".join(
        f"{words.of('component', each['component'])} {each['minor']}" for each in value
    ),
    "order": lambda words, value: ", ".join(words.of("component", each) for each in value),
    "rates": lambda words, value: ", ".join(
        f"{words.of('component', each['component'])} {each['percent']} %" for each in value
    ),
    "wanted": lambda words, value: _wanted(words, value),
    "strategy": lambda _, value: f"{value['name']} {value['version']}",
}
