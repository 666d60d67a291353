"""The check finds what must not go out, and finds nothing in what is shipped."""

from dataclasses import replace
from pathlib import Path

import pytest

from domain.case.words import Channel, Stage
from domain.compliance.words import Medium
from domain.decider import Rejected
from domain.ladder.read import read_strategy
from domain.ladder.strategy import Strategy
from infra.strategies import SHIPPED as STRATEGY_FILES
from infra.templates import insist
from infra.templates.check import Law, Problem, problems
from infra.templates.samples import longest, usual
from infra.templates.segments import foreign, segments
from tests.infra.templates.shelf import CATALOGUE, RULE_SETS, STRATEGIES, found_in, rewritten


def test_everything_that_is_shipped_can_be_said_everywhere_in_every_language() -> None:
    assert found_in(CATALOGUE) == ()
    insist(CATALOGUE, STRATEGIES, RULE_SETS)


@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_shipped_text_messages_stay_in_the_small_alphabet_and_in_two_parts(language: str) -> None:
    for name in CATALOGUE.names():
        if CATALOGUE.template(name, language).sms:
            body = CATALOGUE.words(name, Channel.SMS, replace(usual(language), name="Ana Ruiz")).body
            assert foreign(body) == "", f"{name}: {body}"
            assert segments(body).count <= 2


def test_the_longest_values_are_longer_than_those_of_any_usual_case() -> None:
    short, long = (CATALOGUE.words("overdue", Channel.SMS, make("es")).body for make in (usual, longest))

    assert segments(long).count > segments(short).count
    assert segments(long).alphabet == "UCS-2"


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        # threats and false hurry, anywhere
        (
            "es-419/overdue.toml",
            "Si ya pagó, muchas",
            "Evite el embargo de sus bienes. Si ya pagó, muchas",
            "threatens",
        ),
        ("es-ES/overdue.toml", "Si ya ha pagado, gracias", "O irá a la CÁRCEL. Si ya ha pagado, gracias", "threatens"),
        ("en/overdue.toml", "has not reached us yet", "has not reached us. The police will call", "threatens"),
        ("pt-BR/overdue.toml", "ainda não foi recebido.", "ainda não foi recebido. Há penhora.", "threatens"),
        ("en/overdue.toml", "and has not reached us yet", "and this is your last chance", "presses"),
        # what looks like a court's
        ("es-419/demand.toml", "Solicitud formal de pago", "Notificación judicial", "looks_judicial"),
        ("es-419/demand.toml", "Solicitud formal de pago", "Juzgado: pago", "looks_judicial"),
        ("pt-BR/demand.toml", "Pedido formal de pagamento", "Intimação", "looks_judicial"),
        ("en/demand.toml", "{{ creditor }} formally asks", "Case number 12: {{ creditor }} asks", "looks_judicial"),
        # what one country forbids
        ("es-419/overdue.toml", "Si ya pagó, muchas", "Dígame por qué no pagó. Si ya pagó", "asks_reason_for_default"),
        ("es-419/overdue.toml", "Si ya pagó, muchas", "Irá a DICOM. Si ya pagó, muchas", "mentions_debtor_registry"),
        ("es-419/overdue.toml", "Si ya pagó, muchas", "Habrá juicio. Si ya pagó, muchas", "mentions_unstarted_suit"),
        # others
        ("en/overdue.toml", "has not reached us yet", "will be told to your employer", "names_debt_to_others"),
        ("en/overdue.toml", "has not reached us yet", "is a shame", "ridicules"),
        ("en/overdue.toml", "has not reached us yet.", "has not reached us!", "shouts: !"),
        ("en/overdue.toml", "has not reached us yet", "has NEVER reached us", "shouts: NEVER"),
        # what does not fit
        (
            "en/overdue.toml",
            '"Payment overdue:',
            '"This is about a payment that is, as far as we know, overdue:',
            "its subject has",
        ),
        ("en/overdue.toml", "Reply if you need to pay in parts.", "Reply. " * 40, "with usual values"),
        ("en/overdue.toml", "Reply if you need to pay in parts.", "Reply. " * 40, "with the longest values"),
        ("en/overdue.toml", "Reply if you need to pay in parts.", "x" * 1500, "with its disclosures"),
        ("en/overdue.toml", "If you have paid since, thank you. To pay", f"{'So. ' * 300} To pay", "has 1"),
        ("en/overdue.toml", '"Hello {{ name }}, your', '"{{ name }}, your', "begins or ends with a parameter"),
        # what a case does not know
        ("en/overdue.toml", "in parts.", "in parts at {{ dispute_until }}.", "needs what a case may not have"),
    ],
)
def test_the_check_finds_it(tmp_path: Path, file: str, old: str, new: str, what: str) -> None:
    found = found_in(rewritten(tmp_path, file, old, new), Path(file).stem)

    assert any(what in each.what and each.where == file for each in found), found
    if what != "shouts: !":
        assert {each.where for each in found} == {file}


