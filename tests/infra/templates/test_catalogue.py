"""What a message says, and what nobody can make it say."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from application.messages import Facts, Words
from domain.case.words import Channel
from domain.compliance.rule_words import Content
from infra.templates import Missing
from infra.templates.catalogue import TemplateCatalogue
from infra.templates.check import spoken
from infra.templates.samples import least, longest, usual
from infra.templates.shelf import SHIPPED
from tests.infra.templates.shelf import CATALOGUE, rewritten

WRITTEN = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP, Channel.LETTER)
MESSAGES = [
    (name, channel)
    for name in CATALOGUE.names()
    for channel in WRITTEN
    if channel in spoken(CATALOGUE.template(name, "en"))
]
CHILE = ("creditor", "contract", "amount", "interest", "costs", "how_to_pay", "rights", "contact")


# ── what it says


@pytest.mark.parametrize(("name", "channel"), MESSAGES)
@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_every_electronic_message_says_last_how_to_stop(name: str, channel: Channel, language: str) -> None:
    words = CATALOGUE.words(name, channel, usual(language))

    word = {"es": "BAJA", "pt": "SAIR", "en": "STOP"}[language[:2]]
    last = words.body.rstrip().splitlines()[-1]
    if channel is Channel.LETTER:
        assert "opt_out_notice" not in words.content
    elif name == "opt_out_confirmation":
        assert word not in words.body
    else:
        assert word in last
        assert "opt_out_notice" in words.content


def test_the_one_click_link_is_given_where_there_is_one() -> None:
    without = CATALOGUE.words("overdue", Channel.EMAIL, least("en"))
    with_link = CATALOGUE.words("overdue", Channel.EMAIL, usual("en"))

    assert with_link.body.rstrip().endswith(usual("en").unsubscribe_at)
    assert without.body.rstrip().endswith("reply with the word STOP.")


@pytest.mark.parametrize("channel", [*WRITTEN, Channel.PHONE])
@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_what_chile_wants_said_at_the_beginning_is_said_and_stated(language: str, channel: Channel) -> None:
    facts = usual(language, "CL", CHILE)

    words = CATALOGUE.words("call" if channel is Channel.PHONE else "overdue", channel, facts)

    assert set(CHILE) <= words.content
    body = words.body.replace("\xa0", " ")
    for value in ("Crédito Andes", "F-1042", facts.pay_at, facts.contact_at, "SERNAC"):
        assert value in body


def test_a_list_of_duties_in_one_text_is_taken_apart() -> None:
    words = CATALOGUE.words("overdue", Channel.SMS, usual("es", "CL", (",".join(CHILE),)))

    assert set(CHILE) <= words.content


def test_a_duty_is_not_claimed_when_its_value_is_not_known() -> None:
    words = CATALOGUE.words("overdue", Channel.SMS, least("es", "CL", CHILE))

    assert words.content & {"interest", "costs", "how_to_pay", "contact"} == set()
    assert {"creditor", "amount", "rights"} <= words.content


def test_nothing_is_said_twice_for_a_duty() -> None:
    words = CATALOGUE.words("overdue", Channel.EMAIL, usual("en", "CL", CHILE))

    assert words.body.count(usual("en").pay_at) == 1
    assert words.body.count(usual("en").contact_at) == 1


def test_a_collector_in_the_united_states_says_what_it_is() -> None:
    later = CATALOGUE.words("overdue", Channel.SMS, usual("en", "US", ("opt_out_notice",)))
    first = CATALOGUE.words("overdue", Channel.SMS, usual("en", "US", ("attempt_to_collect", "information_use")))
    own_name = CATALOGUE.words("overdue", Channel.SMS, replace(usual("en", "US-MA"), sender=""))

    assert later.body.startswith("From a debt collector: Gestiones Sur. ")
    assert first.body.startswith(
        "This is an attempt to collect a debt. Any information obtained will be used for that purpose. "
    )
    assert {"attempt_to_collect", "information_use", "opt_out_notice"} <= first.content
    assert "debt collector" not in own_name.body


def test_disclosures_are_in_the_language_of_the_message() -> None:
    words = CATALOGUE.words("overdue", Channel.EMAIL, usual("es-MX", "US", ("attempt_to_collect",)))

    assert "Este mensaje es un intento de cobrar una deuda." in words.body


@pytest.mark.parametrize(("jurisdiction", "named"), [("CO", True), ("MX", True), ("CL", False), ("", False)])
def test_a_court_is_named_only_where_the_law_lets_it_be_named_before_a_suit(jurisdiction: str, *, named: bool) -> None:
    words = CATALOGUE.words("demand", Channel.LETTER, usual("es", jurisdiction))

    assert ("vía judicial" in words.body) is named
    assert ("mentions_unstarted_suit" in words.content) is named


def test_over_a_barred_debt_no_court_is_named_and_a_text_may_say_that_it_is_barred(tmp_path: Path) -> None:
    """12 CFR 1006.26(b) is the only rule that we know to forbid the threat; elsewhere it would be an empty one."""
    barred = replace(usual("en", "MX"), time_barred=True)
    assert "go to court" in CATALOGUE.words("demand_letter", Channel.LETTER, usual("en", "MX")).body
    assert "go to court" not in CATALOGUE.words("demand_letter", Channel.LETTER, barred).body

    condition = "{% if time_barred %}The law limits how long you can be sued.{% endif %}{% if court_may_be_named %}"
    told = rewritten(tmp_path, "en/demand_letter.toml", "{% if court_may_be_named %}", condition)
    assert "how long you can be sued" in told.words("demand_letter", Channel.LETTER, barred).body
    assert "how long you can be sued" not in told.words("demand_letter", Channel.LETTER, usual("en", "MX")).body


@pytest.mark.parametrize("creditor", ["Juzgado Tercero Civil", "Fiscalía General", "Policía Nacional"])
def test_a_message_in_a_courts_name_is_stated_to_look_judicial(creditor: str) -> None:
    facts = replace(usual("es"), creditor=creditor)

    assert "looks_judicial" in CATALOGUE.words("overdue", Channel.EMAIL, facts).content
    assert "looks_judicial" not in CATALOGUE.words("overdue", Channel.EMAIL, usual("es")).content


def test_a_name_that_sounds_like_a_threat_does_not_make_a_threat_of_the_message() -> None:
    words = CATALOGUE.words("overdue", Channel.EMAIL, replace(usual("es"), name="Prisión Embargos Cárcel"))

    assert words.content == {"opt_out_notice"}


def test_what_a_message_says_is_in_the_words_of_the_contact_rules() -> None:
    for name, channel in MESSAGES:
        assert CATALOGUE.words(name, channel, longest("en", "CL", CHILE)).content <= {str(each) for each in Content}


# ── the provider's own templates


def test_the_providers_text_with_its_parameters_is_the_message() -> None:
    words = CATALOGUE.words("overdue", Channel.WHATSAPP, usual("es", "CL", CHILE))

    assert words.provider_template == "overdue_interest_costs_how_to_pay_contact_cl_rights"
    assert words.provider_language == "es"
    rest = words.body
    for parameter in words.parameters:
        before, found, rest = rest.partition(parameter)
        assert found, f"{parameter} comes in the order of the text"
        assert before


def test_the_providers_text_is_the_same_whatever_is_known() -> None:
    """The name stands for an approved text: two messages of one name differ in nothing but their parameters."""

    def fixed(words: Words) -> str:
        text = words.body
        for place, parameter in enumerate(words.parameters):
            text = text.replace(parameter, f"<{place}>", 1)
        return text

    for language in CATALOGUE.languages:
        for name, channel in MESSAGES:
            if channel is Channel.WHATSAPP and "confirmation" not in name:
                rich, poor = (CATALOGUE.words(name, channel, make(language)) for make in (usual, least))
                assert rich.provider_template == poor.provider_template == name
                assert fixed(rich) == fixed(poor)


# ── language, hash and gaps


def test_a_message_says_which_language_it_is_in() -> None:
    words = CATALOGUE.words("overdue", Channel.WHATSAPP, usual("ca", "ES"))

    assert (words.language, words.provider_language) == ("es-ES", "es_ES")


def test_the_hash_is_of_the_texts_and_not_of_the_values(tmp_path: Path) -> None:
    def hash_of(catalogue: TemplateCatalogue, facts: Facts, channel: Channel = Channel.SMS) -> str:
        return catalogue.words("overdue", channel, facts).template_hash

    facts = usual("es")
    other_values = replace(facts, name="Luz", owed=facts.itemized or facts.owed, on=date(2026, 4, 1))
    changed = rewritten(tmp_path, "es-419/overdue.toml", "gracias.", "muchas gracias.")

    assert re.fullmatch("[0-9a-f]{64}", hash_of(CATALOGUE, facts))
    assert hash_of(CATALOGUE, facts) == hash_of(CATALOGUE, other_values)
    assert hash_of(CATALOGUE, facts) != hash_of(changed, facts)
    assert hash_of(CATALOGUE, facts) != hash_of(CATALOGUE, replace(facts, language="en"))
    assert hash_of(CATALOGUE, facts) != hash_of(CATALOGUE, facts, Channel.EMAIL)
    assert hash_of(CATALOGUE, facts) != hash_of(CATALOGUE, replace(facts, jurisdiction="CL", duties=("rights",)))


def test_what_is_not_there_is_a_lookup_error() -> None:
    with pytest.raises(KeyError):
        CATALOGUE.words("nonsense", Channel.EMAIL, usual("en"))
    with pytest.raises(KeyError):
        CATALOGUE.words("validation_notice", Channel.SMS, usual("en"))
    with pytest.raises(Missing, match=r"plan_confirmation\.toml: email\.paragraphs: parts"):
        CATALOGUE.words("plan_confirmation", Channel.EMAIL, least("en"))


def test_a_person_whose_name_is_gone_is_still_addressed() -> None:
    assert CATALOGUE.words("overdue", Channel.EMAIL, least("es")).body.startswith("Hola, cliente:")


def test_every_shipped_file_is_read_by_somebody() -> None:
    read = {f"{tag}/{name}.toml" for tag in CATALOGUE.languages for name in CATALOGUE.names()}
    read |= {f"{folder}/{tag}.toml" for folder in ("frames", "disclosures") for tag in CATALOGUE.languages}
    read |= {f"forbidden/{base}.toml" for base in ("es", "pt", "en")} | {"layout.html", "languages.toml"}

    assert {str(file.relative_to(SHIPPED)) for file in SHIPPED.rglob("*") if file.is_file()} == read
