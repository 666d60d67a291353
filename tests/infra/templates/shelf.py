"""The shipped catalogue, loaded once, and folders of one's own to put on top of it."""

from pathlib import Path

from domain.compliance.rules import RuleSet
from domain.ladder.strategy import Strategy
from infra.rules import load_rules
from infra.strategies import load_strategies
from infra.templates import TemplateCatalogue, load_catalogue
from infra.templates.check import Problem, laws_of, problems
from infra.templates.shelf import SHIPPED

CATALOGUE = load_catalogue()
STRATEGIES: tuple[Strategy, ...] = load_strategies().all()
RULE_SETS: tuple[RuleSet, ...] = load_rules().rule_sets


def rewritten(folder: Path, file: str, old: str, new: str) -> TemplateCatalogue:
    """Return the catalogue with one shipped file changed, from a folder of one's own."""
    text = (SHIPPED / file).read_text(encoding="utf-8")
    assert old in text, f"{file} does not say {old!r}"
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    return load_catalogue(folder)


def found_in(catalogue: TemplateCatalogue, *names: str) -> tuple[Problem, ...]:
    """Return what the check finds in templates (in all, where none is named), with the shipped strategies and rules."""
    return problems(catalogue, STRATEGIES, laws_of(RULE_SETS), names=names or None)
