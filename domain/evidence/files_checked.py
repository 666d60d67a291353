"""First check: the files of a bundle are those that its manifest names, byte for byte."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from domain.evidence.finding import Checked, Wrong
from domain.evidence.layout import FINGERPRINT, FORMAT, MANIFEST
from domain.evidence.stored import fields_in, items_in

Files = Mapping[str, bytes]
Manifest = Mapping[str, Any]


def check_files(files: Files) -> tuple[Checked, Manifest]:
    """Return the check, and the manifest (empty if it cannot be read)."""
    manifest, wrong = _manifest(files)
    listed: dict[str, Mapping[str, Any]] = {}
    for entry in map(fields_in, items_in(manifest.get("files"))):
        listed[str(entry.get("path"))] = entry
    if manifest:
        wrong += _compared(files, listed)
    return Checked(
        code="FILES", counts={"count": len(listed), "fingerprint": fingerprint(files)}, wrong=wrong
    ), manifest


def fingerprint(files: Files) -> str:
    """Return the SHA-256 of the manifest, which stands for the whole bundle; "" where there is none."""
    return sha256(files[MANIFEST]).hexdigest() if MANIFEST in files else ""


def _manifest(files: Files) -> tuple[Manifest, list[Wrong]]:
    wrong: list[Wrong] = []
    if MANIFEST not in files:
        return {}, [Wrong(code="FILE_MISSING", where=MANIFEST)]
    if files.get(FINGERPRINT) != f"{fingerprint(files)}  {MANIFEST}\n".encode():
        code = "FILE_ALTERED" if FINGERPRINT in files else "FILE_MISSING"
        wrong.append(Wrong(code=code, where=f"{MANIFEST}, {FINGERPRINT}" if FINGERPRINT in files else FINGERPRINT))
    try:
        manifest = fields_in(json.loads(files[MANIFEST]))
    except (ValueError, RecursionError):
        manifest = fields_in(None)
    if manifest.get("format") != FORMAT:
        return {}, [*wrong, Wrong(code="MANIFEST_UNREADABLE", where=MANIFEST, detail=FORMAT)]
    return manifest, wrong


def _compared(files: Files, listed: Mapping[str, Mapping[str, Any]]) -> Iterator[Wrong]:
    for path, entry in sorted(listed.items()):
        content = files.get(path)
        if content is None:
            yield Wrong(code="FILE_MISSING", where=path)
        elif len(content) != entry.get("bytes"):
            yield Wrong(code="FILE_CUT", where=path, detail=f"{len(content)} ≠ {entry.get('bytes')}")
        elif sha256(content).hexdigest() != entry.get("sha256"):
            yield Wrong(code="FILE_ALTERED", where=path)
    for path in sorted(files.keys() - listed.keys() - {MANIFEST, FINGERPRINT}):
        yield Wrong(code="FILE_NOT_LISTED", where=path)
