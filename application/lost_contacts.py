"""Which contacts the ladder may have made in the time that a restored log knows nothing of.

The ladder is climbed again in memory, from where the log ends to the end of what was lost, as if every contact had gone
out on time. Nothing is asked and nothing is refused: what comes out is more than was sent, never less of what the
ladder could have sent by itself.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from application.case_desk import CaseDesk
from application.contact_wish import permit_id
from application.ladder_desk import ACTOR, LadderDesk, command_of
from application.recovery import without_number
from domain.case.commands import CaseCommand, PermitContact, RecordContactOutcome
from domain.case.state import Case
from domain.case.step import permits_of
from domain.case.words import Channel, ContactOutcome
from domain.decider import Rejected
from domain.ladder.owed import Contact, Due, Nothing

STEPS_MAX: Final = 1_000  # of one case, in whatever was lost


@dataclass(frozen=True, slots=True, kw_only=True)
class MayHaveMade:
    """A contact that may have been made. `permit_id` without the number that one after an expired one has."""

    case_id: UUID
    permit_id: str
    person_id: UUID
    channel: Channel
    at: datetime  # the earliest that it can have been


class LostContacts:
    """Climbs the ladder again. `channels`: those that the engine serves by itself."""

    def __init__(self, *, cases: CaseDesk, ladder: LadderDesk, channels: Collection[Channel]) -> None:
        self._cases = cases
        self._ladder = ladder
        self._channels = frozenset(channels)

    def of(self, case_id: UUID, case: Case, *, since: datetime, until: datetime) -> Iterator[MayHaveMade]:
        """Yield what may have been made of a case after `since`, the end of its log, and before `until`."""
        for permit, contact in case.contacts.items():
            if contact.outcome is None and contact.channel in self._channels:
                yield MayHaveMade(
                    case_id=case_id,
                    permit_id=without_number(permit),
                    person_id=contact.person_id,
                    channel=contact.channel,
                    at=since,
                )
                case = self._after(case, (_made(permit, since),))
        now = since
        for _ in range(STEPS_MAX):
            owed = self._ladder.owed(case, now)
            at = owed.look_again_at if isinstance(owed, Nothing) else owed.due_at
            if at is None or at > until or (isinstance(owed, Nothing) and at <= now):
                return
            now = max(now, at)
            if isinstance(owed, Nothing):
                continue
            yield from self._contacts(case_id, owed, now)
            try:
                case = self._after(case, self._taking(case_id, case, owed, now))
            except Rejected:  # it would have gone another way, which nobody knows: nothing more can be told
                return

    def _contacts(self, case_id: UUID, due: Due, now: datetime) -> Iterator[MayHaveMade]:
        action = due.action
        if not isinstance(action, Contact):
            return
        for channel in (action.channel, *action.fallbacks):
            if channel in self._channels:
                yield MayHaveMade(
                    case_id=case_id,
                    permit_id=permit_id(case_id, action.step_key, channel),
                    person_id=action.person_id,
                    channel=channel,
                    at=now,
                )

    def _taking(self, case_id: UUID, case: Case, due: Due, now: datetime) -> tuple[CaseCommand, ...]:
        action = due.action
        if not isinstance(action, Contact) or action.channel not in self._channels:
            return (command_of(action, due, now),)
        number = permits_of(case, action.step_key, action.channel) + 1
        permit = permit_id(case_id, action.step_key, action.channel, number)
        return (
            PermitContact(
                permit_id=permit,
                person_id=action.person_id,
                channel=action.channel,
                template=action.template,
                rules="",
                step_key=action.step_key,
                due_at=due.due_at,
                at=now,
                by=ACTOR,
            ),
            _made(permit, now),
        )

    def _after(self, case: Case, commands: tuple[CaseCommand, ...]) -> Case:
        _, after = self._cases.fold(commands, case)
        assert isinstance(after, Case), "a case stays one"
        return after


def _made(permit: str, at: datetime) -> RecordContactOutcome:
    return RecordContactOutcome(permit_id=permit, outcome=ContactOutcome.ACCEPTED, at=at, by=ACTOR)
