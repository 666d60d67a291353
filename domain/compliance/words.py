"""The closed vocabulary of contact rules: the words that rule files, proposals and histories may use.

They are the words of the format `contact-rules/1`, in small letters; add, never rename.
"""

from enum import StrEnum


class Medium(StrEnum):
    """By what a person is reached."""

    CALL = "call"
    RINGLESS_VOICEMAIL = "rvm"
    SMS = "sms"
    EMAIL = "email"
    INSTANT_MESSAGE = "im"
    MAIL = "mail"
    VISIT = "visit"


class Place(StrEnum):
    """Where a person is reached."""

    HOME = "home"
    WORK = "work"


class Recipient(StrEnum):
    """Who is reached, seen from the debt."""

    DEBTOR = "debtor"
    CODEBTOR = "codebtor"
    GUARANTOR = "guarantor"
    HEIR = "heir"
    SPOUSE = "spouse"
    PARENT_OF_MINOR = "parent_of_minor"
    GUARDIAN = "guardian"
    ESTATE = "estate"
    ATTORNEY = "attorney"
    CREDITOR = "creditor"
    CREDIT_BUREAU = "credit_bureau"
    EMPLOYER = "employer"
    RELATIVE = "relative"
    REFERENCE = "reference"
    BENEFICIARY = "beneficiary"
    MINOR = "minor"
    THIRD_PARTY = "third_party"


class Purpose(StrEnum):
    """What a contact is for."""

    COLLECT = "collect"
    REPLY = "reply"
    ASK_CONSENT = "ask_consent"
    LOCATION_INFO = "location_info"
    CONFIRM_TERMINATION = "confirm_termination"
    MAY_INVOKE_REMEDY = "may_invoke_remedy"
    WILL_INVOKE_REMEDY = "will_invoke_remedy"
    CONFIRM_OPT_OUT = "confirm_optout"
    REQUIRED_BY_LAW = "required_by_law"
    SEND_VERIFICATION = "send_verification"
    SUE = "sue"
    THREATEN_SUIT = "threaten_suit"
    OPERATION_CONFIRMATION = "operation_confirmation"
    FRAUD_ALERT = "fraud_alert"
    REQUESTED_INFO = "requested_info"
    DEBTOR_REQUESTED = "debtor_requested"
    COMPLAINT_REPLY = "complaint_reply"
    COURT_PERMITTED = "court_permitted"
    STATUTORY_NOTICE = "statutory_notice"
    UNRELATED_TO_MORATORIUM_DEBT = "unrelated_to_moratorium_debt"


class Result(StrEnum):
    """What became of a contact of the past, as far as any rule asks."""

    PENDING = "pending"  # permitted, and not known yet: counts as the worst
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    REPLIED = "replied"
    BOUNCED = "bounced"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    NO_VOICEMAIL_BOX = "no_voicemail_box"
    ANSWERED = "answered"  # answered, and no conversation came of it
    CONVERSATION = "conversation"
    BUSY = "busy"
    NOT_IN_SERVICE = "not_in_service"
    WRONG_NUMBER = "wrong_number"


class Actor(StrEnum):
    """As what the one who collects acts, in the words of the rules' `actors`."""

    THIRD_PARTY_COLLECTOR = "third_party_collector"
    DEBT_BUYER = "debt_buyer"
    ORIGINAL_CREDITOR = "original_creditor"
    FINANCIAL_ENTITY = "financial_entity"
    COMMERCIAL_SUPPLIER = "commercial_supplier"
    ITS_COLLECTION_AGENCY = "its_collection_agency"


class Circumstance(StrEnum):
    """What may be known of a person or a debt that a rule asks for."""

    INCONVENIENT_TIME = "inconvenient_time"
    INCONVENIENT_PLACE = "inconvenient_place"
    MEDIUM_OPTOUT = "medium_optout"
    CEASE_NOTICE = "cease_notice"
    ATTORNEY = "attorney"
    EMPLOYER_PROHIBITS = "employer_prohibits"
    PRIOR_CONSENT = "prior_consent"
    E_CONSENT = "e_consent"
    CHANNEL_AUTHORISED = "channel_authorised"
    WRONG_NUMBER = "wrong_number"
    WRITTEN_DISPUTE = "written_dispute"
    VERIFICATION_SENT = "verification_sent"
    TIME_BARRED = "time_barred"
    HOURS_WAIVER = "hours_waiver"
    MICROCREDIT_VISIT_AUTHORISED = "microcredit_visit_authorised"
    SUED_AND_SERVED = "sued_and_served"
    INSOLVENCY_PROCEEDING = "insolvency_proceeding"
    MORATORIUM = "moratorium"
    DECEASED = "deceased"
    BANKRUPT = "bankrupt"
    MINOR = "minor"
    VULNERABLE = "vulnerable"


class RuleKind(StrEnum):
    """What kind of rule denies; a refusal's reason is made of it."""

    WINDOW = "window"
    CAP = "cap"
    SPACING = "spacing"
    COOLDOWN = "cooldown"
    GATE = "gate"
    CONSENT = "consent"
    RECIPIENT = "recipient"
    DISCLOSURE = "disclosure"
    UNKNOWN = "unknown"  # something that no rule understands: denied
