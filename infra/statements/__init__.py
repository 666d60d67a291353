"""Statements for debtors, set as PDF."""

from infra.statements.page import StatementPages

__all__ = ["StatementPages"]
