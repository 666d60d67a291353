"""A strategy's gates and steps in a reader's words."""

from typing import Any

from cli.language import Words


def gate_words(words: Words, gate: dict[str, Any]) -> str:
    """What must hold before the stage is entered: "from day 30; 10 days in the stage below"."""
    parts = [words("ladder", "from_day", days=gate.get("days_past_due", 0))]
    if gate.get("stay_days"):
        parts.append(words("ladder", "stay", days=gate["stay_days"]))
    if gate.get("min_contacts"):
        parts.append(words("ladder", "contacts", count=gate["min_contacts"]))
    if gate.get("no_open_dispute"):
        parts.append(words("ladder", "undisputed"))
    if gate.get("min_balance_minor"):
        parts.append(words("ladder", "balance", minor=gate["min_balance_minor"]))
    return "; ".join(parts)


def step_words(words: Words, step: dict[str, Any]) -> tuple[str, str, str, str]:
    """When, which, how and what: one row of a ladder."""
    unit = words("ladder", "business_days" if step["day_kind"] == "BUSINESS" else "days", days=step["offset_days"])
    when = f"{words('anchor', step['anchor'] or 'DUE')} {unit} {step['local_time']}"
    channels = " → ".join(words.of("channel", channel) for channel in step["channels"])
    what = step["template"] or step["task_kind"]
    return (
        when,
        step["key"],
        words("action", step["action"] or "CONTACT"),
        " · ".join(each for each in (channels, what) if each),
    )
