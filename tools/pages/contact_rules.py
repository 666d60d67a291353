"""docs/reference/contact-rules.md: the format of rule files, its vocabulary, and every rule that is shipped."""

from collections.abc import Iterable, Iterator

from domain.compliance import rule_words, words
from domain.compliance.rule_words import About
from domain.compliance.rules import (
    Cap,
    Consent,
    Cooldown,
    Disclosure,
    Gate,
    RecipientRule,
    Retention,
    Rule,
    RuleSet,
    Spacing,
    ToldTime,
    Window,
)
from domain.compliance.words import Medium
from domain.rule_text.table import DAYS
from infra.rules import load_rules
from tools.pages.source import GENERATED, opening, records, table

NOT_IN_FILES = {"RuleKind", "Result"}  # words of verdicts and histories
MODULES = (words, rule_words)
HEADS = ("rule", "says", "source", "confidence")


def page() -> str:
    """Return the page's text."""
    return "\n".join(_parts()).rstrip() + "\n"


def _parts() -> Iterator[str]:
    yield f"# Contact rules\n\n{GENERATED}\n\n{opening('contact-rules')}"
    yield "## Words\n"
    for module in MODULES:
        path = f"{module.__name__.replace('.', '/')}.py"
        for name, record in records(path).items():
            if record.is_vocabulary and name not in NOT_IN_FILES:
                yield f"### {name}\n\n{record.doc}\n"
                values = [(f"`{getattr(module, name)[field.name].value}`", field.comment) for field in record.fields]
                if any(comment for _, comment in values):
                    yield table(("word", "meaning"), values)
                else:
                    yield ", ".join(value for value, _ in values) + ".\n"
    yield "### Readings\n\nThe first word is the strict one, and holds where nobody says otherwise.\n"
    yield table(("reading", "words"), ((f"`{name}`", _listed(choice)) for name, choice in rule_words.READINGS.items()))
    yield "## The rules that are shipped\n"
    for rules in load_rules().rule_sets:
        yield from _shipped(rules)


def _shipped(rules: RuleSet) -> Iterator[str]:
    yield f"### {rules.id} {rules.version}\n"
    yield f"{_scope(rules)}\n\nSource: [`rules/{_file(rules)}`](../../rules/{_file(rules)}).\n"
    rows = [(_name(rule.id, rules), _says(rule), rule.cite, rule.confidence) for rule in rules.rules]
    for cap in rules.fee_caps:
        tiers = ", ".join(f"{share:%} up to {'any amount' if up_to is None else up_to}" for up_to, share in cap.tiers)
        rows.append((_name(cap.id, rules), f"{tiers} {cap.unit}, from day {cap.from_day}", cap.cite, cap.confidence))
    for term in rules.terms:
        days = f"{term.days} {'business' if term.business else 'calendar'} days"
        rows.append((_name(term.id, rules), days, term.cite, term.confidence))
    for kept in rules.retention:
        rows.append(("`retention`", _kept(kept), kept.cite, kept.confidence))
    if rules.claim is not None:
        rows.append(("`claim`", "stands against forgetting while it is open", rules.claim.cite, rules.claim.confidence))
    yield table(HEADS, rows)


def _file(rules: RuleSet) -> str:
    return f"records/{rules.file}" if rules.about is About.RECORDS else rules.file


def _kept(kept: Retention) -> str:
    periods = ", ".join(f"{what} {period}" for what, period in sorted(kept.periods.items()))
    since = f", from {kept.counted_from.replace('_', ' ')}" if kept.counted_from else ""
    return f"{'at most ' if kept.at_most else ''}{periods}{since}"


def _scope(rules: RuleSet) -> str:
    place = "everywhere" if rules.jurisdiction == "*" else rules.jurisdiction
    if rules.members:
        place += f" ({', '.join(sorted(rules.members))})"
    begins = f"from {rules.effective_from}" if rules.effective_from else "from a day that is not known, hence always"
    bound = ", ".join(sorted(rules.actors)) or "everybody who collects"
    said = [place, begins, f"binds {bound}"]
    if rules.extends:
        said.append(f"on top of {rules.extends}")
    if rules.readings_in_text:
        said.append("read as " + ", ".join(f"{name} = {word}" for name, word in sorted(rules.readings_in_text.items())))
    return "; ".join(said) + "."


def _says(rule: Rule) -> str:
    match rule:
        case Window():
            days = _days(rule.days)
            hours = f"{rule.opens // 60:02}:{rule.opens % 60:02}-{rule.closes // 60:02}:{rule.closes % 60:02}"
            said = f"open {days} {hours}, holidays {'closed' if rule.holidays_closed else 'open'}"
        case ToldTime():
            said = f"closed at times of {rule.fact}"
        case Cap():
            what = "media" if rule.distinct_media else f"({rule.count})"
            weeks = "a week as read" if rule.period.as_read else "calendar week" if rule.period.by_week else ""
            period = weeks or ("a day" if rule.period.days == 1 else f"{rule.period.days} days")
            said = f"at most {rule.max} {what} in {period}, per {_words(rule.per)}"
        case Spacing():
            said = f"{rule.days} days between two, per {_words(rule.per)}"
        case Cooldown():
            said = f"none for {rule.days} days after {rule.after}, per {_words(rule.per)}"
        case Gate():
            ends = f" until {rule.until}" if rule.until else ""
            about = f" to what {rule.content}" if rule.content else ""
            said = f"closed{about} {f'while {rule.when} is known{ends}' if rule.when else 'always'}"
        case Consent():
            said = f"only what {rule.fact} names"
        case RecipientRule():
            others = "; ".join(f"for {name} also {_words(who)}" for name, who in sorted(rule.for_purposes.items()))
            who = f"only {_words(rule.allow)}" if rule.allow else f"not {_words(rule.deny)}"
            said = "; ".join(filter(None, (who, others)))
        case Disclosure():
            said = f"must say {', '.join(rule.content)} ({rule.stage})"
        case _:
            raise AssertionError(f"no words for {type(rule).__name__}")
    said += "".join(f"; {word} {_words(found)}" for word, found in _conditions(rule) if found)
    return _words(rule.media) + f": {said}" if rule.media != frozenset(Medium) else said


def _conditions(rule: Rule) -> Iterator[tuple[str, Iterable[str]]]:
    yield "at", rule.places
    yield "with", rule.recipients
    yield ("for nothing but" if isinstance(rule, Cap) and rule.closed_to_others else "for"), rule.only_purposes
    yield "not for", rule.exempt_purposes
    yield "while", [rule.if_fact] if rule.if_fact else []
    yield "unless", [rule.unless_fact] if rule.unless_fact else []
    yield "set aside by", rule.lifts


def _days(days: frozenset[int]) -> str:
    """Return weekdays as rule files write them: "mon-fri"; those that are no run with commas."""
    first, last = min(days), max(days)
    if len(days) == last - first + 1:
        return DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"
    return ", ".join(DAYS[day] for day in sorted(days))


def _name(rule: str, rules: RuleSet) -> str:
    return f"`{rule.removeprefix(f'{rules.id}.')}`"


def _words(found: Iterable[str]) -> str:
    return ", ".join(sorted(found))


def _listed(found: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in found)
