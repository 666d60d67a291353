"""The closed vocabulary of forgetting a person. Values are a wire format: add, never rename."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

NO_LAW = "the creditor's claim is open"  # what an open claim cites where no rule set names a law


class ErasureReason(StrEnum):
    """Why a person is to be forgotten (GDPR art. 17(1); Ley 1581/2012 art. 8 e)."""

    ASKED = "ASKED"  # the person, or whoever acts for them, asks for it
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"
    PURPOSE_ENDED = "PURPOSE_ENDED"  # nobody needs the data any more
    UNLAWFUL = "UNLAWFUL"  # it should never have been kept
    ORDERED = "ORDERED"  # by a court or an authority


class BlockKind(StrEnum):
    """What stands against forgetting somebody."""

    CASE_OPEN = "CASE_OPEN"  # the claim is not settled, by the law of its place where one is known
    RETENTION = "RETENTION"  # a law says how long records are kept
    LEGAL_HOLD = "LEGAL_HOLD"  # evidence must not be lost


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureBlock:
    """One thing that stands against forgetting somebody, by what right, and for how long."""

    kind: BlockKind
    cite: str  # the law, the authority, or who ordered it; `NO_LAW` where none is known
    until: date | None = None  # the last local day on which it stands; None: nobody can say yet
    case_id: UUID | None = None  # None: it is about the person
    source: str = ""  # rule set and what it keeps ("us.regf@1f2e...:contacts", "...:claim"), several; or the hold's id
    reason: str = ""  # a hold's, in its own word
