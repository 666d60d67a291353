"""A bundle of evidence: one file, of which every byte follows from what it shows."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256

from application.evidence import Amounts, Evidence, ProvenEvent, Teller
from domain.evidence import layout
from domain.evidence.archive import packed
from domain.evidence.contents_checked import accounts_said
from infra.evidence.one_file import verifier
from infra.evidence.timeline import document, page
from infra.evidence.wording import LANGUAGES, wording


def bundle(evidence: Evidence, tell: Teller, write: Amounts) -> bytes:
    """Return the archive; raise `Rejected` BUNDLE_TOO_LARGE. It takes seconds and blocks."""
    return packed(bundle_files(evidence, tell, write))


def bundle_files(evidence: Evidence, tell: Teller, write: Amounts) -> dict[str, bytes]:
    """Return the files of a bundle by path."""
    files = {
        layout.CHECKPOINT: evidence.checkpoint.encode(),
        layout.KEY: f"{evidence.key}\n".encode(),
        layout.ACCOUNTS: accounts_said(evidence.owed, evidence.credit, evidence.currency),
        "verify.py": verifier(),
        **event_files(evidence.case, evidence.persons),
        **{layout.rule_file(stamp): text for stamp, text in evidence.rules.items()},
        **_for_readers(evidence, tell, write),
    }
    if evidence.statement:
        files["statement.pdf"] = evidence.statement
    if evidence.personal is not None:
        files[layout.OPENED] = _json(evidence.personal)
        files |= {f"{layout.LETTERS}{digest}.pdf": letter for digest, letter in evidence.letters.items()}
    return with_manifest(files, _about(evidence))


def with_manifest(files: Mapping[str, bytes], about: Mapping[str, object]) -> dict[str, bytes]:
    """Return the files with the manifest that names them, and its fingerprint."""
    listed = [
        {"path": path, "bytes": len(content), "sha256": sha256(content).hexdigest()}
        for path, content in sorted(files.items())
    ]
    manifest = _json({**about, "files": listed})
    fingerprint = f"{sha256(manifest).hexdigest()}  {layout.MANIFEST}\n".encode()
    return {**files, layout.MANIFEST: manifest, layout.FINGERPRINT: fingerprint}


def _about(evidence: Evidence) -> dict[str, object]:
    case = {"id": str(evidence.case_id), "creditor_id": evidence.creditor_id, "reference": evidence.reference}
    return {
        "format": layout.FORMAT,
        "case": case,
        "log": evidence.head.origin,
        "size": evidence.head.size,
        "events": len(evidence.case),
        "personal": evidence.personal is not None,
        "statement_on": evidence.statement_on.isoformat(),
    }


def event_files(case: Iterable[ProvenEvent], persons: Iterable[ProvenEvent]) -> dict[str, bytes]:
    """Return the files of events, of the case and of persons."""
    files: dict[str, bytes] = {}
    for event in case:
        files |= _parts(layout.event_folder(event.version), event)
    for event in persons:
        files |= _parts(layout.person_event_folder(str(event.stream_id), event.version), event)
    return files


def _parts(folder: str, event: ProvenEvent) -> dict[str, bytes]:
    return {
        folder + layout.HEADING: event.heading.encode(),
        folder + layout.METADATA: event.metadata,
        folder + layout.STATE: event.state,
        folder + layout.PROOF: event.proof.encode(),
    }


def _for_readers(evidence: Evidence, tell: Teller, write: Amounts) -> dict[str, bytes]:
    """Return the timeline and the README in every language."""
    files: dict[str, bytes] = {}
    for language in LANGUAGES:
        told = tell(language, evidence)
        owed = "" if evidence.balance is None else write(language, evidence.balance, evidence.currency)
        files[f"timeline.{language}.html"] = page(evidence, told, language, owed)
        files[f"timeline.{language}.pdf"] = document(evidence, told, language, owed)
        files[f"README.{language}.txt"] = _readme(evidence, language)
    return files


def _readme(evidence: Evidence, language: str) -> bytes:
    said = wording(language)["readme"]
    values = {
        "case": f"{evidence.creditor_id}/{evidence.reference}",
        "log": evidence.head.origin,
        "size": evidence.head.size,
        "count": len(evidence.case),
        "key": evidence.key,
        "personal": said["sealed" if evidence.personal is None else "opened"],
    }
    return said["text"].format(**values).lstrip("\n").encode()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
