"""Who may do what: roles, rules as data, and one decision that says yes or no. What has no rule is refused."""

from domain.access.decide import Allowed, Denied, Why, claimed, may
from domain.access.principal import Principal, Way
from domain.access.rules import AccessRules, Rule
from domain.access.subject import EVERYTHING, CaseSubject, Everything, PersonSubject, PortfolioSubject, Subject
from domain.access.words import Reach, Role, Scope

__all__ = [
    "EVERYTHING",
    "AccessRules",
    "Allowed",
    "CaseSubject",
    "Denied",
    "Everything",
    "PersonSubject",
    "PortfolioSubject",
    "Principal",
    "Reach",
    "Role",
    "Rule",
    "Scope",
    "Subject",
    "Way",
    "Why",
    "claimed",
    "may",
]
