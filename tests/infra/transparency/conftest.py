"""The sealed log of `sealing` for every test here."""

from tests.infra.transparency.sealing import sealing

__all__ = ["sealing"]
