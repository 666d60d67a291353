"""Why there is no connection to Temporal, in words. Apart from the connection, which takes long to import.

TemporalRefused        somebody answers, and does not take us, or is not to be trusted: waiting does not help
TemporalAway           somebody answers and goes away, which may be an outage
"""


class TemporalRefused(Exception):
    """The connection cannot be; the text says why, and which setting would change it. No secret is in it."""


class TemporalAway(RuntimeError):
    """The connection ended before anything was said; the text says what it may want."""
