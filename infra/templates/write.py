"""How each channel carries a template: e-mail and letter in paragraphs, text messages in a line, talks as a script."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from application.messages import Words
from domain.case.words import Channel
from infra.templates.draft import OPT_OUT, Draft
from infra.templates.records import Checklist, Conduct, Letterlike, Provided, Script, Short
from infra.templates.text import Text
from infra.templates.values import for_subject

_WEB = re.compile(r"https?://", re.IGNORECASE)


def write(draft: Draft, channel: Channel) -> Words | None:
    """Return the message as a channel carries it; None when the template has no words for the channel."""
    template = draft.template
    match channel:
        case Channel.EMAIL if template.email:
            return _email(draft, template.email)
        case Channel.LETTER if template.letter:
            return _letter(draft, template.letter)
        case Channel.SMS if template.sms:
            return _sms(draft, template.sms)
        case Channel.WHATSAPP if template.whatsapp:
            return _whatsapp(draft, template.whatsapp)
        case Channel.PHONE if template.script:
            return _talk(draft, template.script, draft.frame.phone, channel)
        case Channel.VISIT if template.script:
            return _talk(draft, template.script, draft.frame.visit, channel)
        case _:
            return None


def write_checklist(draft: Draft, checklist: Checklist) -> Words:
    """Return what somebody does at a desk."""
    title = _subject(draft, checklist.title)
    return Words(subject=title, body=_listed(draft.say_known(checklist.items)) + "\n")


def _email(draft: Draft, email: Letterlike) -> Words:
    draft.fulfilled.add(OPT_OUT)
    words = _in_paragraphs(draft, email, draft.frame.greeting)
    frame, opt_out, html_opt_out = draft.frame, "", ""
    if not draft.template.confirms_opt_out:
        opt_out = draft.say(frame.opt_out["email"])
        plain = {name: value for name, value in draft.values.items() if name != "unsubscribe_at"}
        html_opt_out = frame.opt_out["email"].render(plain)
    draft.sources.append(draft.shelf.layout_source)
    html = draft.shelf.layout.render(
        language=draft.language.tag,
        subject=words.subject,
        paragraphs=[paragraph.split("\n") for paragraph in words.body.rstrip("\n").split("\n\n")],
        opt_out=html_opt_out,
        pay_at=_web(draft, "pay_at"),
        unsubscribe_at=_web(draft, "unsubscribe_at") if html_opt_out else "",
        labels=frame.labels,
    )
    return replace(words, body=f"{words.body}\n{opt_out}\n" if opt_out else words.body, html=html)


def _letter(draft: Draft, letter: Letterlike) -> Words:
    return _in_paragraphs(draft, letter, draft.frame.greeting_letter)


def _in_paragraphs(draft: Draft, text: Letterlike, greeting_text: Text) -> Words:
    frame = draft.frame
    paragraphs = draft.say_each(text.paragraphs)
    subject = _subject(draft, text.subject)
    greeting = draft.say(greeting_text)
    closing = "\n".join(draft.say_known(frame.closing))
    start, end = ([], []) if draft.template.confirms_opt_out else draft.disclose(short=False)
    body = "\n\n".join([greeting, *start, *paragraphs, *end, closing]) + "\n"
    return Words(subject=subject, body=body, notices=tuple(end))


def _sms(draft: Draft, sms: Short) -> Words:
    text = " ".join(draft.say(sms.text).split())
    start, end, opt_out = _short_parts(draft, "sms")
    return Words(subject="", body=" ".join([*start, text, *end, *opt_out]))


def _short_parts(draft: Draft, channel: str) -> tuple[list[str], list[str], list[str]]:
    draft.fulfilled.add(OPT_OUT)
    if draft.template.confirms_opt_out:
        return [], [], []
    start, end = draft.disclose(short=True)
    return start, end, [draft.say(draft.frame.opt_out[channel])]


def _whatsapp(draft: Draft, provided: Provided) -> Words:
    """Return the message, and as what the provider knows it.

    The provider's text is fixed, so with each set of duties goes a template of its own: the duties are in its name.
    """
    text = draft.say(provided.text)
    disclosed = [] if draft.template.confirms_opt_out else draft.disclosed()
    start, end, opt_out = _short_parts(draft, "whatsapp")
    ordered = [each.short for each in disclosed if each.at_start]
    ordered += [provided.text, *(each.short for each in disclosed if not each.at_start)]
    return Words(
        subject="",
        body="\n\n".join([*start, text, *end, *opt_out]),
        provider_template="_".join([provided.name, *(each.slug for each in disclosed)]),
        parameters=tuple(draft.values[name] for each in ordered for name in each.names),
    )


def _talk(draft: Draft, script: Script, conduct: Conduct, channel: Channel) -> Words:
    labels, country = draft.frame.labels, draft.jurisdiction.partition("-")[0]
    title = _subject(draft, script.title)
    say = draft.say_each(script.say)
    start, end = draft.disclose(short=False)
    ask = draft.say_each(script.ask)
    never = [*draft.frame.never["any"], *draft.frame.never.get(country, ())]
    sections: Sequence[tuple[str, list[str]]] = (
        ("opening", draft.say_known(conduct.opening)),
        ("other", draft.say_known(conduct.other)),
        (f"absent_{channel.value.lower()}", draft.say_known(conduct.absent)),
        ("disclose", [*start, *end]),
        ("say", say),
        ("ask", ask),
        ("never", never),
        ("log", draft.say_known(conduct.log)),
    )
    draft.sources.extend(never)
    return Words(
        subject=title,
        body="\n\n".join(f"{labels[name]}\n{_listed(lines)}" for name, lines in sections if lines) + "\n",
    )


def _subject(draft: Draft, text: Text) -> str:
    draft.sources.append(text.source)
    return " ".join(text.render(for_subject(draft.values)).split())


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {' '.join(line.split())}" for line in lines)


def _web(draft: Draft, name: str) -> str:
    """Return an address that a reader may be led to by a click: nothing but the web's own."""
    address = draft.values.get(name, "")
    return address if _WEB.match(address) else ""
