"""Second check: every event's leaf, made again from its files, is in the log under the signed head."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.decider import Rejected
from domain.evidence.finding import Checked, Wrong
from domain.evidence.layout import CHECKPOINT, EVENTS, KEY, PARTS, PERSONS, PROOF
from domain.evidence.stored import StoredEvidence, read_stored
from domain.transparency.checkpoint import Checkpoint, opened
from domain.transparency.note import VerifierKey, read_verifier_key
from domain.transparency.proof import read_proof
from domain.transparency.tree import leaf_hash, root_by_inclusion

_CASE_FOLDER = re.compile(r"events/([0-9]{6,})/\Z")
_PERSON_FOLDER = re.compile(r"persons/([0-9a-f-]{36})/([0-9]{6,})/\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenHead:
    """The head that all proofs must lead to, and by whose key it is signed."""

    written: str
    head: Checkpoint
    key: VerifierKey


def check_head(files: Mapping[str, bytes], key: str) -> tuple[Checked, "ProvenHead | None"]:
    """Return the check of the signature, and the head if it is signed.

    key: the public key as the reader has it; "": the one inside.
    """
    notes = [] if key else [Wrong(code="KEY_FROM_INSIDE", where=KEY)]
    inside = files.get(KEY, b"").decode("utf-8", "replace")
    written = files.get(CHECKPOINT, b"").decode("utf-8", "replace")
    if files.get(CHECKPOINT) != written.encode():
        return Checked(code="SIGNATURE", wrong=[Wrong(code="HEAD_UNREADABLE", where=CHECKPOINT)]), None
    wrong: list[Wrong] = []
    try:
        known = read_verifier_key(key or inside)
        head, _ = opened(written, known)
    except Rejected as refused:
        where = KEY if refused.reason == "KEY_UNREADABLE" else CHECKPOINT
        return Checked(code="SIGNATURE", wrong=[Wrong(code="HEAD_NOT_SIGNED", where=where, detail=str(refused))]), None
    if inside.strip() != str(known):
        wrong.append(Wrong(code="KEY_DIFFERS", where=KEY))
    counts = {"origin": head.origin, "size": head.size, "key": str(known)}
    return Checked(code="SIGNATURE", counts=counts, wrong=wrong, notes=notes), ProvenHead(
        written=written, head=head, key=known
    )


def check_events(
    files: Mapping[str, bytes], case_id: str, proven: "ProvenHead | None"
) -> tuple[Checked, list[StoredEvidence], list[StoredEvidence]]:
    """Return the check, the events of the case in their order, and those of persons."""
    wrong: list[Wrong] = []
    case: list[StoredEvidence] = []
    persons: list[StoredEvidence] = []
    for folder in _folders(files):
        found = _CASE_FOLDER.match(folder) or _PERSON_FOLDER.match(folder)
        if found is None:
            wrong.append(Wrong(code="FOLDER_UNKNOWN", where=folder))
            continue
        stream_id, version = (case_id, found[1]) if folder.startswith(EVENTS) else (found[1], found[2])
        try:
            event = read_stored(files, folder)
        except Rejected as refused:
            wrong.append(Wrong(code=refused.reason, where=refused.field or folder, detail=refused.detail))
            continue
        if (event.stream_id, event.version) != (stream_id, int(version)):
            wrong.append(Wrong(code="NOT_ITS_PLACE", where=folder, detail=f"{event.stream_id} {event.version}"))
        (case if folder.startswith(EVENTS) else persons).append(event)
        if proven is not None:
            wrong += _included(files, event, proven)
    wrong += [
        Wrong(code="FILE_UNKNOWN", where=path)
        for path in sorted(files)
        if path.startswith((EVENTS, PERSONS)) and path.rpartition("/")[2] not in PARTS
    ]
    wrong += _gaps(case)
    wrong += _disordered(case)
    counts = {"count": len(case), "persons": len(persons)}
    return Checked(code="EVENTS", counts=counts, wrong=wrong), case, persons


def events_of(files: Mapping[str, bytes]) -> Iterator[StoredEvidence]:
    """Yield the events of the case in their order, those that can be read."""
    for folder in _folders(files):
        if folder.startswith(EVENTS):
            try:
                yield read_stored(files, folder)
            except Rejected:
                continue


def _folders(files: Mapping[str, bytes]) -> list[str]:
    """Return the folders of events, in the order of their versions."""
    inside = {path[: path.rfind("/") + 1] for path in files if path.startswith((EVENTS, PERSONS))}
    return sorted(inside, key=lambda folder: (folder.count("/"), len(folder), folder))


def _included(files: Mapping[str, bytes], event: StoredEvidence, proven: ProvenHead) -> Iterator[Wrong]:
    path = event.folder + PROOF
    if path not in files:
        yield Wrong(code="FILE_MISSING", where=path)
        return
    try:
        proof = read_proof(files[path].decode("utf-8"))
    except (Rejected, UnicodeDecodeError) as error:
        yield Wrong(code="PROOF_UNREADABLE", where=path, detail=str(error))
        return
    if proof.checkpoint != proven.written:
        yield Wrong(code="PROOF_OF_ANOTHER_HEAD", where=path)
    elif root_by_inclusion(leaf_hash(event.leaf), proof.index, proven.head.size, proof.path) != proven.head.root:
        yield Wrong(code="NOT_INCLUDED", where=event.folder, detail=f"{event.name} {event.version}")


def _gaps(case: Sequence[StoredEvidence]) -> Iterator[Wrong]:
    versions = {event.version for event in case}
    if not versions:
        yield Wrong(code="NO_EVENTS", where=EVENTS)
    for version in range(1, max(versions, default=0)):
        if version not in versions:
            yield Wrong(code="VERSION_MISSING", where=f"{EVENTS}{version:06d}/")


def _disordered(case: Sequence[StoredEvidence]) -> Iterator[Wrong]:
    """Yield events that stand earlier in the log than one that comes before them in the case."""
    for before, event in zip(case, case[1:]):  # noqa: B905, RUF007  # 3.9 knows neither `strict` nor `pairwise`
        if event.version == before.version + 1 and event.position <= before.position:
            yield Wrong(code="NOT_ITS_PLACE", where=event.folder, detail=f"{before.position} → {event.position}")
