"""Exports as files: every language says everything, the schema is the one that is published, the PDF can be read."""

import json
import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from application.person_export import (
    FORMAT,
    ExportedActor,
    ExportedBlock,
    ExportedCase,
    ExportedContact,
    ExportedErasure,
    ExportedEvent,
    ExportedFact,
    ExportedHandout,
    ExportedIdentity,
    ExportedPoint,
    ExportedRequest,
    ExportedWish,
    PersonExport,
)
from domain.case.words import Channel, ContactOutcome, Role, Stage
from domain.decider import Rejected
from domain.four_eyes import ApprovalStands
from domain.person.approval_words import PersonAct
from domain.person.erasure_words import BlockKind
from domain.person.words import Fact
from infra.person_exports import PersonExports
from infra.person_exports.wording import LABELS, words_for
from infra.person_exports.writer import schema
from infra.templates.shelf import load_languages
from tests.infra.statements.pdf_text import lines

AT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
CASE, PERSON = UUID(int=1), UUID(int=2)
LANGUAGES = ("es-419", "es-ES", "pt-BR", "en")
BLOCK = ExportedBlock(
    kind="RETENTION",
    citation="Ley 19.496 art. 37",
    until=date(2028, 2, 1),
    case_id=CASE,
    source="cl@1:contacts",
    reason="",
)
EXPORT = PersonExport(
    format=FORMAT,
    person_id=PERSON,
    exported_at=AT,
    language="es-419",
    forgotten_at=None,
    identity=ExportedIdentity(
        name="Ana Muñoz", language="es", country="CL", time_zone="America/Santiago", registered_at=AT
    ),
    contact_points=(
        ExportedPoint(
            point_id="mail",
            channel="EMAIL",
            address="ana@example.com",
            place="",
            time_zones=(),
            added_at=AT,
            removed_at=None,
            closed_by="OPTED_OUT",
        ),
    ),
    wishes=(ExportedWish(at=AT, given=False, channel="", point_id="", source="call"),),
    facts=(ExportedFact(fact="VULNERABLE", fact_id="", since=AT, withdrawn_at=AT, source="call", terms={}),),
    contacts=(
        ExportedContact(
            contact_id="p-1",
            case_id=CASE,
            channel="EMAIL",
            direction="OUTBOUND",
            at=AT,
            point_id="mail",
            outcome="DELIVERED",
            recipient="debtor",
            purpose="collect",
            rule_sets=("cl.ley19496@0123456789abcdef",),
            jurisdictions=("CL",),
            time_zones=("America/Santiago",),
            duties=(),
        ),
    ),
    cases=(
        ExportedCase(
            case_id=CASE,
            creditor_id="acme",
            reference="F-1 #[eval]",
            role="PRINCIPAL",
            opened_at=AT,
            stage="SOFT",
            closure="",
            closed_at=None,
            currency="CLP",
            principal=50_000,
            paid=0,
            balance=50_000,
            owed_today=51_000,
            events=(
                ExportedEvent(
                    version=2,
                    event="NoteAdded",
                    at=AT,
                    recorded_at=AT,
                    actor="collector:c-1",
                    fields={"text": "prefers mornings"},
                ),
            ),
        ),
    ),
    actors=(ExportedActor(actor="collector:c-1", events=3, first_at=AT, last_at=AT),),
    handouts=(
        ExportedHandout(
            at=AT, by="supervisor:s-1", format="JSON", reason="R", approval_id="a-1", approved_by="legal:l-7"
        ),
    ),
    requests=(
        ExportedRequest(
            approval_id="a-1",
            act="EXPORT",
            reason="ACCESS_REQUEST",
            formats=("JSON",),
            erasure_id="",
            asked_by="back-office:b-3",
            asked_at=AT,
            approvers=("legal",),
            rule="export",
            expires_at=AT,
            state="REFUSED",
            decided_by="legal:l-8",
            decided_at=AT,
            decision_reason="NOT_THEM",
        ),
        ExportedRequest(
            approval_id="a-2",
            act="FORGET",
            reason="ASKED",
            formats=(),
            erasure_id="e",
            asked_by="back-office:b-4",
            asked_at=AT,
            approvers=("legal",),
            rule="forget",
            expires_at=AT,
            state="LAPSED",
        ),
    ),
    erasures=(
        ExportedErasure(
            erasure_id="e", reason="ASKED", requested_at=AT, by="s", refused_until=date(2028, 2, 1), blocks=(BLOCK,)
        ),
    ),
    kept_because=(BLOCK,),
    rules={"cl.ley19496@0123456789abcdef": ("Ley 19.496 art. 37",)},
)


@pytest.fixture(scope="module")
def exports() -> PersonExports:
    return PersonExports(load_languages())


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(line) for line in lines(pdf))


def test_every_language_says_the_same_things_with_the_same_values() -> None:
    told = {tag: words_for(tag) for tag in LANGUAGES}
    assert set(tomllib.loads(LABELS.read_text())) == set(LANGUAGES)

    for tag, words in told.items():
        for group, keys in told["en"].items():
            assert set(words[group]) == set(keys), (tag, group)
            for key, text in keys.items():
                assert re.findall(r"\{\w+\}", words[group][key]) == re.findall(r"\{\w+\}", text) or set(
                    re.findall(r"\{\w+\}", words[group][key])
                ) == set(re.findall(r"\{\w+\}", text)), (tag, group, key)


