"""The story of `story` and its bundle, once for a module: nobody changes them."""

from pathlib import Path

import pytest

from tests.infra.evidence.bundles import Made, made_once


@pytest.fixture(scope="module")
def made(migrated_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made_once(migrated_dsn, Path(tmp_path_factory.mktemp("evidence")))
