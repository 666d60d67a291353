"""Where things lie in a bundle. A wire format: add, never rename."""

FORMAT = "escalera-evidence/1"
MANIFEST = "manifest.json"
FINGERPRINT = "manifest.sha256"  # of the manifest, as `sha256sum` writes it
CHECKPOINT = "checkpoint"  # the signed head that every proof leads to
KEY = "key.txt"  # the public key that signed it
ACCOUNTS = "accounts.json"  # what the house says is owed
EVENTS = "events/"  # a folder an event of the case, by its version
PERSONS = "persons/"  # folders of persons, in them one for each event of theirs that concerns the case
RULES = "rules/"  # texts of contact rules and of law, by stamp
PERSONAL = "personal/"  # only where it was asked for
OPENED = "personal/opened.json"  # personal fields as they read
LETTERS = "personal/letters/"  # by SHA-256

HEADING = "heading.txt"  # the lines of the leaf that name the event
METADATA = "metadata.json"
STATE = "state.json"
PROOF = "inclusion.tlog-proof"
PARTS = (HEADING, METADATA, STATE, PROOF)


def event_folder(version: int) -> str:
    """Return the folder of an event of the case."""
    return f"{EVENTS}{version:06d}/"


def person_event_folder(person_id: str, version: int) -> str:
    """Return the folder of an event of a person."""
    return f"{PERSONS}{person_id}/{version:06d}/"


def rule_file(stamp: str) -> str:
    """Return the file of the text that a stamp ("co.ley2300@0123456789abcdef") means."""
    return f"{RULES}{stamp}.toml"
