"""Which limitation rules of a law pack are about a debt."""

from domain.ledger.law import LawPack, LimitationRule

GENERAL = "GENERAL"


def rules_for(pack: LawPack, instrument: str) -> tuple[LimitationRule, ...]:
    """Return the rules for an instrument; those for claims in general where the pack has none of its own for it.

    Whether the claim behind a promissory note or a cheque can still be brought once the note's own action is barred,
    no pack says: only the instrument's own rules are told.
    """
    named = instrument.strip().upper()
    own = tuple(rule for rule in pack.limitations if rule.instrument == named)
    return own or tuple(rule for rule in pack.limitations if rule.instrument == GENERAL)
