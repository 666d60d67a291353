"""Letters handed over in a folder, once, whatever crashes; and what the printer says."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from application.messages import NotSent, Sent
from application.reports import Report
from domain.case.words import ContactOutcome
from infra.channels import letter_folder
from infra.channels.letter import LetterPost, LetterReceipts
from infra.channels.letter_folder import LetterFolder, name_of
from infra.channels.letter_page import page
from tests.infra.channels.test_letter_page import HEAD, ROOT, letter

KEY = letter().key
NAME = name_of(KEY)
ANYTIME = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "letters"


def post(folder: Path) -> LetterPost:
    return LetterPost(folder, {"acme": HEAD})


def seen(folder: Path) -> set[str]:
    """What the printer sees."""
    return {file.name for file in folder.iterdir() if not file.name.startswith(".")}


async def test_a_letter_is_handed_over_with_its_job_ticket(folder: Path) -> None:
    sent = await post(folder).send(letter())

    pdf = (folder / f"{NAME}.pdf").read_bytes()
    ticket = json.loads((folder / f"{NAME}.json").read_text())
    assert pdf == page(letter(), HEAD).pdf
    assert sent == Sent(outcome=ContactOutcome.ACCEPTED, provider_id=NAME, document_hash=sha256(pdf).hexdigest())
    assert ticket == {
        "format": "escalera-letter/1",
        "letter": f"{NAME}.pdf",
        "permit_id": KEY,
        "sha256": sent.document_hash,
        "paper": "us-letter",
        "language": "es-419",
        "country": "CO",
        "dated": "2026-06-17",
    }
    assert seen(folder) == {f"{NAME}.pdf", f"{NAME}.json"}


async def test_the_same_permit_is_the_same_letter_once_even_after_the_printer_took_it(folder: Path) -> None:
    first = await post(folder).send(letter())
    for name in seen(folder):
        (folder / name).unlink()

    assert await post(folder).send(letter()) == first
    assert await post(folder).ask(KEY, address="", since=ANYTIME) == first
    assert seen(folder) == set()


async def test_nobody_else_can_read_a_letter(folder: Path) -> None:
    await post(folder).send(letter())

    for each in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(each.stat().st_mode) == (0o700 if each.is_dir() else 0o600), each


def test_a_folder_that_others_can_read_is_not_used(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)

    with pytest.raises(ValueError, match="chmod 700"):
        post(folder)


async def test_what_cannot_be_set_is_refused_and_nothing_lies_about(folder: Path) -> None:
    sent = await post(folder).send(letter(name="王小明"))

    assert (sent.outcome, sent.detail) == (ContactOutcome.REFUSED, "LETTER_UNSETTABLE")
    assert [file for file in folder.rglob("*") if file.is_file()] == []


async def test_half_a_file_of_a_process_that_was_killed_does_not_lie_about_for_ever(folder: Path) -> None:
    opened = post(folder)
    await opened.send(letter())
    old, new = folder / ".outbox" / ".a.pdf.1", folder / ".outbox" / ".b.pdf.2"
    for each in (old, new):
        each.write_bytes(b"%PDF")
    os.utime(old, (0, 0))
    post(folder)

    assert (old.exists(), new.exists()) == (False, True)
    assert await opened.ask(KEY, address="", since=ANYTIME)


async def test_a_disk_that_takes_nothing_delays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = post(folder)

    def full(*_: object) -> None:
        raise OSError(28, "no space left")

    with monkeypatch.context() as patch:
        patch.setattr(letter_folder, "_write", full)
        with pytest.raises(NotSent, match="OSError"):
            await opened.send(letter())

    assert (await opened.send(letter())).outcome is ContactOutcome.ACCEPTED


class _Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("steps", range(12))
async def test_after_a_crash_at_any_step_the_folder_tells_what_happened(
    folder: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """The printer takes whatever it sees at once. What was not handed over can be; what was is not again."""
    opened = post(folder)
    left = steps

    def step(real: Callable[..., object]) -> Callable[..., object]:
        def taken(*given: object) -> object:
            nonlocal left
            if left == 0:
                raise _Killed
            left -= 1
            return real(*given)

        return taken

    with monkeypatch.context() as patch:
        for name in ("_write", "_sync"):
            patch.setattr(letter_folder, name, step(getattr(letter_folder, name)))
        patch.setattr(Path, "replace", step(Path.replace))
        with pytest.raises(_Killed):
            opened._send(letter())
    taken = f"{NAME}.json" in seen(folder)
    for name in seen(folder):
        (folder / name).unlink()
    found = await opened.ask(KEY, address="", since=ANYTIME)

    assert (found is not None) is taken
    if not taken:
        assert [file for file in folder.rglob("*") if file.suffix == ".pdf" and not file.name.startswith(".")] == []
    await opened.send(letter())
    assert (f"{NAME}.json" in seen(folder)) is not taken


def test_a_sender_that_is_killed_again_and_again_hands_every_letter_over_once(folder: Path) -> None:
    """`kill -9`, on real processes and a real disk, while the printer takes tickets as they come."""
    script = (
        "import sys; from pathlib import Path; from infra.channels.letter_folder import LetterFolder\n"
        "folder = LetterFolder(Path(sys.argv[1]))\n"
        "for number in range(60): folder.hand_over(f'permit:{number}', b'%PDF ' + bytes(2000), {})\n"
    )
    folder.mkdir(mode=0o700)
    taken: list[str] = []
    lives = 0
    done = False
    while not done:
        lives += 1
        with subprocess.Popen([sys.executable, "-c", script, str(folder)], cwd=ROOT) as sender:
            deadline = time.monotonic() + 0.2 + 0.05 * lives
            while sender.poll() is None and time.monotonic() < deadline:
                taken += take(folder)
            done = sender.poll() == 0
            if not done:
                os.kill(sender.pid, signal.SIGKILL)
    taken += take(folder)

    assert sorted(taken) == sorted(name_of(f"permit:{number}") for number in range(60))
    assert lives > 1


def take(folder: Path) -> list[str]:
    tickets = list(folder.glob("*.json"))
    for ticket in tickets:
        assert ticket.with_suffix(".pdf").exists(), "a ticket comes after its letter"
        assert json.loads(ticket.read_text())["letter"] == ticket.with_suffix(".pdf").name
        ticket.unlink()
        ticket.with_suffix(".pdf").unlink()
    return [ticket.stem for ticket in tickets]


@pytest.mark.parametrize(
    ("file", "said", "outcome", "detail"),
    [
        (".done", {}, ContactOutcome.SENT, ""),
        (".done", {"at": "2026-03-02T12:00:00+00:00", "outcome": "delivered"}, ContactOutcome.DELIVERED, ""),
        (".failed", {"detail": "PAPER_JAM"}, ContactOutcome.FAILED, "PAPER_JAM"),
        (".failed", {"outcome": "returned", "detail": "Ana Ruiz moved"}, ContactOutcome.BOUNCED, ""),
    ],
)
async def test_what_the_printer_says_is_a_report_once(
    folder: Path, file: str, said: dict[str, str], outcome: ContactOutcome, detail: str
) -> None:
    await post(folder).send(letter())
    (folder / f"{NAME}{file}").write_text(json.dumps(said))
    reports: list[Report] = []

    async def keep(report: Report) -> None:
        reports.append(report)

    receipts = LetterReceipts(folder, keep)
    at = datetime(2026, 3, 2, 12, tzinfo=UTC) if "at" in said else None
    assert [await receipts.look(), await receipts.look()] == [1, 0]
    assert reports == [Report(permit_id=KEY, provider_id=NAME, outcome=outcome, at=at, detail=detail)]
    assert seen(folder) == set()


async def test_what_cannot_be_recorded_now_is_there_the_next_time(folder: Path) -> None:
    await post(folder).send(letter())
    (folder / f"{NAME}.done").write_text("")
    away, reports = True, []

    async def keep(report: Report) -> None:
        if away:
            raise RuntimeError("store is away")
        reports.append(report)

    receipts = LetterReceipts(folder, keep)
    with pytest.raises(RuntimeError, match="away"):
        await receipts.look()
    away = False
    await receipts.look()

    assert len(reports) == 1


@pytest.mark.parametrize("said", ["{", "[]", '{"outcome": "eaten"}'])
async def test_what_cannot_be_understood_is_left_for_a_person(folder: Path, said: str) -> None:
    await post(folder).send(letter())
    (folder / f"{NAME}.done").write_text(said)

    assert list(LetterFolder(folder).said()) == []
    assert f"{NAME}.done" in seen(folder)


def test_a_word_on_a_letter_that_was_never_ours_is_nothing(folder: Path) -> None:
    opened = LetterFolder(folder)
    (folder / f"{name_of('other')}.done").write_text("{}")

    assert list(opened.said()) == []
