"""Verifies a bundle: everything that can be known from its files, the log's public key, and the public copy.

Nothing that the bundle says of itself is believed without the event, the proof or the text that shows it. What cannot
be shown by a bundle alone is that nothing came after its last event: the public copy of the log shows that.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.decider import Rejected
from domain.evidence.archive import packed, unpacked
from domain.evidence.contents_checked import check_contacts, check_documents, check_money, check_rules, opening_of
from domain.evidence.events_checked import ProvenHead, check_events, check_head
from domain.evidence.files_checked import check_files
from domain.evidence.finding import Checked, Verification, Wrong
from domain.evidence.layout import CHECKPOINT, MANIFEST, PERSONAL
from domain.evidence.public_log import Read, read_public
from domain.evidence.stored import StoredEvidence, fields_in


def verify_archive(archive: bytes, key: str = "", public: Read | None = None) -> Verification:
    """Verify a bundle in one file."""
    try:
        files = unpacked(archive)
    except Rejected as refused:
        wrong = Wrong(code=refused.reason, where=refused.field or "zip", detail=refused.detail)
        return Verification(checks=[Checked(code="ARCHIVE", wrong=[wrong])])
    try:
        same = packed(files) == archive
    except (Rejected, struct.error):  # more, or longer, than what we pack
        same = False
    around = Checked(code="ARCHIVE", wrong=() if same else [Wrong(code="ARCHIVE_REPACKED", where="zip")])
    return Verification(checks=[around, *verify_files(files, key, public).checks])


def verify_files(files: Mapping[str, bytes], key: str = "", public: Read | None = None) -> Verification:
    """Verify a bundle's files by path.

    key: the log's public key as the reader knows it; "": the one inside. public: reads the public copy of the log.
    """
    told, manifest = check_files(files)
    signed, proven = check_head(files, key)
    case_id = str(fields_in(manifest.get("case")).get("id", ""))
    included, case, persons = check_events(files, case_id, proven)
    checks = [
        told,
        signed,
        included,
        Checked(code="CLAIMS", wrong=list(_claims(manifest, files, proven, case))),
        check_money(files, case),
        check_contacts(case_id, case, persons),
        check_rules(files, [*case, *persons]),
        check_documents(files, case),
    ]
    if proven is not None and public is not None:
        checks.append(_complete(public, proven, case_id, case))
    elif proven is not None:
        checks.append(Checked(code="ALONE", notes=[Wrong(code="NOT_COMPARED", where=CHECKPOINT)]))
    return Verification(checks=checks)


def _claims(
    manifest: Mapping[str, Any],
    files: Mapping[str, bytes],
    proven: ProvenHead | None,
    case: Sequence[StoredEvidence],
) -> Iterator[Wrong]:
    """Yield what the manifest says about the bundle and is not so."""
    opening = opening_of(case)
    about = fields_in(manifest.get("case"))
    shown = {
        "creditor_id": (about.get("creditor_id"), opening.get("creditor_id")),
        "reference": (about.get("reference"), opening.get("reference")),
        "events": (manifest.get("events"), len(case)),
        "personal": (manifest.get("personal"), any(path.startswith(PERSONAL) for path in files)),
    }
    if proven is not None:
        shown["log"] = (manifest.get("log"), proven.head.origin)
        shown["size"] = (manifest.get("size"), proven.head.size)
    for name, (said, found) in shown.items():
        if said != found:
            yield Wrong(code="CLAIM_DIFFERS", where=MANIFEST, detail=f"{name}: {said} ≠ {found}")


def _complete(public: Read, proven: ProvenHead, case_id: str, case: Sequence[StoredEvidence]) -> Checked:
    """Hold the case against the public copy."""
    try:
        found = read_public(public, proven.key, proven.head.size, case_id)
    except (Rejected, ValueError) as refused:
        wrong = Wrong(
            code="PUBLIC_LOG_UNREADABLE", where=getattr(refused, "field", None) or "public", detail=str(refused)
        )
        return Checked(code="PUBLIC", wrong=[wrong])
    wrong_ones: list[Wrong] = []
    if found.root_then is None:
        wrong_ones.append(Wrong(code="PUBLIC_LOG_SHORTER", where=CHECKPOINT, detail=f"{found.head.size}"))
    elif found.root_then != proven.head.root:
        wrong_ones.append(Wrong(code="ANOTHER_LOG", where=CHECKPOINT))
    here = {event.version for event in case}
    missing = [version for version in found.versions if version not in here]
    wrong_ones += [Wrong(code="LEFT_OUT", where=f"events/{version:06d}/") for version in missing]
    counts = {"size": found.head.size, "count": len(found.versions), "later": found.later}
    return Checked(code="PUBLIC", counts=counts, wrong=wrong_ones)
