"""Whoever changes a bundle is found, and what he changed is named: by the file that everybody gets, `verify.py`."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from domain.evidence import layout
from domain.evidence.archive import packed, unpacked
from domain.transparency.note import VerifierKey
from tests.infra.evidence.alone import alone
from tests.infra.evidence.bundles import Made, listed_again

Files = dict[str, bytes]


def wrong(files: Mapping[str, bytes], made: Made, *, public: bool = False) -> list[tuple[str, str]]:
    """Return what is found wrong with files: code and where."""
    reads = alone().PublicFiles(made.public) if public else None
    found = alone().verify_files(files, made.key, reads)
    return [(each.code, each.where) for each in found.wrong]


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def test_a_bundle_that_nobody_touched_is_whole(made: Made) -> None:
    assert alone().verify_archive(made.archive, made.key, alone().PublicFiles(made.public)).whole
    assert alone().verify_archive(made.personal, made.key).whole
    assert wrong(made.files, made, public=True) == []


# ── by somebody who only knows the archive: every file is under the manifest's hash

CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "its first byte": lambda content: flipped(content, 0),
    "a byte in its middle": lambda content: flipped(content, len(content) // 2),
    "its last byte": lambda content: flipped(content, len(content) - 1),
    "cut off": lambda content: content[:-1],
    "emptied": lambda _: b"",
    "something added": lambda content: content + b"\n",
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_in_any_file_is_found_and_named(made: Made, change: str) -> None:
    files = made.files
    for path, content in files.items():
        found = wrong({**files, path: CHANGES[change](content)}, made)
        assert any(path in where for _, where in found), (path, found)


def test_every_file_that_is_dropped_is_missed_by_name(made: Made) -> None:
    files = made.files
    for path in files:
        left = {each: content for each, content in files.items() if each != path}
        assert any(path in where for _, where in wrong(left, made)), path


@pytest.mark.parametrize("path", ["events/000099/state.json", "more.txt", "personal/opened.json", "a/../verify.py"])
def test_a_file_that_was_put_in_is_named(made: Made, path: str) -> None:
    assert ("FILE_NOT_LISTED", path) in wrong({**made.files, path: b"{}"}, made)


def test_files_that_changed_places_are_both_named(made: Made) -> None:
    one, other = "events/000004/state.json", "events/000006/state.json"
    files = made.files
    found = wrong({**files, one: files[other], other: files[one]}, made)
    assert {one, other} <= {where for _, where in found}


def test_no_byte_of_the_archive_can_be_changed_unseen(made: Made) -> None:
    step = max(1, len(made.archive) // 250)
    for at in (*range(0, len(made.archive), step), len(made.archive) - 1):
        assert not alone().verify_archive(flipped(made.archive, at), made.key).whole, at


@pytest.mark.parametrize("left", [0, 1, 100, 100_000])
def test_an_archive_that_was_cut_short_is_damaged(made: Made, left: int) -> None:
    found = alone().verify_archive(made.archive[:left], made.key)
    assert [each.code for each in found.wrong] == ["ARCHIVE_DAMAGED"]


def test_an_archive_with_something_behind_or_before_it_is_not_as_it_was_made(made: Made) -> None:
    for archive in (made.archive + b"x", b"x" + made.archive):
        assert not alone().verify_archive(archive, made.key).whole


# ── by somebody who makes a manifest for what he changed


def relisted(made: Made, change: Callable[[Files], object], **claims: object) -> list[tuple[str, str]]:
    files = made.files
    change(files)
    return wrong(listed_again(files, **claims), made)


@pytest.mark.parametrize("part", layout.PARTS)
@pytest.mark.parametrize("version", [1, 2, 9, 15])
def test_no_part_of_an_event_can_be_changed_even_under_a_new_manifest(made: Made, version: int, part: str) -> None:
    folder = layout.event_folder(version)
    for at in (0, len(made.files[folder + part]) // 3, len(made.files[folder + part]) // 2):
        changed = {folder + part: flipped(made.files[folder + part], at)}
        found = wrong(listed_again({**made.files, **changed}), made)
        assert any(where.startswith(folder) for _, where in found), (part, at, found)


def test_a_sum_that_was_changed_in_an_event_is_named_there(made: Made) -> None:
    path = "events/000009/state.json"

    def change(files: Files) -> None:
        files[path] = files[path].replace(b'"minor":10000', b'"minor":10001')

    assert ("NOT_INCLUDED", "events/000009/") in relisted(made, change)


def without(files: Files, folder: str) -> None:
    for path in [path for path in files if path.startswith(folder)]:
        del files[path]


@pytest.mark.parametrize("version", [1, 7, 14])
def test_an_event_that_was_left_out_is_missed(made: Made, version: int) -> None:
    folder = layout.event_folder(version)
    found = relisted(made, lambda files: without(files, folder), events=14)
    assert ("VERSION_MISSING", folder) in found


def test_a_last_event_that_was_left_out_is_missed_by_the_public_copy_and_by_nothing_else(made: Made) -> None:
    files = made.files
    without(files, "events/000015/")
    files = listed_again(files, events=14)
    assert wrong(files, made) == []  # as the README says
    assert wrong(files, made, public=True) == [("LEFT_OUT", "events/000015/")]


def test_events_that_changed_places_are_found(made: Made) -> None:
    def swap(files: Files) -> None:
        for part in layout.PARTS:
            one, other = f"events/000004/{part}", f"events/000005/{part}"
            files[one], files[other] = files[other], files[one]

    found = relisted(made, swap)
    assert {("NOT_ITS_PLACE", "events/000004/"), ("NOT_ITS_PLACE", "events/000005/")} <= set(found)


def test_an_event_that_is_told_twice_is_found(made: Made) -> None:
    def copy(files: Files) -> None:
        for part in layout.PARTS:
            files[f"events/000016/{part}"] = files[f"events/000009/{part}"]

    assert ("NOT_ITS_PLACE", "events/000016/") in relisted(made, copy, events=16)


def test_an_event_that_never_happened_has_no_proof(made: Made) -> None:
    def forge(files: Files) -> None:
        for part in layout.PARTS:
            content = files[f"events/000015/{part}"]
            files[f"events/000016/{part}"] = (
                content.replace(b"\n15\n", b"\n16\n") if part == layout.HEADING else content
            )

    assert ("NOT_INCLUDED", "events/000016/") in relisted(made, forge, events=16)


def test_a_contact_that_was_never_counted_for_the_person_is_found(made: Made) -> None:
    folder = next(path for path in made.files if path.endswith("000003/state.json") and path.startswith(layout.PERSONS))
    found = relisted(made, lambda files: without(files, folder.removesuffix("state.json")))
    assert ("PERMIT_NOT_RESERVED", "events/000004/") in found


def test_other_balances_than_the_events_come_to_are_found(made: Made) -> None:
    def change(files: Files) -> None:
        files[layout.ACCOUNTS] = files[layout.ACCOUNTS].replace(b"48117", b"48118")

    assert relisted(made, change) == [("ACCOUNT_DIFFERS", layout.ACCOUNTS)]


def test_another_text_of_a_rule_is_not_that_rule_and_a_missing_one_is_missed(made: Made) -> None:
    path = next(path for path in made.files if path.startswith("rules/es.lgdcu@"))
    assert ("RULES_DIFFER", path) in relisted(made, lambda files: files.update({path: files[path] + b"# "}))
    assert ("RULES_MISSING", path) in relisted(made, lambda files: files.pop(path))


def test_a_letter_that_was_changed_is_none_that_an_event_names(made: Made) -> None:
    files = unpacked(made.personal)
    path = next(path for path in files if path.startswith(layout.LETTERS))
    files[path] += b" and more"
    assert wrong(listed_again(files), made) == [("DOCUMENT_DIFFERS", path)]


def test_a_document_that_no_event_names_is_found(made: Made) -> None:
    path = f"{layout.LETTERS}{'0' * 64}.pdf"
    found = relisted(made, lambda files: files.update({path: b"%PDF"}), personal=True)
    assert ("DOCUMENT_DIFFERS", path) in found


@pytest.mark.parametrize(
    "claim",
    [{"events": 14}, {"log": "x"}, {"size": 28}, {"personal": True}, {"case": {"id": "x"}}, {"format": "other"}],
)
def test_what_the_manifest_says_is_held_against_the_events(made: Made, claim: dict[str, Any]) -> None:
    assert relisted(made, lambda _: None, **claim) != []


def test_a_log_signed_by_another_key_is_refused_by_who_knows_the_key(made: Made, tmp_path: Path) -> None:
    from domain.transparency.checkpoint import opened
    from domain.transparency.note import Note
    from infra.transparency.key_file import KeyFile

    liar = KeyFile(tmp_path / "liar", name=made.evidence.key.name)
    text = str(opened(made.evidence.checkpoint, made.evidence.key)[0])
    forged = str(Note(text=text, signatures=(liar.sign(text),))).encode()

    def resign(files: Files) -> None:
        for path, content in files.items():
            files[path] = content.replace(made.evidence.checkpoint.encode(), forged)
        files[layout.KEY] = f"{liar.key}\n".encode()

    files = made.files
    resign(files)
    files = listed_again(files)
    assert ("HEAD_NOT_SIGNED", layout.CHECKPOINT) in wrong(files, made)
    trusting = alone().verify_files(files)
    assert trusting.whole  # the key inside fits: this is why one asks elsewhere for it
    assert [note.code for check in trusting.checks for note in check.notes] == ["KEY_FROM_INSIDE", "NOT_COMPARED"]


def test_another_key_inside_than_the_one_that_signed_is_found(made: Made) -> None:
    other = VerifierKey(name=made.evidence.key.name, public=bytes(32))
    found = relisted(made, lambda files: files.update({layout.KEY: f"{other}\n".encode()}))
    assert found == [("KEY_DIFFERS", layout.KEY)]


def test_a_public_copy_of_another_history_is_told(made: Made, tmp_path: Path) -> None:
    """The house shows a judge one log and everybody else another: both are signed by its key."""
    from domain.transparency.checkpoint import Checkpoint
    from domain.transparency.note import Note
    from domain.transparency.tiles import bundle_of, bundle_path, leaves_of
    from domain.transparency.tree import Frontier, grow, leaf_hash
    from infra.transparency.key_file import KeyFile

    size = made.evidence.head.size
    leaves = list(leaves_of((made.public / bundle_path(0, size)).read_bytes()))
    leaves[3] = leaves[3].replace(b"\nCaseOpened\n", b"\nCaseClosed\n") + b"x"
    frontier, _ = grow(Frontier(), map(leaf_hash, leaves))
    signer = KeyFile(made.public.parent / "seal", name=made.evidence.key.name)
    text = str(Checkpoint(origin=signer.key.name, size=size, root=frontier.root))
    (tmp_path / bundle_path(0, size)).parent.mkdir(parents=True)
    (tmp_path / bundle_path(0, size)).write_bytes(bundle_of(leaves))
    (tmp_path / "checkpoint").write_text(str(Note(text=text, signatures=(signer.sign(text),))))
    found = alone().verify_files(made.files, made.key, alone().PublicFiles(tmp_path))
    assert [each.code for each in found.wrong] == ["ANOTHER_LOG"]
    (tmp_path / bundle_path(0, size)).write_bytes(bundle_of(leaves[:-1]))
    found = alone().verify_files(made.files, made.key, alone().PublicFiles(tmp_path))
    assert [each.code for each in found.wrong] == ["PUBLIC_LOG_UNREADABLE"]


@pytest.mark.parametrize("state", [b"[" * 100_000, b"\xff", b"{}", b'{"at":1}', b'{"at":"2026-04-15T09:00:00"}'])
def test_hostile_content_is_found_and_breaks_nothing(made: Made, state: bytes) -> None:
    path = "events/000009/state.json"
    assert any(where == path for _, where in relisted(made, lambda files: files.update({path: state})))


def test_a_manifest_that_is_none_is_said(made: Made) -> None:
    for manifest in (b"", b"[]", b"[" * 100_000, b'{"files": 3}', json.dumps({"format": layout.FORMAT}).encode()):
        assert wrong({**made.files, layout.MANIFEST: manifest}, made) != []
    assert wrong({}, made) != []
    assert not alone().verify_archive(packed({})).whole
