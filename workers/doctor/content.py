"""Whether rules, laws, strategies, templates and particulars can be read, and how long what they say holds."""

import zoneinfo
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Final

from application.diagnosis import Finding, doubtful, wrong
from domain.compliance.book import RuleBook
from domain.compliance.proposal import Scope
from domain.decider import Rejected
from infra.bounds import load_bounds
from infra.channels.letter_head import load_letterheads
from infra.creditors import load_creditors
from infra.holidays_calendar import calendar_for
from infra.laws import load_laws, own_tables
from infra.settings import SettingInvalid, Settings
from infra.strategies import load_strategies
from infra.templates import insist, load_catalogue
from workers.doctor.rates import rates_that_end
from workers.doctor.scene import Scene
from workers.rule_book import rules_of

SOON: Final = timedelta(days=30)
TIME_ZONES_OLD: Final = timedelta(days=550)
COUNTRIES: Final = ("AR", "BR", "CL", "CO", "EC", "ES", "MX", "PE", "US", "UY")


async def look(scene: Scene) -> list[Finding]:
    """Read everything as a process would when it starts."""
    today = datetime.now(UTC).date()
    findings = list(_unreadable(scene))
    if not any(finding.values["part"] == "laws" for finding in findings):
        own = (Path(scene.settings.laws_dir),) if scene.settings.laws_dir else ()
        findings += rates_that_end(load_laws(*own), today, scene.owing, own_tables(*own))
    if not any(finding.values["part"] == "rules" for finding in findings if "part" in finding.values):
        findings += _rules_that_end(scene.settings, today)
        findings += retention_unknown(rules_of(scene.settings), today, scene.countries or ())
    return [*findings, *holidays_missing(scene.countries or COUNTRIES, today.year + 1), *time_zones(today)]


def _unreadable(scene: Scene) -> Iterator[Finding]:
    settings = scene.settings

    def folder(setting: str) -> tuple[Path, ...]:
        named = str(getattr(settings, setting))
        return (Path(named),) if named else ()

    def words() -> None:
        strategies = load_strategies(*folder("strategies_dir"))
        catalogue = load_catalogue(*folder("templates_dir"))
        insist(catalogue, strategies.all(), rules_of(settings).rule_sets)

    parts: tuple[tuple[str, Callable[[], object]], ...] = (
        ("rules", lambda: rules_of(settings)),
        ("laws", lambda: load_laws(*folder("laws_dir"))),
        ("strategies", lambda: load_strategies(*folder("strategies_dir"))),
        ("templates", lambda: load_catalogue(*folder("templates_dir"))),
        *([] if scene.offline and not _has_own_words(settings) else [("words of every step", words)]),
        ("agreements", lambda: load_bounds(*folder("agreements_dir"))),
        ("creditors", lambda: load_creditors(*(folder("creditors_file") or (None,)))),
        ("letterheads", lambda: load_letterheads(*(folder("letterheads_file") or (None,)))),
    )
    for part, read in parts:
        try:
            read()
        except Rejected as refused:
            yield wrong("CONTENT_INVALID", part=part, reason=refused.reason, detail=refused.detail)
        except (SettingInvalid, OSError) as error:
            yield wrong("CONTENT_INVALID", part=part, reason=type(error).__name__, detail=error)


def _has_own_words(settings: Settings) -> bool:
    """Whether anything stands beside what is shipped, whose every step was said in every language before a release."""
    return bool(settings.strategies_dir or settings.templates_dir or settings.rules_dir or settings.readings)


def _rules_that_end(settings: Settings, today: date) -> Iterator[Finding]:
    rule_sets = rules_of(settings).rule_sets
    for rules in rule_sets:
        last = rules.effective_until
        follows = any(
            each.id == rules.id and (each.effective_until or date.max) > (last or date.max) for each in rule_sets
        )
        if last is not None and last < today + SOON and not follows:
            yield wrong("RULES_END", rules=f"{rules.id} {rules.version}", last=last)


def retention_unknown(rules: RuleBook, today: date, countries: tuple[str, ...]) -> Iterator[Finding]:
    """Yield countries of which no rule set says how long records are kept: there nothing puts forgetting off."""
    for country in countries:
        scope = Scope(jurisdictions=frozenset((country,)))
        if not any(found.retention for found in rules.on_records(scope, today)):
            yield doubtful("RETENTION_UNKNOWN", country=country)


def holidays_missing(countries: tuple[str, ...], year: int) -> Iterator[Finding]:
    """Yield countries of which no holidays are known in a year."""
    for country in countries:
        if not calendar_for(country).holidays.get(year):
            yield doubtful("HOLIDAYS_MISSING", country=country, year=year)


def time_zones(today: date) -> Iterator[Finding]:
    """Yield what is wrong with the time zone data that Python uses."""
    version = time_zone_version()
    if not version:
        yield wrong("TIME_ZONES_MISSING")
        return
    released = date(int(version[:4]), 1, 1)  # "2026f": the letter counts within the year
    if today - released > TIME_ZONES_OLD:
        yield doubtful("TIME_ZONES_OLD", version=version)


def time_zone_version() -> str:
    """Return the release of the time zone data that Python uses: the machine's, else that of the package; "": none."""
    for place in zoneinfo.TZPATH:
        data = Path(place, "tzdata.zi")
        if data.exists():
            with data.open(encoding="utf-8") as lines:
                first = lines.readline().split()
            return first[-1] if first[:2] == ["#", "version"] else ""
        if Path(place, "UTC").exists():
            return ""
    try:
        version = metadata.version("tzdata")  # 2026.6: the sixth release of the year
    except metadata.PackageNotFoundError:
        return ""
    year, _, number = version.partition(".")
    return f"{year}{chr(ord('a') + int(number) - 1)}"
