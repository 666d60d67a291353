"""Letters of a case that are still there: those in the folder that were handed over and not yet put away."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from infra.channels.letter_folder import name_of


def kept_letters(folder: Path, documents: Mapping[str, str]) -> dict[str, bytes]:
    """Return letters by SHA-256, of those that outcomes name (by hash, with the permit each was for)."""
    found: dict[str, bytes] = {}
    for digest, permit_id in documents.items():
        file = folder / f"{name_of(permit_id)}.pdf"
        if file.is_file() and sha256(content := file.read_bytes()).hexdigest() == digest:
            found[digest] = content
    return found
