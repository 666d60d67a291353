"""The closed vocabulary of rule files, beside the words that proposals share (`words.py`). Add, never rename."""

from collections.abc import Mapping
from enum import StrEnum


class Confidence(StrEnum):
    """How sure a rule is."""

    TEXT = "text"  # read in the official text, or a copy of it
    REPORTED = "reported"  # read where somebody quotes or tells it
    MEMORY = "memory"  # nobody has looked it up yet
    INTERPRETATION = "interpretation"  # the text does not decide; this is the strict way to read it


class About(StrEnum):
    """What a rule set is asked about."""

    CONTACTS = "contacts"  # whether and how somebody may be contacted
    RECORDS = "records"  # how long what is known is kept, and by what right; no contact is judged by it


class CountKind(StrEnum):
    """Which of the contacts that we made count towards a limit."""

    ATTEMPT = "attempt"  # each, whatever became of it
    CONNECTED = "connected"  # not those that got no line: busy, not in service (12 CFR 1006.14(b)(3)(ii))
    REACHABLE = "reachable"  # nor those where no message could be left (940 CMR 7.04(1)(f))
    DIRECT_CONTACT = "direct_contact"  # as the reading of that name says (Ley 2300/2023 art. 3)


class Per(StrEnum):
    """Contacts that agree in these are counted together."""

    DEBTOR = "debtor"  # every contact about the person's debts, whoever was reached
    DEBT = "debt"
    RECIPIENT = "recipient"
    CHANNEL = "channel"


class Lift(StrEnum):
    """What sets a rule aside: for a proposal, and, in caps, for the contacts that are counted."""

    REPLY_ONCE = "reply_once"  # the one answer, by the same medium, to a contact that the person began
    SAME_SESSION = "same_session"  # goes on with such a contact
    PRIOR_CONSENT_7D = "prior_consent_7d"  # given to us, at most seven days long, the day it was given being the first
    MISDIRECTED = "misdirected"  # went to an address that is known to be somebody else's
    TO_ATTORNEY = "to_attorney"  # to the person's attorney, the creditor or a credit bureau


class Match(StrEnum):
    """In what a circumstance and a proposal must agree for a gate to close."""

    MEDIUM = "medium"  # and in the address, where the circumstance names one
    PLACE = "place"
    ADDRESS = "address"


class Waiver(StrEnum):
    """How a person may widen the hours of a window."""

    LATER_WRITTEN_REQUEST = "later_written_request"  # in an instrument apart from the contract, and after it


class CooldownAfter(StrEnum):
    """After what a cooldown begins."""

    CONVERSATION = "conversation"


class DisclosureStage(StrEnum):
    """In which communications something must be disclosed."""

    ANY = "any"
    INITIAL = "initial"
    LATER = "later"


class Content(StrEnum):
    """What a contact says, or how it looks, as far as a rule asks."""

    OPT_OUT_NOTICE = "opt_out_notice"
    LOOKS_JUDICIAL = "looks_judicial"
    ASKS_REASON_FOR_DEFAULT = "asks_reason_for_default"
    CALLER_ID_HIDDEN = "caller_id_hidden"
    DEBT_COLLECTOR_IDENTITY = "debt_collector_identity"
    ATTEMPT_TO_COLLECT = "attempt_to_collect"
    INFORMATION_USE = "information_use"
    VALIDATION_NOTICE = "validation_notice"
    CREDITOR = "creditor"
    CONTRACT = "contract"
    AMOUNT = "amount"
    INTEREST = "interest"
    COSTS = "costs"
    HOW_TO_PAY = "how_to_pay"
    RIGHTS = "rights"
    CONTACT = "contact"
    MENTIONS_UNSTARTED_SUIT = "mentions_unstarted_suit"
    MENTIONS_DEBTOR_REGISTRY = "mentions_debtor_registry"
    NAMES_DEBT_TO_OTHERS = "names_debt_to_others"
    THREATENS = "threatens"
    RIDICULES = "ridicules"


class Reading(StrEnum):
    """What a text leaves open, and a setting may decide."""

    DIRECT_CONTACT = "direct_contact"
    WEEK = "week"
    GAP = "gap"
    BOOKS = "books"


READINGS: Mapping[Reading, tuple[str, ...]] = {  # the strict one first: it holds where nothing is said
    Reading.DIRECT_CONTACT: ("attempt", "two_way"),  # any attempt is contact; or only what goes both ways
    Reading.WEEK: ("rolling", "calendar"),  # any seven days in a row; or Monday to Sunday
    Reading.GAP: ("full_days", "elapsed"),  # whole days lie between; or so many times 24 hours
    Reading.BOOKS: ("here", "elsewhere"),  # cases are among the merchant's books and letters; or these are elsewhere
}
