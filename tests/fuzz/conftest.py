"""A door for each test."""

from tests.api.conftest import door as door
