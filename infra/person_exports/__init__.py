"""Exports of everything about a person: JSON for machines, PDF for people."""

from infra.person_exports.writer import PersonExports

__all__ = ["PersonExports"]
