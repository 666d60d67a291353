"""What sets a rule aside: the one reply, a session that goes on, consent of the last seven days, and the like."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import assert_never

from domain.compliance.matter import LATEST, Matter, Moment, instant_of
from domain.compliance.proposal import Known, Past
from domain.compliance.rule_words import Lift
from domain.compliance.words import Circumstance, Medium, Purpose, Recipient, Result

CONSENT_DAYS = 7  # 12 CFR 1006.14(b)(3)(i); the day of the consent is the first
NOT_THE_PERSON = frozenset((Recipient.ATTORNEY, Recipient.CREDITOR, Recipient.CREDIT_BUREAU))  # 1006.14(b)(3)(iii)


def lifted(lifts: Iterable[Lift], matter: Matter, moment: Moment, since: datetime | None = None) -> bool:
    """Return whether one of `lifts` sets a rule aside for the proposal.

    `since`: from when the circumstance is known that the rule is about. What the person began before does not count as
    an invitation to answer: the message that says stop is not one.
    """
    return any(_lifts(lift, matter, moment, since) for lift in lifts)


def _lifts(lift: Lift, matter: Matter, moment: Moment, since: datetime | None) -> bool:
    proposal = matter.proposal
    match lift:
        case Lift.SAME_SESSION:
            return proposal.same_session
        case Lift.REPLY_ONCE:
            return proposal.same_session or (
                proposal.purpose is Purpose.REPLY and _may_reply(matter, proposal.medium, moment.at, since)
            )
        case Lift.PRIOR_CONSENT_7D:
            return bool(proposal.debts) and all(
                _consented(matter, debt, proposal.medium, proposal.address, moment) for debt in proposal.debts
            )
        case Lift.TO_ATTORNEY:
            return proposal.recipient in NOT_THE_PERSON
        case Lift.MISDIRECTED:  # that an address is somebody else's is no reason to use it
            return False
        case _:
            assert_never(lift)


def left_out(lifts: Iterable[Lift], past: Past, debt: str, matter: Matter, moment: Moment) -> bool:
    """Return whether one of `lifts` keeps a contact that was made out of the count for a debt."""
    return any(_leaves_out(lift, past, debt, matter, moment) for lift in lifts)


def _leaves_out(lift: Lift, past: Past, debt: str, matter: Matter, moment: Moment) -> bool:
    match lift:
        case Lift.SAME_SESSION:
            return False  # what goes on with a session is no new entry
        case Lift.REPLY_ONCE:
            return past.purpose is Purpose.REPLY and _was_the_reply(matter, past)
        case Lift.PRIOR_CONSENT_7D:
            if Circumstance.PRIOR_CONSENT not in matter.known:
                return False
            debts = (debt,) if debt else past.debts
            then = matter.moment(min(past.at, LATEST))
            return bool(debts) and all(_consented(matter, each, past.medium, past.address, then) for each in debts)
        case Lift.TO_ATTORNEY:
            return past.recipient in NOT_THE_PERSON
        case Lift.MISDIRECTED:
            return past.result is Result.WRONG_NUMBER or (
                bool(past.address)
                and any(
                    known.address == past.address and (known.at is None or known.at <= moment.at)
                    for known in matter.of(Circumstance.WRONG_NUMBER)
                )
            )
        case _:
            assert_never(lift)


def may_be_conversation(past: Past) -> bool:
    """Return whether the parties spoke, or may have: a telephone call whose result is not known counts as the worst."""
    return past.result is Result.CONVERSATION or (past.result is Result.PENDING and past.medium is Medium.CALL)


def spoken_of(past: Past) -> tuple[str, ...]:
    """Return the debts that a conversation was about; nothing means that it may have been any."""
    return past.discussed or past.debts


def _may_reply(matter: Matter, medium: Medium, at: datetime, since: datetime | None) -> bool:
    """Return whether the last contact that the person began by this medium has had no answer by it yet."""
    for past in reversed(matter.facts.contacts):
        if past.medium is not medium:
            continue
        if past.outbound:
            return False  # also one after `at`: commands may come out of order
        if past.at <= at:
            return since is None or past.at > since
    return False


def _was_the_reply(matter: Matter, reply: Past) -> bool:
    """Return whether a contact was the first by its medium after one by the same medium that the person began."""
    contacts = matter.facts.contacts
    for place in range(bisect_right(contacts, reply.at, key=instant_of) - 1, -1, -1):
        past = contacts[place]
        if past is reply or past.medium is not reply.medium:
            continue
        return not past.outbound
    return False


def _consented(matter: Matter, debt: str, medium: Medium, address: str, moment: Moment) -> bool:
    return any(_covers(known, debt, medium, address, matter, moment) for known in matter.of(Circumstance.PRIOR_CONSENT))


def _covers(known: Known, debt: str, medium: Medium, address: str, matter: Matter, moment: Moment) -> bool:
    """Return whether a consent covers a contact at `moment`: given to us, not over, and not used up by a talk."""
    given = known.at
    if known.given_to or given is None or not given <= moment.at <= given + timedelta(days=CONSENT_DAYS + 1):
        return False
    if known.until is not None and known.until <= moment.at:
        return False
    if (
        known.medium not in (None, medium)
        or known.address not in ("", address)
        or (known.debts and debt not in known.debts)
    ):
        return False
    last = None if known.to is None else known.to.toordinal()
    for clock, day_given in zip(moment.clocks, (clock.day for clock in matter.moment(given).clocks), strict=True):
        if clock.day >= day_given + CONSENT_DAYS or (last is not None and clock.day > last):
            return False
    contacts = matter.facts.contacts
    first = bisect_right(contacts, given, key=instant_of)
    after = contacts[first : bisect_left(contacts, moment.at, key=instant_of)]
    return not any(may_be_conversation(past) and (not spoken_of(past) or debt in spoken_of(past)) for past in after)
