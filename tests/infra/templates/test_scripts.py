"""What a collector reads: who may be told what, what is asked, what is never said."""

import pytest

from domain.case.words import Channel
from infra.templates.samples import usual
from tests.infra.templates.shelf import CATALOGUE

SCRIPTS = ("call", "call_about_plan", "call_about_promise", "final_call", "negotiate", "visit")
SECTIONS = ("opening", "other", "say", "ask", "never", "log")


@pytest.mark.parametrize("language", CATALOGUE.languages)
@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.VISIT])
@pytest.mark.parametrize("kind", SCRIPTS)
def test_a_script_goes_from_the_greeting_to_what_is_noted(kind: str, channel: Channel, language: str) -> None:
    words = CATALOGUE.script(kind, channel, usual(language))

    assert words is not None
    labels = CATALOGUE.shelf.frames[language].labels
    headings = [part.splitlines()[0] for part in words.body.split("\n\n")]
    wanted = ["opening", "other", f"absent_{channel.value.lower()}", "say", "ask", "never", "log"]
    assert headings == [labels[name] for name in wanted]
    assert "CONVERSATION" in words.body


@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_the_debt_is_named_only_after_the_person_is_known(language: str) -> None:
    words = CATALOGUE.words("call", Channel.PHONE, usual(language))

    labels = CATALOGUE.shelf.frames[language].labels
    before = words.body.partition(labels["say"])[0]
    facts = usual(language)
    assert "1.437" not in before
    assert "1,437" not in before
    opening = [line for line in before.splitlines() if line.startswith("- ")]
    first_creditor = next(place for place, line in enumerate(opening) if facts.creditor in line)
    assert first_creditor >= 3


def test_disclosures_come_word_for_word_before_the_matter() -> None:
    words = CATALOGUE.words("call", Channel.PHONE, usual("en", "US", ("attempt_to_collect", "information_use")))

    spoken = words.body.index("This is an attempt to collect a debt.")
    assert spoken < words.body.index("has not reached us")
    assert {"attempt_to_collect", "information_use"} <= words.content


@pytest.mark.parametrize(
    ("jurisdiction", "warning"),
    [
        ("CO", "Ley 2300 de 2023"),
        ("CL", "Ley 19.496"),
        ("MX", "CONDUSEF"),
        ("PE", "Ley 29571"),
        ("US-MA", "12 CFR 1006"),
    ],
)
def test_the_law_of_the_place_adds_what_is_never_said(jurisdiction: str, warning: str) -> None:
    with_law = CATALOGUE.words("call", Channel.PHONE, usual("es", jurisdiction))
    without = CATALOGUE.words("call", Channel.PHONE, usual("es"))

    assert warning in with_law.body
    assert warning not in without.body
    assert with_law.template_hash != without.template_hash


def test_a_desk_task_is_a_checklist_and_a_message_sent_by_hand_its_own_words() -> None:
    filing = CATALOGUE.script("prepare_filing", None, usual("es"))
    letter = CATALOGUE.script("demand_letter", Channel.LETTER, usual("es"))
    by_hand = CATALOGUE.script("second_notice", Channel.LETTER, usual("es"))

    assert filing is not None
    assert filing.body.startswith("- Reúna contrato")
    assert letter is not None
    assert "constancia de entrega" in letter.body
    assert by_hand == CATALOGUE.words("second_notice", Channel.LETTER, usual("es"))
    assert CATALOGUE.script("no_such_task", None, usual("es")) is None
    assert CATALOGUE.script("call", None, usual("es")) is None
