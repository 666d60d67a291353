"""`escalera templates`: what is said to people, seen without a server."""

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal

SHIPPED = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(data=tmp_path / "data", environment={})


def test_templates_are_listed_with_their_stages_and_channels(terminal: Terminal) -> None:
    found = terminal.run("templates", "list", "--json").json()

    by_name = {each["template"]: each for each in found["templates"]}
    assert found["languages"] == ["es-419", "es-ES", "pt-BR", "en"]
    assert by_name["demand"]["from_stage"] == "PRE_LEGAL"
    assert by_name["overdue"]["channels"] == ["EMAIL", "SMS", "WHATSAPP", "LETTER"]
    assert by_name["prepare_filing"]["checklist"]
    assert "lista de tareas" in terminal.run("templates", "list", "--lang", "es").out


def test_a_text_message_is_shown_with_what_it_weighs_and_says(terminal: Terminal) -> None:
    asked = ("templates", "preview", "overdue", "--channel", "sms", "--language", "es", "--jurisdiction", "cl")

    found = terminal.run(*asked, "--json").json()
    shown = terminal.run(*asked).out

    assert found["segments"] == {"alphabet": "GSM-7", "units": len(found["body"]), "count": 3}
    assert {"rights", "how_to_pay", "opt_out_notice"} <= set(found["content"])
    assert found["unfulfilled"] == []
    assert found["template_hash"] in shown.replace("\n", "").replace(" ", "")
    assert "responda BAJA" in " ".join(shown.replace("│", " ").split())
    assert "3 parts" in shown


def test_a_subdivisions_law_brings_that_of_its_country(terminal: Terminal) -> None:
    asked = ("templates", "preview", "overdue", "--channel", "email", "--json")

    state = terminal.run(*asked, "--jurisdiction", "US-MA").json()
    nowhere = terminal.run(*asked).json()

    assert {"attempt_to_collect", "information_use"} <= set(state["content"])
    assert "attempt_to_collect" not in nowhere["content"]


def test_what_the_least_known_case_cannot_fulfill_is_named(terminal: Terminal) -> None:
    asked = ("templates", "preview", "overdue", "--channel", "sms", "--jurisdiction", "CL", "--values", "least")

    assert terminal.run(*asked, "--json").json()["unfulfilled"] == ["interest", "costs", "how_to_pay", "contact"]


def test_html_is_written_to_a_file(terminal: Terminal, tmp_path: Path) -> None:
    page = tmp_path / "mail.html"

    said = terminal.run("templates", "preview", "plan_offer", "--language", "pt-BR", "--html", str(page))

    assert said.status == 0
    assert page.read_text(encoding="utf-8").startswith('<!DOCTYPE html>\n<html lang="pt-BR"')


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("preview", "nonsense"), 2, "validation_notice"),
        (("preview", "validation_notice", "--channel", "sms"), 2, "email, letter"),
        (("preview", "overdue", "--values", "many"), 2, "usual, longest, least"),
        (("preview", "plan_confirmation", "--values", "least"), 1, "plan_confirmation.toml"),
    ],
)
def test_what_cannot_be_shown_is_explained(
    terminal: Terminal, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = terminal.run("templates", *arguments)

    assert done.status == status
    assert said in done.err
    assert "Traceback" not in done.err


def test_the_check_says_what_is_wrong_with_ones_own_words(terminal: Terminal, tmp_path: Path) -> None:
    own = tmp_path / "own" / "en"
    own.mkdir(parents=True)
    text = (SHIPPED / "en" / "overdue.toml").read_text(encoding="utf-8")
    (own / "overdue.toml").write_text(text.replace("has not reached us yet", "sends you to jail"), encoding="utf-8")

    good = terminal.run("templates", "check")
    bad = terminal.run("templates", "check", "--templates", str(own.parent), "--json")
    shown = terminal.run("templates", "check", "--templates", str(own.parent))

    assert (good.status, bad.status, shown.status) == (0, 1, 1)
    problems = bad.json()["problems"]
    assert {each["where"] for each in problems} == {"en/overdue.toml"}
    assert any("'jail'" in each["what"] and each["channel"] == "LETTER" for each in problems)
    assert "threatens" in shown.out


def test_a_file_that_cannot_be_read_is_named_with_its_line(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "own" / "en").mkdir(parents=True)
    text = (SHIPPED / "en" / "overdue.toml").read_text(encoding="utf-8")
    (tmp_path / "own" / "en" / "overdue.toml").write_text(text.replace("{{ reference }}", "{{ refrence }}", 1))

    said = Terminal(data=tmp_path, environment={"ESCALERA_TEMPLATES_DIR": str(tmp_path / "own")}).run(
        "templates", "list"
    )

    assert said.status == 1
    assert "en/overdue.toml:6: email.subject: there is no value 'refrence'" in said.err
