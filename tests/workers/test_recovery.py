"""Lists of what was sent, as people hand them in."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.decider import Rejected
from workers.recovery import read_list

CASE = "2e4701c0-d0e4-503d-a04a-d0e26d592ffb"


def test_a_list_names_permits_and_messages_with_their_instants_where_they_are_known(tmp_path: Path) -> None:
    file = tmp_path / "sent.txt"
    file.write_text(
        f"{CASE}:1.reminder:EMAIL 2026-03-13T08:00:00-05:00\n\n"
        f"  {CASE}:2.overdue:EMAIL:3\n"
        "<2070c9a87c672a89162a043a63857bd1b8a204a1@acme.example>\n"
    )
    found = read_list(file)
    assert found.names == {
        f"{CASE}:1.reminder:EMAIL",
        f"{CASE}:2.overdue:EMAIL",  # a third try of the step is the step
        "<2070c9a87c672a89162a043a63857bd1b8a204a1@acme.example>",
    }
    assert found.sent_at == {f"{CASE}:1.reminder:EMAIL": datetime(2026, 3, 13, 13, tzinfo=UTC)}


@pytest.mark.parametrize("line", ["someone@example.com yesterday", "a 2026-03-13T08:00:00"])
def test_a_line_that_cannot_be_read_is_named_and_not_repeated(tmp_path: Path, line: str) -> None:
    file = tmp_path / "sent.txt"
    file.write_text(f"first\n{line}\n")
    with pytest.raises(Rejected) as refusal:
        read_list(file)
    assert (refusal.value.reason, refusal.value.field) == ("LIST_UNREADABLE", "sent")
    assert refusal.value.detail == "sent.txt, line 2: no instant"


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="FileNotFoundError"):
        read_list(tmp_path / "gone.txt")
