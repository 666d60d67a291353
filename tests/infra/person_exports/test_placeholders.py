"""What stands in an export in place of what is gone or not known, in the words of whoever reads it."""

from dataclasses import replace

import pytest

from application.person_export import ExportedBlock
from domain.person.erasure_words import NO_LAW
from domain.person.words import ERASED
from infra.person_exports import PersonExports
from infra.templates.shelf import load_languages
from tests.infra.person_exports.test_person_exports import EXPORT, text_of


@pytest.mark.parametrize(
    ("language", "erased", "no_law"),
    [
        ("es-419", "[suprimido]", "no consta ninguna ley del lugar"),
        ("es-ES", "[suprimido]", "no consta ninguna ley del lugar"),
        ("pt-BR", "[eliminado]", "não consta nenhuma lei do lugar"),
        ("en", "[erased]", "no law of the place is on record"),
    ],
)
def test_what_was_erased_and_that_no_law_is_known_is_said_in_the_readers_language(
    language: str, erased: str, no_law: str
) -> None:
    point = replace(EXPORT.contact_points[0], address=ERASED)
    block = ExportedBlock(kind="CASE_OPEN", citation=NO_LAW, until=None, case_id=None, source="", reason="")
    text = text_of(
        PersonExports(load_languages()).pdf(
            replace(EXPORT, language=language, contact_points=(point,), kept_because=(block,))
        )
    )

    assert [erased in text, no_law in " ".join(text.split())] == [True, True]
    assert (ERASED in text) == (language == "en")
    assert (NO_LAW in text) == (language == "en")
