"""The shelf of strategies: shipped ones, one's own, and several versions side by side."""

from pathlib import Path

import pytest

from domain.case.words import StrategyPin
from domain.decider import Rejected
from infra.strategies import SHIPPED, load_strategies

CONSUMER = (SHIPPED / "consumer.toml").read_text(encoding="utf-8")


def test_what_we_ship_is_on_the_shelf() -> None:
    found = [(one.name, one.version) for one in load_strategies().all()]
    assert found == [("business", 1), ("consumer", 1), ("consumer", 2)]


def test_versions_live_side_by_side_and_a_pin_keeps_its_own(tmp_path: Path) -> None:
    (tmp_path / "any-name.toml").write_text(CONSUMER.replace("version = 1", "version = 3"), encoding="utf-8")
    shelf = load_strategies(tmp_path)
    assert shelf.latest("consumer").version == 3
    first = shelf.get(StrategyPin(name="consumer", version=1))
    assert first == load_strategies().get(StrategyPin(name="consumer", version=1))
    assert len(first.content_hash) == 64


def test_the_same_text_twice_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "copy.toml").write_text(CONSUMER, encoding="utf-8")
    assert len(load_strategies(tmp_path).all()) == len(load_strategies().all())


def test_another_text_under_a_version_that_cases_may_be_pinned_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(CONSUMER.replace("offset_days = 7", "offset_days = 8"), encoding="utf-8")
    with pytest.raises(Rejected) as refused:
        load_strategies(tmp_path)
    assert (refused.value.reason, refused.value.accepted) == ("STRATEGY_VERSION_TAKEN", "3")


@pytest.mark.parametrize("pin", [StrategyPin(name="consumer", version=9), StrategyPin(name="mine", version=1)])
def test_an_unknown_pin_is_refused_with_what_there_is(pin: StrategyPin) -> None:
    with pytest.raises(Rejected) as refused:
        load_strategies().get(pin)
    assert (refused.value.reason, refused.value.accepted) == ("STRATEGY_UNKNOWN", "business 1, consumer 1, consumer 2")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(Rejected, match="STRATEGY_UNKNOWN"):
        load_strategies().latest("mine")


def test_a_fault_is_told_with_the_file_it_is_in(tmp_path: Path) -> None:
    broken = CONSUMER.replace('template = "reminder"', "").replace("version = 1", "version = 3")
    (tmp_path / "mine.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(Rejected) as refused:
        load_strategies(tmp_path)
    assert refused.value.field == "mine.toml: PRE_DUE/reminder/template"


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Rejected, match="not UTF-8"):
        load_strategies(tmp_path)
