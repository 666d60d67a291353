"""One `escalera up` for the tests that leave it as it was: each opens cases of its own."""

from collections.abc import Iterator

import pytest

from tests.e2e.running import Up, running

pytest.register_assert_rewrite("tests.e2e.checks", "tests.e2e.clients")  # their failures say what they saw too


@pytest.fixture(scope="session")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A running engine whose business clock is real time."""
    with running(tmp_path_factory.mktemp("up") / "data") as started:
        yield started
