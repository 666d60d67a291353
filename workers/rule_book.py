"""The contact rules of every process: those shipped, and those of the house, read as the settings say."""

from pathlib import Path

from domain.compliance.book import RuleBook
from infra.rules import load_rules, readings_of
from infra.settings import Settings


def rules_of(settings: Settings) -> RuleBook:
    """Return the contact rules, read as the settings say; every process must be told of the same ones."""
    own = (Path(settings.rules_dir),) if settings.rules_dir else ()
    return load_rules(*own).with_readings(readings_of(settings.readings))
