"""What an audit of all contacts found, on a screen."""

from rich.console import Console
from rich.text import Text

from cli.language import Words
from cli.plain import Plain
from cli.show import instant, table

SHOWN_MAX = 20


def print_audit(console: Console, words: Words, audit: Plain, position: int) -> None:
    """Say whether every contact was lawful; list what does not stand up, and what should not have happened."""
    if audit["violations_total"]:
        said = words("contact", "violations", count=words.number(int(audit["violations_total"])))
        console.print(said, style="bold red")
        _print(console, words, ("at", "reason", "permit", "rule"), [_violation(each) for each in audit["violations"]])
        _more(console, audit["violations_total"])
    else:
        counts = {"permits": words.number(int(audit["permits"])), "judged": words.number(int(audit["judged"]))}
        console.print(words("contact", "verified", **counts, position=position), style="green")
    if audit["late_total"]:
        console.print(words("contact", "late", count=words.number(int(audit["late_total"]))), style="yellow")
        _print(
            console, words, ("at", "why", "since", "known", "contact"), [_late(words, each) for each in audit["late"]]
        )
        _more(console, audit["late_total"])
    if audit["holidays_changed_total"]:
        count = words.number(int(audit["holidays_changed_total"]))
        console.print(words("contact", "holidays_changed", count=count), style="yellow")
    for each in audit["not_asked"]:
        said = words("contact", "not_asked", rules=each["rule_set"], count=words.number(int(each["permits"])))
        console.print(said, style="bright_black")


def _print(console: Console, words: Words, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    console.print(table(words, columns, rows[:SHOWN_MAX]))


def _more(console: Console, total: int) -> None:
    if total > SHOWN_MAX:
        console.print(Text(f"  … {total - SHOWN_MAX}"))


def _violation(found: Plain) -> tuple[str, ...]:
    rules = ", ".join(f"{rule} ({cite})" for rule, cite in zip(found["rules"], found["citations"], strict=True))
    return instant(found["contact_time"]), found["reason"], found["permit_id"], rules


def _late(words: Words, found: Plain) -> tuple[str, ...]:
    why = words.of("why", found["reason"]) if words.has("why", found["reason"]) else found["reason"]
    since, known = instant(found["since_time"]), instant(found["known_time"])
    return instant(found["contact_time"]), f"{why} ({found['fact']})", since, known, found["contact_id"]
