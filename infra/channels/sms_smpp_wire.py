"""SMPP 3.4 on the wire, through smpplib's reading and writing of PDUs.

Only its codec is used: its client blocks, knows no IPv6 and checks no certificate's name.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from smpplib import consts, smpp
from smpplib.command_codes import get_command_code, get_command_name
from smpplib.exceptions import UnknownCommandError

HEADER: Final = struct.Struct(">LLLL")  # length, command, status, sequence
LENGTH_MAX: Final = 70_000  # octets; the longest message_payload is 65,535
RESPONSE: Final = 0x8000_0000

OK: Final = consts.SMPP_ESME_ROK
LATER: Final = consts.SMPP_ESME_RX_T_APPN  # what we say when a message could not be kept now
NEVER: Final = consts.SMPP_ESME_RX_P_APPN


class Unreadable(Exception):
    """What came is no PDU; the stream cannot be trusted any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdu:
    """One PDU. `fields` by their names in SMPP 3.4, absent ones None; empty where the body could not be read."""

    command: str
    status: int
    sequence: int
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)  # texts and numbers: personal
    is_readable: bool = True

    @property
    def is_response(self) -> bool:
        return self.command.endswith("_resp") or self.command == "generic_nack"

    def text(self, name: str) -> str:
        """Return a field of characters; "" where it is absent."""
        value = self.fields.get(name)
        return value.decode("ascii", "replace") if isinstance(value, bytes) else ""

    def number(self, name: str) -> int | None:
        """Return a field of digits; None where it is absent."""
        value = self.fields.get(name)
        return value if isinstance(value, int) else None

    def octets(self, name: str) -> bytes:
        """Return a field of octets; b"" where it is absent."""
        value = self.fields.get(name)
        return value if isinstance(value, bytes) else b""


def encode(command: str, *, sequence: int, status: int = OK, **fields: object) -> bytes:
    """Return a PDU's octets."""
    pdu = smpp.make_pdu(command, client=None, sequence=sequence, status=status, **fields)
    pdu.sequence, pdu.status = sequence, status
    octets: bytes = pdu.generate()
    return octets


def body_length(header: bytes) -> int:
    """Return how many octets follow a header; raise `Unreadable`."""
    length: int = HEADER.unpack(header)[0]
    if not HEADER.size <= length <= LENGTH_MAX:
        raise Unreadable
    return length - HEADER.size


def decode(header: bytes, body: bytes) -> Pdu:
    """Read a PDU; of a body that cannot be read, the header is kept. Raises `Unreadable` for an unknown command."""
    _, code, status, sequence = HEADER.unpack(header)
    try:
        command = get_command_name(code)
    except UnknownCommandError:
        raise Unreadable from None
    known = smpp.make_pdu(command, client=None, sequence=sequence, allow_unknown_opt_params=True)
    try:
        known.parse(header + body)
    except (struct.error, ValueError, TypeError, KeyError, IndexError, AttributeError, UnknownCommandError):
        return Pdu(command=command, status=status, sequence=sequence, is_readable=False)
    fields = {name: getattr(known, name, None) for name in known.params_order}
    return Pdu(command=command, status=status, sequence=sequence, fields=fields)


def answer_to(pdu: Pdu, status: int = OK) -> bytes:
    """Return the response to a request."""
    command = f"{pdu.command}_resp"
    try:
        get_command_code(command)
    except UnknownCommandError:
        return encode("generic_nack", sequence=pdu.sequence, status=consts.SMPP_ESME_RINVCMDID)
    return encode(command, sequence=pdu.sequence, status=status)
