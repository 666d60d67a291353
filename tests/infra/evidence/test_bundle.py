"""A bundle holds what it says, and nothing that nobody asked for; the same evidence makes the same bytes."""

import html
import json
import re
from base64 import b64encode
from dataclasses import replace
from functools import partial
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest

import workers.evidence
from application.evidence import Evidence
from cli.evidence_told import _basis, tell, write
from cli.language import Words
from domain.evidence import layout
from domain.evidence.archive import packed, unpacked
from domain.evidence.files_checked import fingerprint
from domain.evidence.verify import verify_archive
from domain.transparency.leaf import leaf_under
from domain.transparency.proof import read_proof, verify_inclusion
from infra.evidence.bundle import bundle
from infra.evidence.one_file import verifier
from infra.evidence.timeline import document, page
from infra.evidence.wording import LANGUAGES, wording
from tests.infra.evidence.bundles import Made
from tests.infra.evidence.story import DAY, LETTER, NAME, SAID, told

HASH = sha256(b"a letter").hexdigest()
PERSONAL = (NAME.encode(), SAID.encode(), b"c-1@example.com", b"Ana")


def test_every_event_is_there_as_it_is_stored_with_a_proof_that_any_verifier_reads(made: Made) -> None:
    files = made.files
    assert [event.version for event in made.evidence.case] == list(range(1, 16))
    for event in made.evidence.case:
        folder = layout.event_folder(event.version)
        heading, metadata, state, proof = (files[folder + part] for part in layout.PARTS)
        assert (metadata, state) == (event.metadata, event.state)
        assert json.loads(state)["v"] == 1
        leaf = leaf_under(heading.decode(), metadata, state)
        assert verify_inclusion(leaf, read_proof(proof.decode()), made.evidence.key) == made.evidence.head


def test_the_same_evidence_makes_the_same_bytes(made: Made) -> None:
    assert bundle(made.evidence, tell, write) == made.archive


