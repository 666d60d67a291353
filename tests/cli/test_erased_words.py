"""What stands in place of what was erased is said in the reader's words wherever a screen shows it."""

from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from cli.event_words import sentence
from cli.language import Words
from cli.payments_queue import _show
from domain.person.words import ERASED

IN = {"en": "[erased]", "es": "[suprimido]", "pt": "[eliminado]"}
ENTRY: dict[str, Any] = {
    "queue_id": "q-1",
    "booked_date": "2026-03-02",
    "amount": {"minor": 5_000, "currency": "EUR"},
    "why": "NO_CASE",
    "stands": "MATCHED",
    "candidates": [],
    "case_id": "c-1",
    "reason": "",
    "told": {"counterparty_name": ERASED, "remittance": ERASED},
}


@pytest.mark.parametrize("lang", IN)
def test_a_note_that_was_erased_says_so(lang: str) -> None:
    note = {"note_id": "n-1", "text": ERASED, "person_id": "p-1"}
    said, _ = sentence(Words(lang), "NoteAdded", note, "UTC")

    assert said.endswith(IN[lang])
    assert "Call [me]" in sentence(Words(lang), "NoteAdded", {**note, "text": "Call [me]"}, "UTC")[0]


@pytest.mark.parametrize("lang", IN)
def test_a_payer_who_was_erased_is_said_to_be_once(lang: str) -> None:
    screen = Console(file=StringIO(), width=200)
    session: Any = SimpleNamespace(words=Words(lang), console=screen, as_json=False)

    _show(session, {"entries": [ENTRY], "next_page_token": ""}, personal=True)

    out = screen.file.getvalue()  # type: ignore[attr-defined]  # it is the one above
    assert {word: out.count(word) for word in IN.values()} == {word: int(word == IN[lang]) for word in IN.values()}
