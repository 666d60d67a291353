"""A creditor's particulars: read from a file, refused with the place of what is wrong."""

from pathlib import Path

import pytest

from application.messages import Particulars
from infra.creditors import load_creditors
from infra.settings import SettingInvalid

FILE = """
[acme]
name = "Acme S.A.S."
pay_at = "https://pay.example/{reference}"
"""


def test_a_creditor_is_known_by_its_id_and_nobody_else_has_particulars(tmp_path: Path) -> None:
    file = tmp_path / "creditors.toml"
    file.write_text(FILE)
    of = load_creditors(file)
    assert of("acme") == Particulars(creditor="Acme S.A.S.", pay_at="https://pay.example/{reference}")
    assert of("other") == Particulars() == load_creditors(None)("acme")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[acme]\nphone = "1"', "acme.phone is not a key"),
        ("[acme]\nname = 1", "acme.name must be one line"),
        ('[acme]\nname = "a\\nb"', "acme.name must be one line"),
        ("acme = 1", "acme must be a table"),
        ("[acme", "Expected"),
    ],
)
def test_a_bad_file_is_refused_and_says_where(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "creditors.toml"
    file.write_text(text)
    with pytest.raises(SettingInvalid, match=named):
        load_creditors(file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="No such file"):
        load_creditors(tmp_path / "none.toml")
