"""The folder where letters wait for whoever prints them, and where they say what became of them.

    <name>.pdf, <name>.json      a letter and its job ticket; the ticket comes last
    <name>.done, <name>.failed   what the printer says, as JSON
    .outbox/                     letters that are being handed over
    .ledger/<name>.json          what was handed over; nothing personal
    .acknowledged/               what the printer said, after it was recorded

The name is the SHA-256 of the permit's id. Handing over is one rename, of a ticket whose name is in the ledger already:
in the outbox it has not been seen by anybody, and when it is there no more it was handed over, whatever crashed.
Letters hold personal data: the folder is ours alone (0700), and so is every file (0600).
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from application.reports import Report
from domain.case.words import ContactOutcome

FORMAT: Final = "escalera-letter/1"
OUTCOMES: Final = {
    "posted": ContactOutcome.SENT,
    "delivered": ContactOutcome.DELIVERED,
    "returned": ContactOutcome.BOUNCED,
    "failed": ContactOutcome.FAILED,
}
SAID_BY: Final = {".done": "posted", ".failed": "failed"}  # where the file does not say more
DETAIL_MAX: Final = 40
ABANDONED_SECONDS: Final = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What the ledger says of a letter."""

    permit_id: str
    document_hash: str


class LetterFolder:
    """Makes the folder at first use; raises ValueError for one that others can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._outbox, self._ledger, self._said = folder / ".outbox", folder / ".ledger", folder / ".acknowledged"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            raise ValueError(f"letters are personal: {folder} must be its owner's alone (chmod 700)")
        for each in (self._outbox, self._ledger, self._said):
            each.mkdir(mode=0o700, exist_ok=True)
        self._sweep()

    def find(self, permit_id: str) -> HandedOver | None:
        """Return what was handed over for a permit; None is certain."""
        name = name_of(permit_id)
        if (self._outbox / f"{name}.json").exists():
            return None
        return self._entry(name)

    def hand_over(self, permit_id: str, pdf: bytes, ticket: Mapping[str, object]) -> HandedOver:
        """Hand a letter over, unless that has been done; safe to call again after any crash. Raises OSError."""
        if done := self.find(permit_id):
            return done
        name, entry = name_of(permit_id), HandedOver(permit_id=permit_id, document_hash=sha256(pdf).hexdigest())
        told = {"format": FORMAT, "letter": f"{name}.pdf", "permit_id": permit_id, "sha256": entry.document_hash}
        _write(self._outbox / f"{name}.pdf", pdf)
        _write(self._outbox / f"{name}.json", _json(told | dict(ticket)))
        _sync(self._outbox)
        _write(self._ledger / f"{name}.json", _json({"permit_id": permit_id, "sha256": entry.document_hash}))
        _sync(self._ledger)
        for suffix in (".pdf", ".json"):  # another process may be handing over the same: its rename was as good
            with suppress(FileNotFoundError):
                (self._outbox / f"{name}{suffix}").replace(self._folder / f"{name}{suffix}")
        _sync(self._folder)
        _sync(self._outbox)
        return entry

    def forget(self, permit_id: str) -> None:
        """Drop a letter that was begun and never handed over."""
        name = name_of(permit_id)
        for file in (
            self._ledger / f"{name}.json",
            self._outbox / f"{name}.pdf",
            self._outbox / f"{name}.json",
            self._folder / f"{name}.pdf",
        ):
            file.unlink(missing_ok=True)

    def said(self) -> Iterator[tuple[Path, Report]]:
        """Yield what the printer has said and nobody has recorded; a file that cannot be read yet is left for later."""
        for file in sorted(self._folder.iterdir()):
            entry = self._entry(file.stem) if file.suffix in SAID_BY else None
            report = _report(file, entry) if entry else None
            if report is not None:
                yield file, report

    def recorded(self, file: Path) -> None:
        """Put away what the printer said, and the letter: the log has its hash, and it can be made again."""
        file.replace(self._said / file.name)
        for suffix in (".pdf", ".json"):
            file.with_suffix(suffix).unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Drop what processes that were killed were writing."""
        for folder in (self._outbox, self._ledger):
            for file in folder.glob(".*"):
                with suppress(FileNotFoundError):
                    if time.time() - file.stat().st_mtime > ABANDONED_SECONDS:
                        file.unlink()

    def _entry(self, name: str) -> HandedOver | None:
        try:
            told = json.loads((self._ledger / f"{name}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return HandedOver(permit_id=told["permit_id"], document_hash=told["sha256"])


def name_of(permit_id: str) -> str:
    """Return what the files of a permit's letter are called."""
    return sha256(permit_id.encode()).hexdigest()


def _report(file: Path, entry: HandedOver) -> Report | None:
    try:
        told = json.loads(file.read_text(encoding="utf-8") or "{}")
    except (OSError, ValueError):
        return None
    if not isinstance(told, dict):
        return None
    outcome = OUTCOMES.get(str(told.get("outcome", SAID_BY[file.suffix])))
    if outcome is None:
        return None
    return Report(
        permit_id=entry.permit_id,
        provider_id=file.stem,
        outcome=outcome,
        at=_instant(told.get("at")),
        detail=_code(told.get("detail")),
    )


def _instant(told: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None


def _code(told: Any) -> str:
    """Return a code of capitals, digits and underscores; whatever else was said may be personal."""
    good = isinstance(told, str) and told.isascii() and told.replace("_", "").isalnum() and told.isupper()
    return told[:DETAIL_MAX] if good else ""


def _json(told: Mapping[str, object]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


def _write(file: Path, content: bytes) -> None:
    """Write beside and move into place: a reader sees all of it or nothing, after a crash too."""
    beside = file.with_name(f".{file.name}.{uuid4().hex}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    """Make renames in a folder last."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
