"""The timeline of a bundle in the words of the command line."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from application.evidence import Evidence, TimelineLine
from application.personal import PERSONAL_FIELDS
from cli.event_words import sentence
from cli.history import who_acted
from cli.language import Words


def tell(language: str, evidence: Evidence) -> Sequence[TimelineLine]:
    """Return every event of the case in a sentence, on the case's own clock; what is personal is left out."""
    words, zone = Words(language), ZoneInfo(evidence.time_zone)
    channels: dict[str, str] = {}
    lines: list[TimelineLine] = []
    for event in evidence.case:
        fields: dict[str, Any] = json.loads(event.state)
        fields |= dict.fromkeys(PERSONAL_FIELDS.get(event.name, ()), "")
        if event.name == "ContactPermitted":
            channels[fields["permit_id"]] = fields["channel"]
        elif event.name == "ContactOutcomeRecorded":
            fields["channel"] = channels.get(fields["permit_id"], "")
        *_, recorded, effective = event.heading.rstrip("\n").split("\n")
        at, known = datetime.fromisoformat(effective).astimezone(zone), datetime.fromisoformat(recorded)
        said, why = sentence(words, event.name, fields, evidence.time_zone)
        lines.append(
            TimelineLine(
                number=event.version,
                day=at.date().isoformat(),
                time=f"{at:%H:%M}",
                what=said,
                why=why,
                who=who_acted(words, json.loads(event.metadata)["actor"]),
                known_at=known if known.astimezone(zone).date() > at.date() else None,
            )
        )
    return lines


def write(language: str, minor: int, currency: str) -> str:
    """Return a sum as a language writes it."""
    return Words(language).money(minor, currency)
