"""The contact rules that a process knows: those shipped, and those of folders of one's own on top.

Every text ever shipped stays in the folder, for permits in the log name it by its hash: a change is a new file with the
next version.
"""

from collections.abc import Mapping
from pathlib import Path

from domain.compliance.book import RuleBook
from domain.compliance.read import read_rules
from domain.compliance.rules import RuleSet
from domain.decider import Rejected

SHIPPED = Path(__file__).resolve().parent.parent / "rules"


def load_rules(*folders: Path) -> RuleBook:
    """Return the shipped rule sets and those in the `*.toml` files of `folders`.

    Raises `Rejected` RULES_UNREADABLE or RULES_INVALID with file and field; RULES_INVALID too where a version of a set
    stands in two texts, or one folder is not there.
    """
    rule_sets: list[RuleSet] = []
    for folder in (SHIPPED, *folders):
        if not folder.is_dir():
            raise Rejected("RULES_UNREADABLE", f"no folder {folder.name!r}", field="rules_dir", accepted="a folder")
        for file in sorted(folder.glob("*.toml")):
            try:
                text = file.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise Rejected(
                    "RULES_UNREADABLE", f"{file.name} is not UTF-8", field=file.name, accepted="UTF-8"
                ) from error
            rule_sets.extend(read_rules(text, file.name))
    return RuleBook(rule_sets)


def readings_of(text: str) -> Mapping[str, Mapping[str, str]]:
    """Return the readings of "co.ley2300.week=calendar, cl.ley19496.gap=elapsed", by rule set and name.

    Raises `Rejected` READINGS_INVALID. Whether there is such a rule set and reading, `RuleBook.with_readings` says.
    """
    readings: dict[str, dict[str, str]] = {}
    for each in filter(None, (part.strip() for part in text.split(","))):
        name, _, word = (part.strip() for part in each.partition("="))
        rule_set, _, reading = name.rpartition(".")
        if not (rule_set and reading and word) or reading in readings.get(rule_set, {}):
            raise Rejected(
                "READINGS_INVALID", f"{each!r} does not say how to read what", field="readings", accepted=_READINGS
            )
        readings.setdefault(rule_set, {})[reading] = word
    return readings


_READINGS = "co.ley2300.direct_contact=two_way, once each"
