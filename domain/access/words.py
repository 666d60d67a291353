"""The vocabulary of access rules."""

from enum import StrEnum


class Role(StrEnum):
    """In what capacity somebody calls; the first half of "role:id"."""

    BACK_OFFICE = "back-office"  # opens cases, takes money in, keeps records right
    COLLECTOR = "collector"  # talks to debtors and agrees with them
    SUPERVISOR = "supervisor"  # approves what others ask, stops and moves cases
    LEGAL = "legal"  # a lawyer of the house; claims that go to court
    AUDITOR = "auditor"  # reads everything, changes nothing
    ADMIN = "admin"  # runs the installation; no business of its own
    DEBTOR = "debtor"  # somebody bound to a case, by a portal
    AGENCY = "agency"  # whom a case was handed to: an agency or a lawyer
    SYSTEM = "system"  # a program: of ours, or of the creditor's


class Reach(StrEnum):
    """How far a role's permission goes."""

    PORTFOLIO = "portfolio"  # cases of the caller's portfolios, and the persons bound to them
    OWN = "own"  # the caller's own cases and own record
    PLACED = "placed"  # cases that are placed with the caller's partner


class Scope(StrEnum):
    """What of a request must be within the caller's reach."""

    NONE = "none"  # nothing: it concerns nobody
    NAMED = "named"  # every case and person that it names; where it names none, everything
    NEW_CASE = "new-case"  # the portfolio that it names; persons that nobody knows yet will do
    NEW_OBLIGOR = "new-obligor"  # as `named`, but a person that nobody knows yet will do
    WHOLE_PERSON = "whole-person"  # as `named`, and every case that the person is bound to: what is told is all of them
    NEW_PERSON = "new-person"  # the person, or one that nobody knows yet
    BULK = "bulk"  # each item by itself, as `new-case`, and each command of its history by that command's rule
    ENTRY = "entry"  # as `named`, with every case that the bank entry may pay or paid; where it has none, everything
    PORTFOLIOS = "portfolios"  # the portfolios that it names; where it names none, it is answered for the caller's
    EVERYTHING = "everything"  # all portfolios
