"""Settling what was sent in the time that a restored log knows nothing of, so that contacts may be made again.

Every channel that the engine serves is settled in one way:
    LISTED   a list of what was sent says it: the mail sink's, a mail server's log, an export of the provider
    ASKED    the provider is asked about every contact that may have been made
    ASSUMED  nobody knows, so whatever may have been sent counts as sent, and is not sent again
What was made is put into the log, and counts against every cap; delivery will find it, and not make it again.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from application.case_desk import PersonDesk
from application.contact_desk import ContactDesk
from application.lost_contacts import LostContacts, MayHaveMade
from application.messages import Inquiry, NotSent, Posts
from application.ports import Clock, EventStore
from application.reconciled import How, Reconciled, SentList
from application.recovery import (
    ASSUMED,
    ASSUMED_MADE,
    MADE_BEFORE,
    DeclaredRestore,
    MadeBefore,
    NamedAs,
    Recovery,
    names_of,
    without_number,
)
from application.rehydrate import CASES_AT_ONCE, open_cases
from application.request import Asked
from application.touched import LogFollower
from domain.case.commands import LogContact
from domain.case.state import Case
from domain.case.words import Channel, ContactOutcome, Direction
from domain.decider import Rejected
from domain.person.commands import NoteContact
from domain.person.state import Person
from domain.transparency.leaf import Named

ASKED_SPAN: Final = timedelta(hours=24)  # how far around an instant a provider looks for a message
PROVIDER: Final = "PROVIDER"
LIST: Final = "LIST"


class Unsettled(Rejected):
    """A channel is not settled; `field` names it."""


class Reconciling:
    """Reconciles one declared restore. Called again it goes on; everything is recorded once."""

    def __init__(
        self,
        *,
        store: EventStore,
        persons: PersonDesk,
        contacts: ContactDesk,
        lost_contacts: LostContacts,
        posts: Posts,
        named_as: NamedAs,
        recovery: Recovery,
        clock: Clock,
    ) -> None:
        self._follower = LogFollower(store)
        self._persons = persons
        self._contacts = contacts
        self._lost_contacts = lost_contacts
        self._posts = posts
        self._named_as = named_as
        self._recovery = recovery
        self._clock = clock

    async def reconcile(
        self,
        *,
        lists: Mapping[Channel, SentList],
        assume: Collection[Channel],
        lost: Sequence[Named],
        by: str,
    ) -> Reconciled:
        """Settle every channel for the last declared restore, and let contacts be made again.

        lost: what is known of the lost events. Raises `Rejected` RESTORE_NOT_DECLARED, CHANNEL_NOT_SETTLED (with the
        channel as its field): then nothing is cleared, and what was found stays found.
        """
        restores = await self._recovery.restores()
        if not restores:
            raise Rejected("RESTORE_NOT_DECLARED", "no restore was declared", accepted="recover declare")
        restore = restores[-1]
        how = self._how(lists, assume)
        goes_on = await self._recovery.settled(restore.number)
        may_have_made = await self._may_have_made(restore, goes_on=goes_on)
        found = [(one, await self._looked_up(one, how[one.channel], lists, restore)) for one in may_have_made]
        made = [(one, before) for one, before in found if before is not None]
        listed = [
            MadeBefore(name=without_number(name), outcome=ContactOutcome.ACCEPTED, source=LIST)
            for channel, one in lists.items()
            if how.get(channel) is How.LISTED
            for name in sorted(one.names)
        ]
        await self._recovery.made_before(restore.number, [*(before for _, before in made), *listed])
        persons = await self._noted(restore, made, lists, by)
        if not goes_on:  # whoever settled it has counted the calls
            persons |= await self._by_hand(restore, may_have_made, lost, by)
        channels = {channel.value: method.value for channel, method in how.items()}
        await self._recovery.clear(by=by, reason=restore.reason, channels=channels, at=self._clock.now())
        assumed = sum(before.is_assumed for _, before in made)
        return Reconciled(how=how, made=len(made) - assumed, assumed=assumed, persons=len(persons))

    async def nothing_lost(self, *, reason: str, by: str) -> None:
        """Let contacts be made again where nothing was lost: a planned switch of servers, a dump of a stopped engine.

        Raises `Rejected` SOMETHING_WAS_LOST where a restore was declared that lost published events.
        """
        restores = await self._recovery.restores()
        if restores and restores[-1].lost_leaves:
            raise Rejected("SOMETHING_WAS_LOST", "the declared restore lost published events", accepted="reconcile it")
        await self._recovery.clear(by=by, reason=reason, channels={}, at=self._clock.now())

    # ── what may have been made

    def _how(self, lists: Mapping[Channel, SentList], assume: Collection[Channel]) -> Mapping[Channel, How]:
        how: dict[Channel, How] = {}
        for channel, post in self._posts.items():
            if channel in lists:
                how[channel] = How.LISTED
            elif channel in assume:
                how[channel] = How.ASSUMED
            elif isinstance(post, Inquiry):
                how[channel] = How.ASKED
            else:
                raise _unsettled(channel, "its provider cannot be asked")
        return how

    async def _may_have_made(self, restore: DeclaredRestore, *, goes_on: bool) -> list[MayHaveMade]:
        """Return what may have been made of each case as it was restored, and as it is now.

        What was told since the restore may hide what was done (a hold, a payment) or show it (a case told again).
        goes_on: it was settled before, and what is there now the engine has done since.
        """
        found: dict[str, MayHaveMade] = {}
        then = await open_cases(self._follower, recorded_until=restore.restored_to)
        cases = list(dict.fromkeys([*then, *await open_cases(self._follower)]))
        for start in range(0, len(cases), CASES_AT_ONCE):
            some = cases[start : start + CASES_AT_ONCE]
            states = [await self._follower.fold(some, recorded_until=restore.restored_to)]
            if not goes_on:
                states.append(await self._follower.fold(some))
            for case_id, case in (each for some_states in states for each in some_states.items()):
                if not isinstance(case, Case):
                    continue
                for one in self._lost_contacts.of(case_id, case, since=restore.restored_to, until=restore.lost_until):
                    found.setdefault(one.permit_id, one)
        return list(found.values())

    async def _looked_up(
        self, one: MayHaveMade, how: How, lists: Mapping[Channel, SentList], restore: DeclaredRestore
    ) -> MadeBefore | None:
        """Return what is known of a contact, or assumed; None where it was not made for certain."""
        if how is How.LISTED:
            names = lists[one.channel].names.intersection(names_of(one.permit_id, one.channel, self._named_as))
            return MadeBefore(name=one.permit_id, outcome=ContactOutcome.ACCEPTED, source=LIST) if names else None
        if how is How.ASKED:
            return await self._asked(one, restore)
        return self._assumed(one)

    async def _asked(self, one: MayHaveMade, restore: DeclaredRestore) -> MadeBefore | None:
        post = self._posts[one.channel]
        assert isinstance(post, Inquiry), "it is settled by asking"
        person, _ = await self._persons.load(one.person_id)
        point_id = person.point_for(one.channel) if isinstance(person, Person) else None
        if point_id is None or not isinstance(person, Person):
            return None  # there was no address to send it to
        since = restore.restored_to
        while since <= restore.lost_until:
            try:
                sent = await post.ask(one.permit_id, address=person.points[point_id].address, since=since)
            except NotSent as failure:
                raise _unsettled(one.channel, f"its provider does not answer: {failure}") from None
            if sent is not None and sent.outcome is ContactOutcome.UNKNOWN:
                return self._assumed(one)
            if sent is not None:
                return MadeBefore(name=one.permit_id, outcome=ContactOutcome.ACCEPTED, source=PROVIDER)
            since += ASKED_SPAN
        return None

    def _assumed(self, one: MayHaveMade) -> MadeBefore:
        # A provider that can be asked would be, about a message that was never sent under this permit: SENT is settled.
        askable = isinstance(self._posts[one.channel], Inquiry)
        outcome = ContactOutcome.SENT if askable else ContactOutcome.UNKNOWN
        return MadeBefore(name=one.permit_id, outcome=outcome, source=ASSUMED)

    # ── what of it is put into the log

    async def _noted(
        self,
        restore: DeclaredRestore,
        made: Iterable[tuple[MayHaveMade, MadeBefore]],
        lists: Mapping[Channel, SentList],
        by: str,
    ) -> set[UUID]:
        persons: set[UUID] = set()
        for one, before in made:
            told: Mapping[str, datetime] = lists[one.channel].sent_at if one.channel in lists else {}
            named = [told[name] for name in names_of(one.permit_id, one.channel, self._named_as) if name in told]
            at = max(min([*named, restore.lost_until]), restore.restored_to)
            await self._note(
                one.case_id,
                one.person_id,
                contact_id=f"restore-{restore.number}:{one.permit_id}",
                channel=one.channel,
                outcome=before.outcome,
                detail=ASSUMED_MADE if before.is_assumed else MADE_BEFORE,
                at=at,
                by=by,
            )
            persons.add(one.person_id)
        return persons

    async def _by_hand(
        self, restore: DeclaredRestore, found: Sequence[MayHaveMade], lost: Sequence[Named], by: str
    ) -> set[UUID]:
        """Count permits that were lost and that the ladder cannot have asked for by itself: somebody called or went."""
        of_ladder = Counter(one.case_id for one in found)
        permits: dict[UUID, list[Named]] = {}
        for each in lost:
            if each.name == "ContactPermitted":
                permits.setdefault(each.stream_id, []).append(each)
        persons: set[UUID] = set()
        for case_id, case in (await self._follower.fold(list(permits))).items():
            if not isinstance(case, Case):
                continue  # lost as a whole, and nobody is bound to it until it is told again
            for each in permits[case_id][of_ladder[case_id] :]:
                for obligor in case.obligors:
                    await self._note(
                        case_id,
                        obligor.person_id,
                        contact_id=f"restore-{restore.number}:{each.position}:{obligor.person_id}",
                        channel=Channel.PHONE,
                        outcome=ContactOutcome.UNKNOWN,
                        detail=ASSUMED_MADE,
                        at=min(each.effective_at, self._clock.now()),
                        by=by,
                    )
                    persons.add(obligor.person_id)
        return persons

    async def _note(
        self,
        case_id: UUID,
        person_id: UUID,
        *,
        contact_id: str,
        channel: Channel,
        outcome: ContactOutcome,
        detail: str,
        at: datetime,
        by: str,
    ) -> None:
        logged = LogContact(
            contact_id=contact_id,
            person_id=person_id,
            channel=channel,
            direction=Direction.OUTBOUND,
            outcome=outcome,
            detail=detail,
            at=at,
            by=by,
        )
        noted = NoteContact(
            contact_id=contact_id,
            case_id=case_id,
            channel=channel,
            direction=Direction.OUTBOUND,
            outcome=outcome,
            at=at,
            by=by,
        )
        await self._contacts.log(case_id, person_id, (logged,), noted, Asked(request_id="", actor=by))


def _unsettled(channel: Channel, why: str) -> Unsettled:
    accepted = f"a list of what was sent on {channel}, or that all of it counts as sent"
    return Unsettled("CHANNEL_NOT_SETTLED", f"{channel} is not settled: {why}", field=channel.value, accepted=accepted)
