"""Our top-level packages are ours: nothing installed goes by the same name, or one would hide the other."""

import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_no_installed_distribution_owns_one_of_our_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    ours = {*project["tool"]["setuptools"]["packages"], "benchmarks", "tests", "tools"}
    owners = metadata.packages_distributions()
    assert {name: owners[name] for name in ours if name in owners} == {}


def test_the_package_list_is_what_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = set(project["tool"]["setuptools"]["packages"])
    assert {name for name in listed if not (ROOT / name / "__init__.py").exists()} == set()
    assert set(project["tool"]["importlinter"]["root_packages"]) == listed


def test_the_development_lock_holds_the_other_one() -> None:
    def pins(name: str) -> set[str]:
        return {line.split(" ")[0] for line in (ROOT / name).read_text().splitlines() if "==" in line}

    assert pins("requirements.lock") <= pins("requirements-dev.lock")
