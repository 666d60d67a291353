"""A file that is wrong is refused with its name, line and field; nothing of it is used."""

from pathlib import Path

import pytest

from domain.decider import Rejected
from infra.templates import load_catalogue
from tests.infra.templates.shelf import rewritten

GREETING = 'subject = "Pago vencido: {{ reference }}"'
SMS_START = '[sms]\ntext = "{{ name }}, su pago'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (GREETING, 'subject = "Pago: {{ refrence }}"', "overdue.toml:6: email.subject: there is no value 'refrence'"),
        (
            '  "@parts",',
            '  "Uno.",\n  "Dos: {% if owed and ownd %}x{% endif %}",',
            "overdue.toml:11: email.paragraphs: there is no value 'ownd'",
        ),
        ('"@parts"', '"@part"', "overdue.toml:7: email.paragraphs: there is no block 'part'"),
        (GREETING, 'subject = "Pago {{ reference"', "overdue.toml:6: email.subject: is not a text with placeholders"),
        (GREETING, 'subject = "{{ name|upper }}"', "email.subject: may hold values and conditions only, not Filter"),
        (GREETING, 'subject = "{{ name.__class__ }}"', "may hold values and conditions only, not Getattr"),
        (GREETING, 'subject = "{% for x in name %}{% endfor %}"', "may hold values and conditions only, not For"),
        (GREETING, 'subject = "{{ 7 * 7 }}"', "may hold values and conditions only, not Mul"),
        (GREETING, 'subject = "{% set owed = name %}x"', "may hold values and conditions only, not Assign"),
        (GREETING, 'subject = ""', "overdue.toml:6: email.subject: must be a text that is not empty"),
        (GREETING, f'{GREETING}\ncolour = "red"', "overdue.toml:7: email.colour: means nothing here"),
        ('from_stage = "SOFT"', 'from_stage = "HARD"', "overdue.toml:2: from_stage: must be a stage"),
        (
            "Si ya pagó, muchas gracias.",
            "{% if pay_at %}Si ya pagó.{% endif %}",
            "whatsapp.text: must say the same whatever is known",
        ),
        ("Si ya pagó, muchas gracias.", "Gracias, {{ name }}.", "whatsapp.text: a value stands in it twice"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(Rejected) as refused:
        rewritten(tmp_path, "es-419/overdue.toml", old, new)

    assert refused.value.reason == "TEMPLATE_INVALID"
    assert said in refused.value.detail


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as refused:
        rewritten(tmp_path, "en/overdue.toml", "[email]", "[email")

    assert refused.value.reason == "TEMPLATE_UNREADABLE"
    assert "en/overdue.toml" in refused.value.detail


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("en/overdue.toml", '[sms]\ntext = "{{', '[script]\ntitle = "x"\n\n[sms]\ntext = "{{', "different tables"),
        ("pt-BR/overdue.toml", 'from_stage = "SOFT"', 'from_stage = "LEGAL"', "different tables or stages"),
        ("en/overdue.toml", 'name = "overdue"', 'name = "late"', "different tables or stages"),
    ],
)
def test_every_language_has_the_same_templates(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    with pytest.raises(Rejected, match="TEMPLATES_INCOMPLETE") as refused:
        rewritten(tmp_path, file, old, new)

    assert said in refused.value.detail


def test_a_template_or_disclosure_of_ones_own_is_written_in_every_language(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "birthday.toml").write_text('from_stage = "SOFT"\n[sms]\ntext = "Hello {{ name }}"\n')

    with pytest.raises(Rejected, match="birthday is not written in es-419"):
        load_catalogue(tmp_path)

    (tmp_path / "en" / "birthday.toml").unlink()
    (tmp_path / "disclosures").mkdir()
    (tmp_path / "disclosures" / "en.toml").write_text('[PE.rights]\ntext = "You have rights."\n')

    with pytest.raises(Rejected, match=r"PE\.rights is not written in es-419"):
        load_catalogue(tmp_path)
