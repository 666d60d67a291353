"""What an SMSC says of a message, and what a telephone sends: deliver_sm and query_sm_resp read.

Sources: SMPP 3.4 5.2.12 (esm_class), 5.2.28 (message_state), 5.3.2.26 and appendix B (the receipt's text).
"""

import re
from datetime import datetime
from hashlib import sha256
from typing import Final

from application.reports import Inbound
from domain.case.words import Channel, ContactOutcome
from infra.channels.sms_smpp_text import decoded
from infra.channels.sms_smpp_wire import Pdu

TYPE_MASK: Final = 0b0011_1100
RECEIPTS: Final = frozenset({0b0000_0100, 0b0010_0000})  # of the end, and of something on the way
UDH: Final = 0b0100_0000
SAME_WITHIN_SECONDS: Final = 600

STATES: Final = {
    1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD",
}  # fmt: skip
OUTCOMES: Final = {
    "ENROUTE": ContactOutcome.SENT,
    "ACCEPTD": ContactOutcome.SENT,
    "DELIVRD": ContactOutcome.DELIVERED,
    "EXPIRED": ContactOutcome.FAILED,
    "DELETED": ContactOutcome.FAILED,
    "UNDELIV": ContactOutcome.FAILED,
    "REJECTD": ContactOutcome.FAILED,
}  # UNKNOWN says nothing

_ID = re.compile(rb"\bid:\s*(\S{1,64})")
_STATE = re.compile(rb"\bstat:\s*([A-Z]{4,8})")
_ERROR = re.compile(rb"\berr:\s*(\w{1,8})")


def is_receipt(pdu: Pdu) -> bool:
    """Whether a deliver_sm is about a message of ours."""
    return (pdu.number("esm_class") or 0) & TYPE_MASK in RECEIPTS


def receipt_id(pdu: Pdu) -> str:
    """Return what the SMSC calls the message that a receipt is about; "" where it does not say."""
    if named := pdu.text("receipted_message_id"):
        return named
    found = _ID.search(_content(pdu))
    return found[1].decode("ascii", "replace") if found else ""


def receipt_state(pdu: Pdu) -> tuple[ContactOutcome | None, str]:
    """Return what became of the message, None where the receipt does not say, and the SMSC's own words for it."""
    content = _content(pdu)
    written = _STATE.search(content)
    state = written[1].decode() if written else STATES.get(pdu.number("message_state") or 0, "")
    error = _ERROR.search(content)
    detail = f"{state}:{error[1].decode()}" if error and int(error[1], 36) else state
    return OUTCOMES.get(state), detail


def queried_state(pdu: Pdu) -> tuple[ContactOutcome | None, str]:
    """Return the same of an answer to query_sm."""
    state = STATES.get(pdu.number("message_state") or 0, "")
    return OUTCOMES.get(state), state


def inbound(pdu: Pdu, at: datetime) -> Inbound:
    """Return the message of a person. `at`: when it came; SMPP names no instant.

    It has no name either: the same words from the same telephone within ten minutes are one message that came again.
    """
    content = _content(pdu)
    header = content[: content[0] + 1] if content and (pdu.number("esm_class") or 0) & UDH else b""
    number = pdu.text("source_addr")
    bucket = int(at.timestamp()) // SAME_WITHIN_SECONDS
    named = sha256(b"\0".join((number.encode(), content, str(bucket).encode()))).hexdigest()[:32]
    return Inbound(
        channel=Channel.SMS,
        address=number if number.startswith("+") or not number.isdecimal() else f"+{number}",
        text=decoded(content[len(header) :], pdu.number("data_coding") or 0),
        message_id=f"smpp:{named}",
        at=at,
    )


def _content(pdu: Pdu) -> bytes:
    return pdu.octets("message_payload") or pdu.octets("short_message")
