"""Permits of a case held against what came of them, and against the persons' own count of contacts."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from domain.evidence.stored import StoredEvidence

_SAME = ("channel", "at", "grounds")  # what case and person must both say of a permit


class Contacts:
    """Takes events of the case in their order, and events of persons that concern it in any."""

    def __init__(self, case_id: str) -> None:
        self._case_id = case_id
        self.permits: dict[str, StoredEvidence] = {}
        self.answered: set[str] = set()
        self.refused = 0
        self._reserved: dict[str, StoredEvidence] = {}
        self._closed = False

    def of_case(self, event: StoredEvidence) -> Iterator[tuple[str, str]]:
        """Take an event of the case; yield what is wrong with it. KeyError if it is not what it is called.

        Codes: PERMIT_TWICE, PERMIT_AFTER_CLOSURE, OUTCOME_WITHOUT_PERMIT.
        """
        if event.name in ("CaseClosed", "CaseReopened"):
            self._closed = event.name == "CaseClosed"
        elif event.name == "ContactRefused":
            self.refused += 1
        elif event.name == "ContactPermitted":
            permit = str(event.fields["permit_id"])
            if permit in self.permits:
                yield "PERMIT_TWICE", permit
            if self._closed:
                yield "PERMIT_AFTER_CLOSURE", permit
            self.permits[permit] = event
        elif event.name == "ContactOutcomeRecorded":
            permit = str(event.fields["permit_id"])
            if permit not in self.permits:
                yield "OUTCOME_WITHOUT_PERMIT", permit
            self.answered.add(permit)

    def of_person(self, event: StoredEvidence) -> None:
        """Take an event of a person."""
        if event.name == "ContactReserved" and event.fields.get("case_id") == self._case_id:
            self._reserved[str(event.fields["permit_id"])] = event

    def compared(self) -> Iterator[tuple[str, str, str]]:
        """Yield what differs between case and persons: code, folder, permit.

        Codes: PERMIT_NOT_RESERVED, PERMIT_DIFFERS, RESERVED_ONLY.
        """
        for permit, event in self.permits.items():
            reserved = self._reserved.get(permit)
            if reserved is None:
                yield "PERMIT_NOT_RESERVED", event.folder, permit
            elif reserved.stream_id != event.fields.get("person_id") or any(
                reserved.fields.get(each) != event.fields.get(each) for each in _SAME
            ):
                yield "PERMIT_DIFFERS", reserved.folder, permit
        for permit, event in self._reserved.items():
            if permit not in self.permits:
                yield "RESERVED_ONLY", event.folder, permit


def documents_of(events: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    """Return the documents that outcomes name, of events by name and fields: SHA-256, and the permit it was for."""
    found: dict[str, str] = {}
    for name, fields in events:
        named: Any = fields.get("document_hash") if name == "ContactOutcomeRecorded" else ""
        if isinstance(named, str) and named:
            found[named] = str(fields.get("permit_id", ""))
    return found
