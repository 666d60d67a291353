"""What a process decides under: the shipped bounds, or those of the folder that its settings name."""

from datetime import date
from pathlib import Path

import pytest

from domain.decider import Rejected
from infra.bounds import load_bounds
from infra.settings import Settings
from workers.wiring import policy_of


def test_a_process_without_a_folder_of_its_own_has_the_shipped_bounds() -> None:
    assert policy_of(Settings()).bounds == load_bounds()
    assert Settings.from_env({"ESCALERA_AGREEMENTS_DIR": "mine"}).agreements_dir == "mine"


def test_a_process_told_of_a_folder_has_its_bounds_alone(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('[[bound]]\nid = "nothing"\ndiscount_percent_max = 0\n', encoding="utf-8")
    assert [row.id for row in policy_of(Settings(agreements_dir=str(tmp_path))).bounds.rows] == ["nothing"]


def test_a_process_does_not_start_without_bounds(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="RULES_UNREADABLE"):
        policy_of(Settings(agreements_dir=str(tmp_path)))


def test_laws_of_ones_own_stand_beside_those_shipped_and_fee_caps_come_from_the_contact_rules(
    tmp_path: Path,
) -> None:
    (tmp_path / "fr.toml").write_text('[law]\nid = "fr.money"\njurisdiction = "FR"\n', encoding="utf-8")
    found = policy_of(Settings.from_env({"ESCALERA_LAWS_DIR": str(tmp_path)}))
    on = date(2026, 1, 1)
    assert [found.laws.of_place(place, on).id for place in ("FR", "ES")] == ["fr.money", "es.money"]
    assert {rule.fee_cap for pack in found.laws.packs for rule in pack.fees} <= set(found.fee_caps)
