"""The access rules that a process goes by: those shipped, or a text of one's own in their place."""

from pathlib import Path

from domain.access import AccessRules
from domain.access.read import read_access_rules
from domain.decider import Rejected

SHIPPED = Path(__file__).resolve().parents[2] / "access" / "rules.toml"


def load_access_rules(file: Path = SHIPPED) -> AccessRules:
    """Return the rules; raise `Rejected` RULES_UNREADABLE or RULES_INVALID with file, line and field."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        detail = f"{file.name} cannot be read: {type(error).__name__}"
        raise Rejected("RULES_UNREADABLE", detail, field=file.name, accepted="a text in UTF-8") from error
    return read_access_rules(text, file.name)
