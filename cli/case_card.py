"""A case on one screen."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.case_card_money import agreements, offered, owed_on
from cli.language import Words
from cli.next_step import what_next, why_next
from cli.plain import Plain
from cli.show import facts, instant, stage, sum_of, table


def case_card(words: Words, case: Plain, heading: str = "") -> RenderableType:
    """Everything about a case that a collector wants to see at once; `case` as `plain` gives it."""
    title = f"{case['creditor_id']}/{case['reference']}" + (f" · {heading}" if heading else "")
    parts: list[RenderableType] = [_head(words, case)]
    money = (*_debts(words, case), *owed_on(words, case), *agreements(words, case), *offered(words, case))
    parts += [Group(Text(), each) for each in (*money, *_stops(words, case))]
    parts += [Group(Text(), _contacts(words, case))] if case["contacts"] else []
    return Panel(Group(*parts), title=title, title_align="left", border_style="bright_black")


def _head(words: Words, case: Plain) -> Table:
    days, zone = case["days_past_due"], case["time_zone"]
    arrears = (
        words("say", "past_due", days=days) if days > 0 else words("say", "not_due") if case["oldest_due_date"] else ""
    )
    people = ", ".join(
        f"{each['person_id'][:8]}… ({words.of('role', each['role'] or 'PRINCIPAL')})" for each in case["obligors"]
    )
    pin = case["strategy"] or {"name": "", "version": 0}
    return facts(
        [
            (words("label", "stage"), stage(words, case["stage"], case["closure"])),
            (words("label", "balance"), Text(sum_of(words, case["balance"]), style="bold")),
            (words("label", "arrears"), "" if case["closure"] else arrears),
            (words("label", "next_step"), _next_step(words, case)),
            (
                words("label", "portfolio"),
                f"{case['portfolio']} · {pin['name']} {pin['version']} · {case['country']} · {zone}",
            ),
            (words("label", "obligors"), people),
            (words("label", "collector"), case["collector"]),
            (words("label", "opened"), instant(case["open_time"], zone)),
            (words("label", "case"), f"{case['case_id']} · {words('label', 'version')} {case['version']}"),
        ]
    )


def _next_step(words: Words, case: Plain) -> str:
    step = case["next_step"]
    if not step or case["closure"]:
        return ""
    return " · ".join(each for each in (what_next(words, step, case["time_zone"]), why_next(words, step)) if each)


def _debts(words: Words, case: Plain) -> Iterator[Table]:
    rows = [
        (
            debt["reference"] or debt["obligation_id"],
            debt["due_date"],
            sum_of(words, debt["principal"]),
            sum_of(words, debt["charged"]),
            sum_of(words, debt["paid"]),
            sum_of(words, debt["balance"]),
            words("label", "dispute") if debt["disputed"] else "",
        )
        for debt in case["debts"]
    ]
    yield table(words, ("obligation", "due", "principal", "charged", "paid", "balance", ""), rows)


def _stops(words: Words, case: Plain) -> Iterator[Table]:
    zone = case["time_zone"]
    holds = [
        (
            words.of("hold", hold["reason"] or "SUPERVISOR"),
            words.of("scope", hold["scope"] or "ALL"),
            hold["authority"],
            instant(hold["from_time"], zone),
            instant(hold["until_time"], zone) or words("say", "open_ended"),
        )
        for hold in case["holds"]
    ]
    if holds:
        yield table(words, ("hold", "action", "who", "since", "until"), holds)
    disputes = [
        (
            ", ".join(each["obligation_ids"]),
            instant(each["open_time"], zone),
            each["outcome"] or words("say", "still_open"),
        )
        for each in case["disputes"]
    ]
    if disputes:
        yield table(words, ("dispute", "since", "outcome"), disputes)


def _contacts(words: Words, case: Plain) -> Table:
    rows = [
        (
            instant(each["permit_time"], case["time_zone"]),
            words.of("channel", each["channel"] or ""),
            each["step_key"],
            words.of("outcome", each["outcome"] or "PENDING"),
        )
        for each in case["contacts"]
    ]
    return table(words, ("at", "channel", "step", "outcome"), rows, words("label", "contacts").capitalize())
