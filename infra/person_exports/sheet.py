"""What an export's layout is given: texts only, in the order in which they are read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from application.person_export import ExportedBlock, ExportedCase, PersonExport
from infra.person_exports import second_word
from infra.person_exports.layout_parts import Part, Rows, part, table
from infra.person_exports.wording import Wording, one_line

PROGRAM: Final = "ladder"  # who acts where nobody does


def parts(export: PersonExport, words: Wording) -> Iterator[Part]:
    """Yield everything that stands in an export."""
    identity = export.identity
    if identity is None:
        return
    who = [
        ("name", identity.name),
        ("country", identity.country),
        ("time_zone", identity.time_zone),
        ("language", identity.language),
        ("since", words.local_day(identity.registered_at)),
        ("person", str(export.person_id)),
    ]
    yield part(words, "identity", facts=[(words.label(key), words.personal(value)) for key, value in who])
    yield table(words, "points", ("channel", "address", "state"), (0, 2, 1), _points(export, words))
    yield table(words, "wishes", ("day", "wish", "source"), (0, 2, 1), _wishes(export, words))
    yield table(words, "facts", ("day", "fact", "source"), (0, 2, 1), _facts(export, words))
    contacts = [
        (words.instant(each.at), words.of("channel", each.channel), each.in_words, _outcome(each.outcome, words))
        for each in export.contacts
    ]
    yield table(words, "contacts", ("day", "channel", "contact", "result"), (0, 0, 3, 1), contacts)
    rules = [
        (stamp, "; ".join(map(one_line, cites)) or words.label("rule_unknown"))
        for stamp, cites in (export.rules or {}).items()
    ]
    if rules:
        yield part(words, "rules", level=3, head=("", ""), widths=(1, 2), rows=rules)
    yield part(words, "cases", paragraphs=() if export.cases else (words.label("none"),))
    for case in export.cases:
        yield from _case(case, words)
    actors = [
        (actor(each.actor, words), str(each.events), words.local_day(each.first_at), words.local_day(each.last_at))
        for each in export.actors
    ]
    yield table(words, "actors", ("actor", "count", "first", "last"), (2, 0, 0, 0), actors)
    yield from second_word.parts(export, words)
    yield from _keeping(export, words)


def _points(export: PersonExport, words: Wording) -> Rows:
    def state(removed: str, closed_by: str) -> str:
        if removed:
            return words.label("removed", day=removed)
        return words.label({"OPTED_OUT": "opted_out", "BOUNCED": "bounced"}.get(closed_by, "used"))

    return [
        (
            words.of("channel", each.channel),
            words.personal(", ".join(each.address.splitlines())),
            state(words.local_day(each.removed_at) if each.removed_at else "", each.closed_by),
        )
        for each in export.contact_points
    ]


def _wishes(export: PersonExport, words: Wording) -> Rows:
    def said(channel: str, *, given: bool) -> str:
        by = words.of("channel", channel) if channel else words.label("everything")
        return words.label("given" if given else "refused", channel=by)

    return [
        (words.local_day(each.at), said(each.channel, given=each.given), one_line(each.source))
        for each in export.wishes
    ]


def _facts(export: PersonExport, words: Wording) -> Rows:
    def told(fact: str, until: str) -> str:
        return f"{words.of('fact', fact)} ({words.label('until', day=until)})" if until else words.of("fact", fact)

    return [
        (
            words.local_day(each.since),
            told(each.fact, words.local_day(each.withdrawn_at) if each.withdrawn_at else ""),
            one_line(each.source),
        )
        for each in export.facts
    ]


def _case(case: ExportedCase, words: Wording) -> Iterator[Part]:
    money = [("principal", case.principal), ("paid", case.paid), ("balance", case.balance)]
    money += [("owed", case.owed_today)] if case.owed_today is not None else []
    facts = [
        (words.label("role"), words.of("role", case.role) if case.role else words.label("released")),
        (words.label("opened"), words.local_day(case.opened_at)),
        (words.label("stage"), words.of("stage", case.stage)),
        *((words.label(key), words.money(minor, case.currency)) for key, minor in money),
    ]
    if case.closed_at is not None:
        facts.insert(2, (words.label("closed"), words.local_day(case.closed_at)))
    heading = words.label("case", reference=one_line(case.reference), creditor=one_line(case.creditor_id))
    rows = [
        (words.instant(each.at), _event(each.event, each.fields, words), actor(each.actor, words))
        for each in case.events
    ]
    yield {
        **part(words, "events", level=3, facts=facts, rows=rows, widths=(0, 3, 1)),
        "heading": heading,
        "head": [words.label("day"), words.label("event"), words.label("by")],
    }


def _event(name: str, fields: Mapping[str, object], words: Wording) -> str:
    """Return what happened, with what was written, the stage that was entered, the sum or the channel."""
    match fields:
        case {"text": str(text)}:
            detail = words.personal(text)
        case {"stage": str(stage)}:
            detail = words.of("stage", stage)
        case {"amount": {"minor": int(minor), "currency": str(currency)}}:
            detail = words.money(minor, currency)
        case {"channel": str(channel)} if channel:
            detail = words.of("channel", channel)
        case _:
            detail = ""
    return ": ".join(filter(None, (words.of("event", name), detail)))


def actor(code: str, words: Wording) -> str:
    """Return who did it; of the program, that it was the program."""
    return words.label("program") if code == PROGRAM else one_line(code)


def _keeping(export: PersonExport, words: Wording) -> Iterator[Part]:
    said = words.label("cannot" if export.kept_because else "can_be")
    yield {
        **part(words, "keeping", paragraphs=(said,), rows=_blocks(export.kept_because, words), widths=(1, 2, 1)),
        "head": [words.label("kind"), words.label("right"), words.label("last")],
    }
    asked = [
        (words.local_day(each.requested_at), blocks)
        for each in export.erasures
        for blocks in ["; ".join(" · ".join(row) for row in _blocks(each.blocks, words)) or words.label("none")]
    ]
    if asked:
        yield part(words, "asked", level=3, head=("", ""), widths=(0, 1), rows=asked)


def _blocks(blocks: Sequence[ExportedBlock], words: Wording) -> Rows:
    return [
        (
            words.of("block", each.kind),
            words.right(each.citation),
            words.day(each.until) if each.until else words.label("no_day"),
        )
        for each in blocks
    ]


def _outcome(outcome: str, words: Wording) -> str:
    return words.of("outcome", outcome) if outcome else words.label("nothing_known")
