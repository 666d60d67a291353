"""Commands and events are records: frozen, slotted, named fields only. A past that changes is a bug."""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

MODULES = ("domain.case.commands", "domain.case.events", "domain.person.commands", "domain.person.events")


def modules_of(name: str) -> Iterator[str]:
    """The module itself, or where it is a package, all in it."""
    found = importlib.import_module(name)
    yield name
    for inner in pkgutil.iter_modules(getattr(found, "__path__", [])):
        yield f"{name}.{inner.name}"


def records() -> list[type]:
    found: dict[str, type] = {}
    for name in MODULES:
        for module in modules_of(name):
            for _, thing in inspect.getmembers(importlib.import_module(module), inspect.isclass):
                if thing.__module__ == module and dataclasses.is_dataclass(thing):
                    found[f"{module}.{thing.__name__}"] = thing
    return [found[name] for name in sorted(found)]


@pytest.mark.parametrize("record", records(), ids=lambda record: f"{record.__module__}.{record.__name__}")
def test_it_is_frozen_slotted_and_takes_only_named_fields(record: type) -> None:
    parameters = record.__dataclass_params__  # type: ignore[attr-defined]  # what @dataclass was given
    assert parameters.frozen
    assert "__slots__" in vars(record)
    assert all(field.kw_only for field in dataclasses.fields(record))


def test_there_are_records_to_look_at() -> None:
    assert len(records()) > 20
