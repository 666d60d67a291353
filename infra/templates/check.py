"""What must hold before anything is sent: every step of every strategy can be said, lawfully, and fits its channel.

Run when a process starts, by `escalera templates check`, and by the tests.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from application.messages import Facts, Words
from domain.case.words import LEVELS, Channel, Stage, StepAction
from domain.compliance.rule_words import About
from domain.compliance.rules import Disclosure, Gate, RuleSet
from domain.compliance.words import Medium
from domain.decider import Rejected
from domain.ladder.strategy import Strategy
from infra.templates.catalogue import TemplateCatalogue
from infra.templates.draft import OPT_OUT, unfulfilled
from infra.templates.phrases import phrase_in, shouts
from infra.templates.records import Short, Template, Topic
from infra.templates.samples import least, longest, usual
from infra.templates.segments import segments
from infra.templates.text import Missing

SUBJECT_MAX = 78  # characters: RFC 5322, section 2.1.1
WHATSAPP_BODY_MAX = 1_024  # characters, of a template's body
LONGEST_SEGMENTS = 6  # parts of a text message with the longest values, disclosures apart
SEGMENTS_MAX = 10  # parts of a text message, disclosures included: what gateways take at most
MEDIA = {
    Channel.EMAIL: Medium.EMAIL,
    Channel.SMS: Medium.SMS,
    Channel.WHATSAPP: Medium.INSTANT_MESSAGE,
    Channel.LETTER: Medium.MAIL,
    Channel.PHONE: Medium.CALL,
    Channel.VISIT: Medium.VISIT,
}
_SPOKEN = frozenset({Channel.PHONE, Channel.VISIT})
_ORNAMENTS = ("<img", "<svg", "<script", "<iframe", "background", "url(")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong. `where`: a file, or a strategy's step."""

    where: str
    what: str
    channel: Channel | None = None
    jurisdiction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What one jurisdiction's rule sets want said, and not said."""

    jurisdiction: str
    duties: tuple[tuple[frozenset[Medium], tuple[str, ...]], ...] = ()
    forbidden: frozenset[str] = frozenset()

    def duties_on(self, channel: Channel) -> tuple[str, ...]:
        """Return every duty that may arise on a channel, at whatever stage."""
        medium = MEDIA[channel]
        return tuple(dict.fromkeys(duty for media, duties in self.duties if medium in media for duty in duties))


def laws_of(rule_sets: Iterable[RuleSet]) -> tuple[Law, ...]:
    """Return what rule sets want of words, by jurisdiction, those that want nothing included; "" is nowhere yet."""
    laws = {"": Law(jurisdiction="")}
    on_contacts = (rules for rules in rule_sets if rules.about is About.CONTACTS)
    for rules in sorted(on_contacts, key=lambda each: each.jurisdiction):
        law = laws.get(rules.jurisdiction, Law(jurisdiction=rules.jurisdiction))
        duties = [(each.media, tuple(map(str, each.content))) for each in rules.rules if isinstance(each, Disclosure)]
        gates = {str(each.content) for each in rules.rules if isinstance(each, Gate) and each.content}
        laws[rules.jurisdiction] = Law(
            jurisdiction=rules.jurisdiction,
            duties=tuple(dict.fromkeys((*law.duties, *duties))),
            forbidden=law.forbidden | gates,
        )
    return tuple(laws.values())


def insist(catalogue: TemplateCatalogue, strategies: Iterable[Strategy], rule_sets: Iterable[RuleSet]) -> None:
    """Raise `Rejected` TEMPLATES_UNFIT, which lists what is wrong, unless all that the strategies use is fit."""
    found = problems(catalogue, strategies, laws_of(rule_sets), only_used=True)
    if found:
        lines = "; ".join(f"{each.where}: {each.what}" for each in found[:10])
        raise Rejected(
            "TEMPLATES_UNFIT", f"{len(found)} at fault: {lines}", field=found[0].where, accepted="see templates check"
        )


