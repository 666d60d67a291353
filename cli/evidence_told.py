"""Events of a case told for evidence, in the words of the command line; what is personal is left out."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from application.evidence import Evidence, TimelineLine
from application.personal import PERSONAL_FIELDS
from application.ports import Recorded
from cli.event_words import sentence
from cli.history import who_acted
from cli.language import Words
from infra.codec import EventCodec


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    version: int
    name: str
    state: bytes
    recorded_at: datetime
    effective_at: datetime
    actor: str


def tell(language: str, evidence: Evidence) -> Sequence[TimelineLine]:
    """Return every event of the case in a sentence, on the case's own clock."""
    return list(_lines(Words(language), _stored(evidence), evidence.time_zone))


def told_of(words: Words, events: Iterable[Recorded], zone: str) -> Sequence[TimelineLine]:
    """Return events as the log has them in a sentence each."""
    codec = EventCodec()
    read = (
        _Event(
            version=each.version,
            name=type(each.event).__name__,
            state=codec.encode(each.event)[1],
            recorded_at=each.recorded_at,
            effective_at=each.event.at,
            actor=each.metadata.actor,
        )
        for each in events
    )
    return list(_lines(words, read, zone))


def write(language: str, minor: int, currency: str) -> str:
    """Return a sum as a language writes it."""
    return Words(language).money(minor, currency)


def _stored(evidence: Evidence) -> Iterator[_Event]:
    for event in evidence.case:
        *_, recorded, effective = event.heading.rstrip("\n").split("\n")
        yield _Event(
            version=event.version,
            name=event.name,
            state=event.state,
            recorded_at=datetime.fromisoformat(recorded),
            effective_at=datetime.fromisoformat(effective),
            actor=json.loads(event.metadata)["actor"],
        )


def _lines(words: Words, events: Iterable[_Event], time_zone: str) -> Iterator[TimelineLine]:
    zone = ZoneInfo(time_zone)
    channels: dict[str, str] = {}
    for event in events:
        fields: dict[str, Any] = json.loads(event.state)
        fields |= dict.fromkeys(PERSONAL_FIELDS.get(event.name, ()), "")
        if event.name == "ContactPermitted":
            channels[fields["permit_id"]] = fields["channel"]
        elif event.name == "ContactOutcomeRecorded":
            fields["channel"] = channels.get(fields["permit_id"], "")
        at, known = event.effective_at.astimezone(zone), event.recorded_at.astimezone(zone)
        said, why = sentence(words, event.name, fields, time_zone)
        yield TimelineLine(
            number=event.version,
            day=at.date().isoformat(),
            time=f"{at:%H:%M}",
            what=said,
            why=why,
            who=who_acted(words, event.actor),
            known_at=known if known.date() > at.date() else None,
            basis=_basis(words, event.name, fields),
        )


def _basis(words: Words, name: str, fields: Mapping[str, Any]) -> str:
    """Return which rules allowed or denied a contact, by the names that their texts have; or the document's hash."""
    match name:
        case "ContactPermitted":
            grounds = fields.get("grounds") or {}
            rules = ", ".join(grounds.get("rule_sets") or filter(None, [fields.get("rules")]))
            return words("told", "by_rules", rules=rules) if rules else ""
        case "ContactRefused" if citations := dict.fromkeys(fields.get("citations") or ()):
            return words("told", "denied_by", citations="; ".join(citations))
        case "ContactOutcomeRecorded" if fields.get("document_hash"):
            return words("told", "document", hash=fields["document_hash"])
    return ""
