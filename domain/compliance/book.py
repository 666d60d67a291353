"""All rule sets that there are, of every version: which of them apply, and which one a stamp in the log means."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Final

from domain.compliance.proposal import Scope
from domain.compliance.rule_words import About
from domain.compliance.rules import EVERYWHERE, FeeCap, RuleSet
from domain.decider import Rejected

STAMPS_KEPT: Final = 1_024  # sets as some stamp reads them; a house has a handful


class RuleBook:
    """An immutable collection of rule sets.

    A set is known by its id, its version and its text. One version has one text: a second text raises `Rejected`
    RULES_INVALID, and so does a set that `extends` one that is not here.
    """

    def __init__(self, rule_sets: Iterable[RuleSet]) -> None:
        versions: dict[str, dict[int, RuleSet]] = defaultdict(dict)
        for rules in rule_sets:
            there = versions[rules.id].setdefault(rules.version, rules)
            if there.content_hash != rules.content_hash:
                raise Rejected(
                    "RULES_INVALID",
                    f"{rules.file}: {rules.id} version {rules.version} stands in {there.file} too, in other words",
                    field="version",
                    accepted="a version of its own for every text",
                )
        # the highest version first
        self._versions = {each: sorted(found.values(), key=_newest) for each, found in sorted(versions.items())}
        for rules in self.rule_sets:
            if rules.extends and rules.extends not in self._versions:
                raise Rejected(
                    "RULES_INVALID",
                    f"{rules.file}: {rules.id} extends {rules.extends!r}, which is not there",
                    field="extends",
                    accepted=", ".join(self._versions),
                )
        self._order = {each: place for place, each in enumerate(self._parents_first())}
        self._by_text = {_text_stamp(rules): rules for rules in self.rule_sets}
        # What was found out about a set is kept with it, so that the same stamp must give the same set again.
        self._read = lru_cache(maxsize=STAMPS_KEPT)(self._read_as_stamped)

    @property
    def rule_sets(self) -> tuple[RuleSet, ...]:
        """Every set in every version, sorted by id, the newest first."""
        return tuple(rules for found in self._versions.values() for rules in found)

    def applicable(self, scope: Scope, on: date) -> tuple[RuleSet, ...]:
        """Return the sets by which contacts are judged on a local day, each in the highest version then in force,
        parents first.

        A set applies where its jurisdiction is one of the scope's or contains one of them ("US-NY-NYC" lies in "US-NY"
        and in "US"), or is `EVERYWHERE`; if its actors fit those of the scope, or either does not say; and if its
        creditors do. That one set `extends` another means that it stands on top of it: the other is judged by its own
        conditions. (A creditor who collects in its own name is not bound by Regulation F, and yet by New York City's
        rules, which stand on top of it.)
        """
        return tuple(rules for rules in self._fitting(scope, on) if rules.about is About.CONTACTS)

    def on_records(self, scope: Scope, on: date) -> tuple[RuleSet, ...]:
        """Return the sets that say on a local day how long records are kept, or by what right; in the same order.

        These are sets about records, and those about contacts that say so as well. A set of a union holds in its
        `members` too.
        """
        return tuple(rules for rules in self._fitting(scope, on) if rules.retention or rules.claim)

    def _fitting(self, scope: Scope, on: date) -> list[RuleSet]:
        within = frozenset(_enclosing(scope.jurisdictions)) | {EVERYWHERE}
        found = (self.current(each, on) for each in self._versions)
        return sorted(
            (rules for rules in found if rules is not None and _fits(rules, scope, within)),
            key=lambda rules: self._order[rules.id],
        )

    @property
    def fee_caps(self) -> Mapping[str, FeeCap]:
        """Return what collecting may cost, by the id of the cap, as the highest version of its set says."""
        by_version = sorted(self.rule_sets, key=lambda rules: rules.version)
        return {cap.id: cap for rules in by_version for cap in rules.fee_caps}

    def current(self, set_id: str, on: date) -> RuleSet | None:
        """Return the highest version of a set that is in force on a day; None if none is. Raise RULES_NOT_FOUND."""
        return next((rules for rules in self._all(set_id) if rules.in_force(on)), None)

    def with_parents(self, set_id: str) -> tuple[RuleSet, ...]:
        """Return every version of a set and of those that it stands on, parents first. Raise RULES_NOT_FOUND."""
        chain, wanted = list[RuleSet](), [set_id]
        seen = set[str]()
        while wanted:
            each = wanted.pop()
            if each in seen:
                continue
            seen.add(each)
            chain.extend(self._all(each))
            wanted.extend(rules.extends for rules in self._all(each) if rules.extends)
        return tuple(sorted(chain, key=lambda rules: self._order[rules.id]))

    def by_stamp(self, stamp: str) -> RuleSet:
        """Return the set that a stamp means, in whatever version, read as the stamp says; raise RULES_NOT_FOUND."""
        return self._read(stamp)

    def with_readings(self, readings: Mapping[str, Mapping[str, str]]) -> "RuleBook":
        """Return the same book with some sets read otherwise: {"co.ley2300": {"week": "calendar"}}.

        Raise `Rejected` RULES_NOT_FOUND for a set that is not here, READING_UNKNOWN for what cannot be decided.
        """
        for each in readings:
            self._all(each)
        return RuleBook(rules.read_as(readings.get(rules.id, {})) for rules in self.rule_sets)

    def _read_as_stamped(self, stamp: str) -> RuleSet:
        text, _, readings = stamp.partition("(")
        found = self._by_text.get(text)
        if found is None:
            raise Rejected(
                "RULES_NOT_FOUND", f"no rule set with the stamp {text}", field="rule_sets", accepted="a text we have"
            )
        words = (pair.partition("=") for pair in readings.rstrip(")").split(",") if pair)
        return replace(found, readings=found.readings_in_text).read_as({name: word for name, _, word in words})

    def _all(self, set_id: str) -> list[RuleSet]:
        found = self._versions.get(set_id)
        if found is None:
            raise Rejected(
                "RULES_NOT_FOUND", f"no rule set {set_id!r}", field="rule_set", accepted=", ".join(self._versions)
            )
        return found

    def _parents_first(self) -> list[str]:
        """Return the ids in an order in which every set comes after those it stands on, else by id."""
        ordered: list[str] = []

        def place(each: str, above: tuple[str, ...]) -> None:
            if each in above:
                raise Rejected("RULES_INVALID", f"{each} extends itself", field="extends", accepted="no circle")
            if each not in ordered:
                for rules in self._versions[each]:
                    if rules.extends:
                        place(rules.extends, (*above, each))
                ordered.append(each)

        for each in self._versions:
            place(each, ())
        return ordered


def _newest(rules: RuleSet) -> int:
    return -rules.version


def _text_stamp(rules: RuleSet) -> str:
    return rules.stamp.partition("(")[0]


def _enclosing(jurisdictions: Iterable[str]) -> Iterable[str]:
    """Return the jurisdictions with all that contain them: "US-NY-NYC", "US-NY", "US"."""
    for each in jurisdictions:
        parts = each.split("-")
        for count in range(1, len(parts) + 1):
            yield "-".join(parts[:count])


def _fits(rules: RuleSet, scope: Scope, within: frozenset[str]) -> bool:
    return (
        (rules.jurisdiction in within or not within.isdisjoint(rules.members))
        and (not rules.actors or not scope.actors or bool(rules.actors & scope.actors))
        and (not rules.creditors or scope.creditor_id in rules.creditors)
    )
