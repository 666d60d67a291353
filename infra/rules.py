"""The rules on contacts and on records that a process knows: those shipped, and those of one's own on top.

Every text ever shipped stays in the folder, for permits in the log name it by its hash: a change is a new file with the
next version.
"""

from collections.abc import Mapping
from pathlib import Path

from domain.compliance.book import RuleBook
from domain.compliance.read import read_rules
from domain.compliance.rules import RuleSet
from domain.decider import Rejected
from infra.rule_folder import texts_in

SHIPPED = Path(__file__).resolve().parent.parent / "rules"
RECORDS = SHIPPED / "records"  # how long what is known is kept, and by what right


def load_rules(*folders: Path) -> RuleBook:
    """Return the shipped rule sets and those in the `*.toml` files of `folders`.

    What is shipped stands: a set of one's own comes on top and can only forbid more, so another text under a shipped
    set's id, be it with a higher version, raises `Rejected` RULES_SHIPPED. RULES_UNREADABLE and RULES_INVALID name file
    and field.
    """
    shipped = [*_read(SHIPPED), *_read(RECORDS)]
    ids = {rules.id for rules in shipped}
    texts = {rules.content_hash for rules in shipped}
    own = [rules for folder in folders for rules in _read(folder)]
    for rules in own:
        if rules.id in ids and rules.content_hash not in texts:
            raise Rejected(
                "RULES_SHIPPED",
                f"{rules.file}: {rules.id} is shipped, and changes with a release",
                field="id",
                accepted="an id of your own, on top of it",
            )
    return RuleBook([*shipped, *own])


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


def _read(folder: Path) -> list[RuleSet]:
    return [rules for name, text in texts_in(folder, setting="rules_dir") for rules in read_rules(text, name)]


_READINGS = "co.ley2300.direct_contact=two_way, once each"