def test_what_any_zip_program_reads_is_what_was_packed(made: Made, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("zip") / "case.zip"
    file.write_bytes(made.archive)
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        entries: list[ZipInfo] = archive.infolist()
        assert {entry.filename: archive.read(entry) for entry in entries} == made.files
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert packed({}) != packed({"a": b""})
    assert unpacked(packed({"ñ/b": b"x", "a": b""})) == {"ñ/b": b"x", "a": b""}


def test_nothing_personal_is_readable_unless_somebody_asked(made: Made) -> None:
    for path, content in made.files.items():
        assert not any(word in content for word in PERSONAL), path
    assert not any(path.startswith(layout.PERSONAL) for path in made.files)


def test_who_asks_gets_personal_fields_in_a_file_of_their_own(made: Made) -> None:
    files = unpacked(made.personal)
    opened = json.loads(files.pop(layout.OPENED))
    assert [(each["event"], each["text"]) for each in opened] == [
        ("PersonRegistered", NAME),
        ("ContactPointAdded", "c-1@example.com"),
        ("NoteAdded", SAID),
    ]
    letters = {path: files.pop(path) for path in list(files) if path.startswith(layout.LETTERS)}
    assert list(letters.values()) == [LETTER]
    plain = (path for path in files if not path.startswith("statement"))  # the statement is for the debtor by name
    assert [path for path in plain if any(word in files[path] for word in PERSONAL)] == []
    assert files["statement.pdf"] != made.files["statement.pdf"]


async def test_of_who_was_forgotten_it_says_so_and_the_proofs_stay_right(fresh_dsn: str, tmp_path: Path) -> None:
    async with told(fresh_dsn, tmp_path) as story:
        story.store.keyring.erase(story.debtor)
        bundle_of = partial(workers.evidence.bundle_of, story.settings, story.case, tell=tell, write=write, on=DAY)
        archive, evidence = await bundle_of(personal=True)
    opened = json.loads(unpacked(archive)[layout.OPENED])
    assert [each.get("erased", each.get("text")) for each in opened] == [True, True, True]
    assert verify_archive(archive, str(evidence.key)).whole
    assert not any(word in content for content in unpacked(archive).values() for word in PERSONAL[:3])


def test_of_the_persons_only_what_concerns_the_case_is_shown(made: Made) -> None:
    assert [event.name for event in made.evidence.persons] == [
        "PersonRegistered",
        "ContactPointAdded",
        "ContactReserved",
        "ContactReserved",
    ]


def test_rules_and_law_are_there_by_the_stamps_that_events_name(made: Made) -> None:
    named = {stamp.partition("@")[0] for stamp in made.evidence.rules}
    assert {"house", "es.lgdcu", "es.money"} <= named


class _Reader(HTMLParser):
    """Collects what a page could fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_timeline_fetches_nothing_runs_nothing_and_tells_every_event(made: Made, language: str) -> None:
    text = made.files[f"timeline.{language}.html"].decode()
    reader = _Reader()
    reader.feed(text)
    assert reader.tags.isdisjoint({"script", "img", "link", "iframe", "object", "embed", "base", "form", "a"})
    assert reader.attributes.isdisjoint({"src", "href", "onload", "onclick", "style", "background"})
    assert not re.search(r"url\(|@import|https?:", text)
    assert text.count('<td class="number">') == len(made.evidence.case)
    assert f'<html lang="{language}">' in text
    assert made.files[f"timeline.{language}.pdf"].startswith(b"%PDF-")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_timeline_says_what_it_is_about_and_by_which_rules_each_contact_was_judged(
    made: Made, language: str
) -> None:
    evidence = made.evidence
    (permitted, *_) = [json.loads(each.state) for each in evidence.case if each.name == "ContactPermitted"]
    text = made.files[f"timeline.{language}.html"].decode()
    for stamp in permitted["grounds"]["rule_sets"]:
        assert stamp in text
        assert f"rules/{stamp}.toml" in made.files, "and its text is there under that name"
    root = b64encode(evidence.head.root).decode()
    for said in (str(evidence.case_id), str(evidence.key), root, str(evidence.persons[0].stream_id), "events/000003/"):
        assert html.escape(said) in text
    assert "rules/" in text


def test_a_letter_that_is_in_the_bundle_is_named_where_it_was_sent(made: Made) -> None:
    told = [replace(line, basis=f"document {HASH}") for line in tell("en", made.evidence)[:1]]
    with_letter = replace(made.evidence, letters={HASH: b"%PDF-"}, personal=())
    assert f"personal/letters/{HASH}.pdf" in page(with_letter, told, "en", "").decode()
    assert "personal/letters" not in page(made.evidence, told, "en", "").decode()


def test_what_a_contact_was_denied_by_and_which_document_it_was_stands_below_it() -> None:
    words = Words("es")
    cites = {"citations": ["Ley 19.496 art. 37", "Ley 19.496 art. 37", "House policy"]}
    assert _basis(words, "ContactRefused", cites) == "lo niega: Ley 19.496 art. 37; House policy"
    assert _basis(words, "ContactOutcomeRecorded", {"document_hash": HASH}) == f"documento con SHA-256 {HASH}"
    assert _basis(words, "ContactOutcomeRecorded", {"document_hash": ""}) == ""
    assert _basis(words, "ContactPermitted", {"rules": "STRICT", "grounds": None}) == "según STRICT"


def test_a_reference_that_looks_like_markup_is_text(made: Made) -> None:
    hostile: Evidence = replace(made.evidence, reference='<script>alert(1)</script>#{panic()} "&')
    text = page(hostile, tell("en", hostile), "en", "").decode()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert document(hostile, tell("en", hostile), "en", "").startswith(b"%PDF-")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_somebody_wrote_costs_the_evidence_hides_or_turns_a_line_round(made: Made, language: str) -> None:
    wrote = "😀 王小明 \x1b[31m\x00 \u202etnuoma\u2066\u200b\U000e0041 \n\t\r\ufdd0 مرحبا <b>"
    hostile = replace(made.evidence, reference=wrote)
    told = [replace(line, why=wrote, what=wrote, who=wrote) for line in tell(language, hostile)]
    assert document(hostile, told, language, "").startswith(b"%PDF-")
    text = page(hostile, told, language, "").decode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\U000e0041]", text)
    for seen in ("😀 王小明", "[U+001B][31m[U+0000]", "[U+202E]tnuoma", "مرحبا", "&lt;b&gt;"):
        assert seen in text


def test_the_readme_names_the_key_and_how_to_check(made: Made) -> None:
    for language in LANGUAGES:
        text = made.files[f"README.{language}.txt"].decode()
        assert made.key in text
        assert "python3 verify.py" in text
        assert "{" not in text


def test_the_verifier_inside_is_the_one_that_is_given_away(made: Made) -> None:
    assert made.files["verify.py"] == verifier()
    assert made.files[layout.FINGERPRINT].decode().split() == [fingerprint(made.files), layout.MANIFEST]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_words_of_english_with_the_same_places(language: str) -> None:
    places = re.compile(r"{(\w+)")
    english, other = wording("en"), wording(language)
    assert {group: set(words) for group, words in english.items()} == {g: set(words) for g, words in other.items()}
    for group, words in english.items():
        for key, text in words.items():
            assert set(places.findall(text)) == set(places.findall(other[group][key])), (group, key)
