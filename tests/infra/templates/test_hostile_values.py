"""Whatever people, creditors and references are called, it stays text, in its line."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case.words import Channel
from infra.templates.samples import usual
from infra.templates.values import tidy
from tests.infra.templates.shelf import CATALOGUE

WRITTEN = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP, Channel.LETTER)
HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% if owed %}",
    "$owed ${owed} %(owed)s {owed}",
    "Ana\r\nBcc: all@example.com\r\n\r\nBuy",
    "Ana\u202eziuR\u2066 \u200f\ufeff",
    "\x00\x1b[31mAna\x07\t\t\t\t\tRuiz     y     Paz\u2028\u2029",
    "A" * 200,
    '" onmouseover="steal()',
    "&amp;&lt;b&gt;",
    "😀" * 60,
]


class Tags(HTMLParser):
    """Collects the elements and links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("channel", WRITTEN)
def test_values_are_never_more_than_text(channel: Channel, hostile: str) -> None:
    facts = replace(usual("es"), name=hostile, reference=hostile, creditor=hostile, contact_at=hostile)

    words = CATALOGUE.words("overdue", channel, facts)

    plain = CATALOGUE.words("overdue", channel, usual("es"))
    said = f"{words.subject}\n{words.body}"
    assert not re.search("[\x00-\x09\x0b-\x1f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]", said)
    assert "\n" not in words.subject
    assert len(words.subject) <= 78
    assert words.body.count("\n") == plain.body.count("\n")
    assert "49" not in words.body.replace("1.437,00", "")
    assert Tags(words.html).elements == Tags(plain.html).elements
    assert Tags(words.html).attributes == Tags(plain.html).attributes
    for parameter in words.parameters:
        assert parameter
        assert not re.search(r"[\n\t]| {4}", parameter)


@given(st.text(max_size=250), st.text(max_size=250), st.sampled_from(CATALOGUE.languages), st.sampled_from(WRITTEN))
def test_whatever_people_are_called_the_message_has_its_shape(
    name: str, reference: str, language: str, channel: Channel
) -> None:
    facts = replace(usual(language), name=name, reference=reference)

    words = CATALOGUE.words("demand", channel, facts)

    plain = CATALOGUE.words("demand", channel, usual(language))
    assert words.subject.splitlines() in ([words.subject], [])
    assert len(words.body.splitlines()) == len(plain.body.splitlines())
    assert Tags(words.html).elements == Tags(plain.html).elements
    if channel in (Channel.EMAIL, Channel.LETTER):
        # What is said of the values is all of them, as they were given; nothing is read as a template.
        assert tidy(name)[:190] in words.body
    assert words.template_hash == plain.template_hash


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "pay.example/1", "ftp://pay.example"])
def test_only_addresses_of_the_web_can_be_clicked(address: str) -> None:
    facts = replace(usual("en"), pay_at=address, unsubscribe_at=address)

    words = CATALOGUE.words("overdue", Channel.EMAIL, facts)

    assert Tags(words.html).links == []
    assert address in words.body


def test_the_html_says_what_the_text_says_and_leads_to_paying_and_stopping() -> None:
    facts = replace(usual("es-ES"), name="Ana & Luz <3")
    words = CATALOGUE.words("overdue", Channel.EMAIL, facts)

    shown = " ".join(re.sub(r"<[^>]+>", " ", words.html).split())

    for paragraph in words.body.split("\n\n")[:-1]:
        for line in paragraph.splitlines():
            assert line.replace("&", "&amp;").replace("<", "&lt;").replace("\xa0", " ") in shown.replace("\xa0", " ")
    assert Tags(words.html).links == [facts.pay_at, facts.unsubscribe_at]
    assert '<html lang="es-ES"' in words.html
