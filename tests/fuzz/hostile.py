"""Values of somebody who means no good. Every text carries `PLANTED`, to be known again where it comes out."""

from datetime import datetime
from typing import Final

PLANTED: Final = "qzPLANTEDqz"

_INJECTIONS: Final = (
    "'; drop table events; --",
    '" or ""="',
    "' union select current_user, version() --",
    "1); select pg_sleep(30); --",
    "%' escape '' --",
    "\\'; copy (select 1) to program 'id' --",
    "{{ 7*7 }}{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% include '/etc/passwd' %}{% for x in range(10**9) %}{% endfor %}",
    "{0.__class__.__init__.__globals__}{9999999}",
    "%s%s%s%n%x%99999999d",
    "${jndi:ldap://localhost/a}",
    "#{1+1} $(id) `id` | id ; id & id",
    '#import "/etc/passwd": *\n#read("/etc/passwd")',
    '#while true { [x] } #eval("1") $ x $ @label <label>',
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "]]><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "line\r\nX-Injected: yes\r\n\r\nbody",
    "Bcc: someone@example.com\nSubject: other",
    "=cmd|'/c calc'!A1",
    "../../../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "file:///etc/passwd",
    "C:\\boot.ini",
    "%2e%2e%2fetc%2fpasswd",
    "name\x00.txt",
)
_CHARACTERS: Final = (
    "\x00",
    "\x00\x01\x02\x07\x08\x0b\x1b[31m\x7f",
    "\u202e\u2066\u200b\ufeff",  # turns the direction of writing, or is not seen
    "\ud7ff\ue000\ufffe\uffff\U0010ffff",
    "a\u0300" * 200,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u0130\u0131\ufb01\u1e9e",  # change their length with their case
    "\u0661\u0662\u0663",  # digits, and none of ours
    "\u3000\u2028\u2029\x85",
    "  ",
    "-1",
    "1e309",
    "9" * 5_000,  # more digits than Python reads as a number
    "NaN",
    "null",
)

TEXTS: Final = (
    "",
    *(f"{PLANTED}{text}" for text in (*_INJECTIONS, *_CHARACTERS)),
    *(f"{text}{PLANTED}" for text in _INJECTIONS[-10:]),
    PLANTED + "x" * 9_000,
    PLANTED + "ñ" * 100_000,
    PLANTED + "(" * 5_000,
    PLANTED + "a" * 40 + "!",  # what makes a careless pattern try for ever
)

INT32: Final = (0, 1, -1, 2**31 - 1, -(2**31), 366, 10_001)
INT64: Final = (0, 1, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 10**15 + 1)
UINT64: Final = (0, 1, 2**32, 2**63, 2**64 - 1)
ENUMS: Final = (0, -1, 1, 99, 2**31 - 1, -(2**31))
DOUBLES: Final = (0.0, -0.0, 1e308, -1e308, 5e-324, float("inf"), float("-inf"), float("nan"))
BYTES: Final = (b"", b"\x00" * 16, b"\xff" * 4_096, b"\x1f\x8b" + b"\x00" * 64)

# Seconds and nanoseconds: around the ends of the calendar, of 32 bits, and beyond anything.
_FIRST: Final = int((datetime(1, 1, 1) - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001 -- a difference alone
_LAST: Final = int((datetime(9999, 12, 31, 23, 59, 59) - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001 -- as above
INSTANTS: Final = (
    (0, 0),
    (0, -1),
    (0, 2**31 - 1),
    (_FIRST, 0),
    (_FIRST - 1, 999_999_999),
    (_FIRST + 3_600, 0),
    (_LAST, 999_999_999),
    (_LAST + 1, 0),
    (_LAST - 3_600, 0),
    (2**31, 0),
    (2**63 - 1, 0),
    (-(2**63), -1),
)
DAYS: Final = ((0, 0, 0), (1, 1, 1), (9999, 12, 31), (2026, 2, 30), (-1, 13, 32), (2**31 - 1, 12, 1), (2027, 0, 0))
SUMS: Final = (
    ("", 0, 0),
    ("EUR", 0, 0),
    ("EUR", 2**63 - 1, 999_999_999),
    ("EUR", -(2**63), -999_999_999),
    ("EUR", 10**13, 0),
    ("EUR", 10**13, 10_000_000),
    ("EUR", 1, 1),
    ("EUR", 1, -10_000_000),
    ("JPY", 5, 10_000_000),
    ("CLF", 1, 100_000),
    ("X" * 3, 1, 0),  # ISO 4217's code for no currency at all
    ("eur", 1, 0),
    (f"{PLANTED}'", 1, 0),
    ("EUR\x00", 1, 0),
)