def problems(
    catalogue: TemplateCatalogue,
    strategies: Iterable[Strategy],
    laws: Sequence[Law],
    *,
    only_used: bool = False,
    names: Container[str] | None = None,
) -> tuple[Problem, ...]:
    """Return everything that is wrong, each thing once.

    only_used: look at what the strategies use, and no more. names: look at these templates, and no others.
    """
    found = [*_layout_problems(catalogue)]
    steps = list(_steps(strategies))
    for step in steps:
        found.extend(_step_problems(catalogue, step))
    used = {(step.template, channel) for step in steps for channel in step.channels}
    without_help = {(step.template, channel) for step in steps if step.is_contact for channel in step.channels}
    for language in catalogue.languages:
        for name in catalogue.names():
            template = catalogue.template(name, language)
            for channel in spoken(template):
                if (only_used and (name, channel) not in used) or (names is not None and name not in names):
                    continue
                found.extend(_channel_problems(catalogue, template, channel, language, laws))
                if (name, channel) in without_help:
                    found.extend(_need_problems(catalogue, template, channel, language))
    return tuple(dict.fromkeys(found))


def spoken(template: Template) -> tuple[Channel, ...]:
    """Return the channels that a template has words for."""
    has = {
        Channel.EMAIL: template.email,
        Channel.SMS: template.sms,
        Channel.WHATSAPP: template.whatsapp,
        Channel.LETTER: template.letter,
        Channel.PHONE: template.script,
        Channel.VISIT: template.script,
    }
    return tuple(channel for channel, table in has.items() if table is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    where: str
    stage: Stage
    template: str
    channels: tuple[Channel, ...]
    is_contact: bool


def _steps(strategies: Iterable[Strategy]) -> Iterator[_Step]:
    for strategy in strategies:
        for plan in strategy.stages:
            for step in plan.steps:
                if step.action in (StepAction.CONTACT, StepAction.TASK):
                    yield _Step(
                        where=f"{strategy.name} {strategy.version}: {plan.stage}/{step.key}",
                        stage=plan.stage,
                        template=step.template or step.task_kind,
                        channels=step.channels,
                        is_contact=step.action is StepAction.CONTACT,
                    )


def _step_problems(catalogue: TemplateCatalogue, step: _Step) -> Iterator[Problem]:
    if step.template not in catalogue.names():
        if step.is_contact:  # a task may explain itself
            yield Problem(where=step.where, what=f"there is no template {step.template!r}")
        return
    template = catalogue.template(step.template, catalogue.languages[0])
    if LEVELS.index(step.stage) < LEVELS.index(template.from_stage):
        yield Problem(where=step.where, what=f"{step.template} is not for a stage before {template.from_stage}")
    if step.is_contact:
        for channel in step.channels:
            if channel not in spoken(template):
                yield Problem(where=step.where, what=f"{step.template} says nothing on this channel", channel=channel)


def _need_problems(
    catalogue: TemplateCatalogue, template: Template, channel: Channel, language: str
) -> Iterator[Problem]:
    try:
        catalogue.words(template.name, channel, least(language))
    except Missing as missing:
        yield Problem(where=template.file, what=f"needs what a case may not have: {missing}", channel=channel)


def _channel_problems(
    catalogue: TemplateCatalogue, template: Template, channel: Channel, language: str, laws: Sequence[Law]
) -> Iterator[Problem]:
    not_shouted = catalogue.shelf.languages.not_shouted
    for like in _alike(catalogue, laws, channel, language):
        law = like[0]
        duties = law.duties_on(channel)
        facts = usual(language, law.jurisdiction, duties)
        try:
            words = catalogue.words(template.name, channel, facts)
            long = catalogue.words(template.name, channel, longest(language, law.jurisdiction, duties))
        except Missing as missing:
            yield Problem(where=template.file, what=f"speaks of what nobody knows: {missing}", channel=channel)
            return
        found = [*_unfit(words, channel), *_unfit(long, channel), *_unsaid(words, channel, facts, template)]
        if channel is Channel.SMS and template.sms and not duties:
            found.extend(_too_many(words, long, template.sms))
        if channel not in _SPOKEN and (shouted := shouts(f"{words.subject} {words.body}", not_shouted)):
            found.append(f"shouts: {shouted}")
        for what in found:
            yield Problem(where=template.file, what=what, channel=channel, jurisdiction=law.jurisdiction)
        touched = catalogue.touched(words, channel, catalogue.shelf.languages.by_tag[language], template)
        for each in like:
            for what in _unspeakable(touched, words, each):
                yield Problem(where=template.file, what=what, channel=channel, jurisdiction=each.jurisdiction)


def _alike(
    catalogue: TemplateCatalogue, laws: Sequence[Law], channel: Channel, language: str
) -> tuple[tuple[Law, ...], ...]:
    """Return the laws in groups under which a message has the same words: one of each group is enough to render."""
    groups: dict[tuple[object, ...], list[Law]] = {}
    for law in laws:
        duties = law.duties_on(channel)
        conditions = catalogue.conditions(law.jurisdiction, language)
        # Where nothing is disclosed, it does not matter whose words the disclosure would have.
        groups.setdefault((duties, conditions, law.jurisdiction if duties else ""), []).append(law)
    return tuple(tuple(group) for group in groups.values())


def _too_many(words: Words, long: Words, sms: Short) -> Iterator[str]:
    usually, at_most = segments(words.body), segments(long.body)
    if usually.count > sms.segments:
        yield f"takes {usually.count} parts ({usually.alphabet}) with usual values, and may take {sms.segments}"
    if at_most.count > LONGEST_SEGMENTS:
        yield f"takes {at_most.count} parts with the longest values, {LONGEST_SEGMENTS} at most"


def _unfit(words: Words, channel: Channel) -> Iterator[str]:
    """Yield what keeps a message from fitting its channel."""
    if len(words.subject) > SUBJECT_MAX and channel is Channel.EMAIL:
        yield f"its subject has {len(words.subject)} characters, {SUBJECT_MAX} at most"
    if "\n" in words.subject:
        yield "its subject has more than one line"
    if channel is Channel.SMS and (count := segments(words.body).count) > SEGMENTS_MAX:
        yield f"takes {count} parts with its disclosures, {SEGMENTS_MAX} at most"
    if channel is Channel.WHATSAPP:
        if len(words.body) > WHATSAPP_BODY_MAX:
            yield f"has {len(words.body)} characters, {WHATSAPP_BODY_MAX} at most"
        if any(not each or "\n" in each or "\t" in each or "    " in each for each in words.parameters):
            yield "has a parameter that is empty, or holds a line break, a tab or four spaces"
        if words.parameters and (
            words.body.startswith(words.parameters[0]) or words.body.endswith(words.parameters[-1])
        ):
            yield "begins or ends with a parameter, which the provider does not approve"


def _unsaid(words: Words, channel: Channel, facts: Facts, template: Template) -> Iterator[str]:
    """Yield the duties that a message does not fulfill though everything is known."""
    if not template.confirms_opt_out:
        yield from (f"does not fulfill the duty {each}" for each in unfulfilled(facts.duties, words.content))
    if channel in (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP) and OPT_OUT not in words.content:
        yield "does not say how to stop messages"


def _unspeakable(touched: Sequence[Topic], words: Words, law: Law) -> Iterator[str]:
    """Yield what must not be said under a law, of the topics that a message touches."""
    country = law.jurisdiction.partition("-")[0]
    for topic in touched:
        if "*" in topic.where or country in topic.where or topic.name in law.forbidden:
            yield f"{topic.name} ({topic.cite}): {phrase_in(f'{words.subject} {words.body}', topic)!r}"


def _layout_problems(catalogue: TemplateCatalogue) -> Iterator[Problem]:
    """Yield what would let an e-mail look like a document with a seal, or tell somebody that it was read."""
    for ornament in _ORNAMENTS:
        if ornament in catalogue.shelf.layout_source.lower():
            yield Problem(where="layout.html", what=f"holds {ornament!r}: no pictures, seals, trackers or programs")