def test_what_only_one_country_forbids_is_found_there(tmp_path: Path) -> None:
    found = found_in(
        rewritten(tmp_path, "es-419/overdue.toml", "Si ya pagó, muchas", "Irá a DICOM. Si ya pagó, muchas")
    )

    assert {(each.channel, each.jurisdiction) for each in found if "registry" in each.what} == {
        (Channel.WHATSAPP, "CL")
    }


def test_a_creditors_own_rule_against_a_word_is_kept(tmp_path: Path) -> None:
    house = Law(jurisdiction="MX", forbidden=frozenset({"mentions_unstarted_suit"}))

    found = problems(CATALOGUE, STRATEGIES, (house,))

    assert {each.where for each in found if each.where.startswith("es-419")} == {
        "es-419/demand.toml",
        "es-419/demand_letter.toml",
        "es-419/final_call.toml",
    }


def test_a_duty_that_nobody_has_words_for_is_an_error_before_anything_is_sent() -> None:
    law = Law(jurisdiction="PE", duties=((frozenset({Medium.SMS}), ("debt_age",)),))

    found = problems(CATALOGUE, STRATEGIES, (law,))

    assert (
        Problem(
            where="pt-BR/overdue.toml",
            what="does not fulfill the duty debt_age",
            channel=Channel.SMS,
            jurisdiction="PE",
        )
        in found
    )
    assert {each.channel for each in found} == {Channel.SMS}


def test_a_picture_or_a_tracker_in_the_layout_is_found() -> None:
    shelf = replace(CATALOGUE.shelf, layout_source='<img src="https://seal.example">')

    assert any("<img" in each.what for each in found_in(type(CATALOGUE)(shelf), "reminder"))


# ── strategies

NONE = frozenset[str]()  # only the steps themselves


def edited(old: str, new: str) -> Strategy:
    text = (STRATEGY_FILES / "consumer-2.toml").read_text(encoding="utf-8")
    assert old in text
    return read_strategy(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ('template = "overdue"', 'template = "overdew"', "SOFT/overdue", "there is no template 'overdew'"),
        ('template = "overdue"', 'template = "demand"', "SOFT/overdue", "demand is not for a stage before PRE_LEGAL"),
        ('task_kind = "call"', 'task_kind = "final_call"', "SOFT/call", "final_call is not for a stage before"),
        ('template = "overdue"', 'template = "validation_notice"', "SOFT/overdue", "says nothing on this channel"),
        ('template = "overdue"', 'template = "call"', "SOFT/overdue", "says nothing on this channel"),
    ],
)
def test_a_step_that_cannot_be_said_is_found(old: str, new: str, where: str, what: str) -> None:
    found = problems(CATALOGUE, (edited(old, new),), (Law(jurisdiction=""),), names=NONE)

    assert any(each.where == f"consumer 2: {where}" and what in each.what for each in found), found


def test_a_step_whose_template_needs_more_than_a_case_knows_is_found() -> None:
    found = problems(
        CATALOGUE,
        (edited('template = "overdue"', 'template = "plan_confirmation"'),),
        (Law(jurisdiction=""),),
        names={"plan_confirmation"},
    )

    assert any(
        "needs what a case may not have" in each.what and each.where == "en/plan_confirmation.toml" for each in found
    )


def test_a_task_may_explain_itself() -> None:
    strategy = edited('task_kind = "call"', 'task_kind = "look_at_the_books"')

    assert problems(CATALOGUE, (strategy,), (Law(jurisdiction=""),), names=NONE) == ()


def test_a_process_does_not_start_with_words_that_may_not_be_said(tmp_path: Path) -> None:
    catalogue = rewritten(tmp_path, "en/overdue.toml", "has not reached us yet", "sends you to jail")

    with pytest.raises(Rejected, match="TEMPLATES_UNFIT") as refused:
        insist(catalogue, STRATEGIES, RULE_SETS)

    assert "en/overdue.toml: threatens" in refused.value.detail


def test_the_start_looks_only_at_what_is_used(tmp_path: Path) -> None:
    catalogue = rewritten(tmp_path, "en/validation_notice.toml", "Your rights are explained", "Jail is explained")

    insist(catalogue, STRATEGIES, RULE_SETS)
    assert any(each.where == "en/validation_notice.toml" for each in found_in(catalogue, "validation_notice"))


def test_every_consequence_is_kept_for_the_stage_in_which_it_is_real() -> None:
    assert CATALOGUE.template("demand", "en").from_stage is Stage.PRE_LEGAL
    assert CATALOGUE.template("final_call", "en").from_stage is Stage.PRE_LEGAL
    assert CATALOGUE.template("prepare_filing", "en").from_stage is Stage.LEGAL
