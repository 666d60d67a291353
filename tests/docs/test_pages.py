"""What the pages point at is there: files, headings and tests."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s#]+)\)")
NAMED_TEST = re.compile(r"`(test_\w+)`")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = FENCED.sub("", page.read_text())
    lost = [target for target in LINK.findall(text) if not target.startswith("http") and not leads(page, target)]
    assert lost == []


def test_every_test_that_a_page_names_is_there() -> None:
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    defined = set(re.findall(r"def (test_\w+)\(", tests))
    named = {name: page.name for page in PAGES for name in NAMED_TEST.findall(page.read_text())}
    assert named
    assert {name: page for name, page in named.items() if name not in defined} == {}


def test_every_page_is_reached_from_the_index_and_every_decision_under_its_title() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / target).resolve(): title for title, target in NAMED_LINK.findall(index.read_text())}
    pages = [page for page in (ROOT / "docs").rglob("*.md") if page != index]
    assert [str(page.relative_to(ROOT)) for page in pages if page not in linked] == []
    decisions = [page for page in pages if page.parent.name == "adr"]
    titles = {page.name: re.sub(r"^# \d+\. ", "", page.read_text().splitlines()[0]) for page in decisions}
    assert {page.name: linked[page] for page in decisions} == titles


def leads(page: Path, target: str) -> bool:
    path, _, heading = target.partition("#")
    there = (page.parent / path) if path else page
    return there.exists() and (not heading or heading in headings(there))


def headings(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