def test_every_word_that_a_person_may_read_is_said() -> None:
    words = words_for("en")

    assert set(words["channel"]) == set(Channel)
    assert set(words["outcome"]) == set(ContactOutcome)
    assert set(words["fact"]) == set(Fact)
    assert set(words["role"]) == set(Role)
    assert set(words["stage"]) == set(Stage)
    assert set(words["block"]) == set(BlockKind)
    assert set(words["act"]) == set(PersonAct)
    assert set(words["approval"]) == set(ApprovalStands)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("es-419", ("Todo lo que sabemos de Ana Muñoz", "Contactos", "usted, sobre la deuda")),
        ("es-ES", ("Todo lo que sabemos de Ana Muñoz", "consintió", "usted, sobre la deuda")),
        ("pt-BR", ("Tudo o que sabemos sobre Ana Muñoz", "Contatos", "você, sobre a dívida")),
        ("en", ("Everything we know about Ana Muñoz", "Contacts", "you, about the debt")),
    ],
)
def test_the_pdf_says_it_all_in_each_language(exports: PersonExports, language: str, says: tuple[str, ...]) -> None:
    text = text_of(exports.pdf(replace(EXPORT, language=language)))

    for words in (*says, "ana@example.com", "Ley 19.496 art. 37", "F-1 #[eval]", "prefers mornings", "collector:c-1"):
        assert words in text, words


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (
            "es-419",
            ("supervisor:s-1, con la aprobación de legal:l-7", "no aprobado (NOT_THEM)", "no se decidió a tiempo"),
        ),
        ("es-ES", ("supervisor:s-1, con la aprobación de legal:l-7", "suprimir sus datos (ASKED)")),
        ("pt-BR", ("supervisor:s-1, com a aprovação de legal:l-7", "não decidido a tempo")),
        ("en", ("supervisor:s-1, approved by legal:l-7", "not approved (NOT_THEM)", "forgetting you (ASKED)")),
    ],
)
def test_the_pdf_says_who_asked_and_who_decided_on_what_takes_two(
    exports: PersonExports, language: str, says: tuple[str, ...]
) -> None:
    text = text_of(exports.pdf(replace(EXPORT, language=language))).replace(" ", "")

    for words in (*says, "back-office:b-3", "back-office:b-4", "legal:l-8", "ACCESS_REQUEST, JSON"):
        assert words.replace(" ", "") in text, words


@pytest.mark.parametrize(
    ("event", "fields", "said"),
    [
        ("StageEntered", {"stage": "SOFT"}, "etapa: temprana"),
        ("PaymentRecorded", {"amount": {"minor": 50_000, "currency": "CLP"}}, "$50.000"),
        ("ContactPermitted", {"channel": "LETTER"}, ": carta"),
    ],
)
def test_an_event_says_which_stage_sum_or_channel_and_the_program_is_called_so(
    exports: PersonExports, event: str, fields: dict[str, object], said: str
) -> None:
    made = ExportedEvent(version=3, event=event, at=AT, recorded_at=AT, actor="ladder", fields=fields)
    case = replace(EXPORT.cases[0], events=(made,))
    text = text_of(exports.pdf(replace(EXPORT, language="es-419", cases=(case,))))
    assert said in text
    assert "el programa" in text
    assert "ladder" not in text


def test_an_address_of_several_lines_is_told_apart(exports: PersonExports) -> None:
    point = replace(EXPORT.contact_points[0], channel="LETTER", address="Calle Mayor 5\n28013 Madrid")
    assert "Calle Mayor 5, 28013 Madrid" in text_of(exports.pdf(replace(EXPORT, contact_points=(point,))))


def test_the_same_export_is_the_same_file(exports: PersonExports) -> None:
    assert exports.pdf(EXPORT) == exports.pdf(EXPORT)
    assert exports.json(EXPORT) == exports.json(EXPORT)


def test_of_somebody_who_was_forgotten_the_pdf_says_only_that(exports: PersonExports) -> None:
    gone = PersonExport(
        format=FORMAT, person_id=PERSON, exported_at=AT, language="es-419", forgotten_at=AT, identity=None
    )

    text = text_of(exports.pdf(gone))
    assert "Lo que sabemos de una persona suprimida" in text
    assert "no queda nada que entregar" in text


def test_what_somebody_wrote_is_set_as_text_and_marks_that_nobody_sees_are_left_out(exports: PersonExports) -> None:
    identity = EXPORT.identity
    assert identity is not None
    odd = replace(EXPORT, identity=replace(identity, name="#panic() \u202e$x$ *Ana*"))

    assert "#panic() $x$ *Ana*" in text_of(exports.pdf(odd))


def test_letters_of_no_font_are_refused_without_repeating_them(exports: PersonExports) -> None:
    identity = EXPORT.identity
    assert identity is not None

    with pytest.raises(Rejected, match="EXPORT_UNSETTABLE") as refused:
        exports.pdf(replace(EXPORT, identity=replace(identity, name="\U00013080\U00013081")))
    assert "\U00013080" not in str(refused.value)


def test_the_schema_in_the_reference_is_that_of_the_files(exports: PersonExports) -> None:
    published = Path(__file__).parents[3] / "docs" / "reference" / "person-export.schema.json"

    assert published.read_bytes() == schema()
    described = json.loads(published.read_bytes())["$defs"]["PersonExport"]["properties"]
    assert set(json.loads(exports.json(EXPORT))) == set(described)
