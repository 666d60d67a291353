"""Who is let in: callers are identified, what they name is looked up, and the rules decide. Refusals are recorded.

Unauthenticated        nobody has proved who they are
NotPermitted           somebody has, and may not do this
IssuerUnavailable      whoever could tell whether a token is good does not answer
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from application.case_desk import CaseDesk, PersonDesk
from application.erasure_desk import cases_about
from application.payment_queue import SuspenseDesk
from application.ports import Clock
from application.read_ports import CaseReader
from domain.access import (
    EVERYTHING,
    AccessRules,
    Allowed,
    CaseSubject,
    Denied,
    PersonSubject,
    PortfolioSubject,
    Principal,
    Reach,
    Scope,
    Subject,
    Why,
    may,
)
from domain.case.state import Case
from domain.case.words import PlacedWith
from domain.person.state import Person, Unregistered
from domain.suspense.state import Entry


class Unauthenticated(Exception):
    """Nobody has proved who they are. `reason` is for the record, `told` for the caller; both UPPER_SNAKE."""

    def __init__(self, reason: str, *, told: str = "TOKEN_INVALID") -> None:
        super().__init__(reason)
        self.reason, self.told = reason, told


class NotPermitted(Exception):
    """They may not. `why` is for the record; out of reach sounds the same whether the thing exists or not."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class IssuerUnavailable(Exception):
    """The keys of a token's issuer cannot be had now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What a caller shows. authorization: the header; certificate: PEM, as TLS has verified it."""

    authorization: str = ""
    certificate: bytes = b""


class Identities(Protocol):
    """Knows whom credentials belong to."""

    async def identify(self, presented: Presented) -> Principal | None:
        """Return who calls, None where nothing is shown; raise `Unauthenticated` or `IssuerUnavailable`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An attempt that was refused. `principal` is "" where nobody has proved anything; never a name only claimed."""

    at: datetime
    method: str
    principal: str
    reason: str


class Refusals(Protocol):
    """Keeps refused attempts."""

    def note(self, refusal: Refusal) -> None:
        """Take it; never waits, and never fails the call."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a request names."""

    cases: tuple[UUID, ...] = ()
    persons: tuple[UUID, ...] = ()
    portfolios: tuple[str, ...] = ()
    entries: tuple[UUID, ...] = ()  # of banks, which wait for a person


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """A caller whose roles may call the method. `claimed`: the name that they gave themselves, if any."""

    method: str
    principal: Principal | None
    claimed: str
    allowed: Allowed

    @property
    def scope(self) -> Scope:
        return self.allowed.rule.scope


class Access:
    """The whole of it, for one process."""

    def __init__(
        self,
        *,
        rules: AccessRules,
        identities: Identities,
        refusals: Refusals,
        cases: CaseDesk,
        persons: PersonDesk,
        entries: SuspenseDesk,
        reader: CaseReader,
        clock: Clock,
    ) -> None:
        """`clock` is real time: refusals and tokens know no other."""
        self.rules = rules
        self.clock = clock
        self._identities = identities
        self._refusals = refusals
        self._cases = cases
        self._persons = persons
        self._entries = entries
        self._reader = reader

    async def enter(self, method: str, presented: Presented, claimed: str = "") -> Entrant:
        """Identify the caller and ask the rules about the method alone; raise `Unauthenticated` or `NotPermitted`."""
        rule = self.rules.of(method)
        if rule is not None and rule.anybody:
            return Entrant(method=method, principal=None, claimed="", allowed=_granted(self.rules, method))
        try:
            principal = await self._identified(presented)
        except Unauthenticated as error:
            self._note(method, None, error.reason)
            raise
        answer = may(self.rules, principal, method, actor=claimed)
        if isinstance(answer, Denied):
            raise self._refused(method, principal, answer.why)
        return Entrant(method=method, principal=principal, claimed=claimed, allowed=answer)

    async def reach(self, entrant: Entrant, named: Named) -> Allowed:
        """Ask the rules about what the request names; return in which role it is done, or raise `NotPermitted`."""
        subjects = await self._subjects(entrant, named)
        answer = may(self.rules, entrant.principal, entrant.method, subjects, actor=entrant.claimed)
        if isinstance(answer, Denied):
            raise self._refused(entrant.method, entrant.principal, answer.why)
        return answer

    async def bulk_reaches(self, entrant: Entrant, named: Named, methods: Sequence[str]) -> bool:
        """Say whether one item of a bulk is within reach, and each command of its history permitted; refusals count."""
        answers = [may(self.rules, entrant.principal, each, actor=entrant.claimed) for each in methods]
        denied = next((each.why for each in answers if isinstance(each, Denied)), None)
        if denied is None:
            subjects = await self._subjects(entrant, named)
            answer = may(self.rules, entrant.principal, entrant.method, subjects, actor=entrant.claimed)
            denied = answer.why if isinstance(answer, Denied) else None
        if denied is not None:
            self._note(entrant.method, entrant.principal, denied)
        return denied is None

    def still_in(self, entrant: Entrant) -> None:
        """Raise `Unauthenticated` where what let the caller in has ended meanwhile."""
        expires_at = entrant.principal.expires_at if entrant.principal else None
        if expires_at is not None and self.clock.now() >= expires_at:
            self._note(entrant.method, entrant.principal, "TOKEN_EXPIRED")
            raise Unauthenticated("TOKEN_EXPIRED", told="TOKEN_EXPIRED")

    async def _identified(self, presented: Presented) -> Principal:
        principal = await self._identities.identify(presented)
        if principal is None:
            raise Unauthenticated("CREDENTIALS_MISSING", told="CREDENTIALS_MISSING")
        return principal

    def _refused(self, method: str, principal: Principal | None, why: Why) -> NotPermitted:
        self._note(method, principal, why)
        return NotPermitted(why)

    def _note(self, method: str, principal: Principal | None, reason: str) -> None:
        who = principal.actor if principal else ""
        self._refusals.note(Refusal(at=self.clock.now(), method=method, principal=who, reason=str(reason)))

    async def _subjects(self, entrant: Entrant, named: Named) -> list[Subject]:
        scope, principal = entrant.scope, entrant.principal
        if scope is Scope.NONE or principal is None:
            return []
        names_none = scope in (Scope.NAMED, Scope.WHOLE_PERSON) and not (named.cases or named.persons)
        if scope is Scope.EVERYTHING or names_none:
            return [EVERYTHING]
        if scope is Scope.PORTFOLIOS:
            return [PortfolioSubject(each) for each in named.portfolios] or [EVERYTHING]
        by_portfolio = self._only_by_portfolio(principal)
        if principal.portfolios is None and by_portfolio:
            return [EVERYTHING]  # whatever it is, it is within reach: nothing to look up
        # A case never changes its portfolio, so a state that is kept says it; who is bound and where it is placed, not.
        kept_will_do = by_portfolio and not named.persons
        cases = [await self._case(each, kept_will_do=kept_will_do) for each in named.cases]
        subjects: list[Subject] = list(cases)
        for entry_id in named.entries:
            subjects += await self._entry(entry_id, kept_will_do=kept_will_do)
        if scope in (Scope.NEW_CASE, Scope.BULK):
            # A case of that reference may be there already, in another portfolio: it is not told from a forbidden one.
            subjects = [case for case in cases if case.portfolio is not None]
            subjects += [PortfolioSubject(each) for each in named.portfolios]
        new_welcome = scope in (Scope.NEW_CASE, Scope.BULK, Scope.NEW_OBLIGOR, Scope.NEW_PERSON)
        for person_id in named.persons:
            bound = tuple([case for case in cases if person_id in case.obligors])
            found = PersonSubject(person_id=person_id, cases=bound)
            if scope is Scope.WHOLE_PERSON:
                found = await self._whole(person_id)
            elif not bound:
                found = await self._person(person_id, new_welcome=new_welcome)
            subjects.append(found)
        return subjects

    def _only_by_portfolio(self, principal: Principal) -> bool:
        return all(self.rules.reaches[role] is Reach.PORTFOLIO for role in principal.roles)

    async def _case(self, case_id: UUID, *, kept_will_do: bool) -> CaseSubject:
        kept = self._cases.kept(case_id) if kept_will_do else None
        case, _ = kept if kept is not None else await self._cases.load(case_id)
        if not isinstance(case, Case):
            return CaseSubject(case_id=case_id)
        return CaseSubject(
            case_id=case_id,
            portfolio=case.portfolio,
            obligors=frozenset(each.person_id for each in case.obligors) - case.obligors_released,
            partner="" if case.placed_with is PlacedWith.IN_HOUSE else case.partner,
        )

    async def _entry(self, entry_id: UUID, *, kept_will_do: bool) -> list[Subject]:
        """Return the cases that a bank entry may pay, or paid. What leads to none may be anybody's: everything."""
        entry, _ = await self._entries.load(entry_id)
        if not isinstance(entry, Entry):
            return [EVERYTHING]
        led_to = {each.case_id for each in entry.received.candidates}
        if entry.case_id is not None:
            led_to.add(entry.case_id)
        cases: list[Subject] = [await self._case(each, kept_will_do=kept_will_do) for each in led_to]
        return cases or [EVERYTHING]

    async def _whole(self, person_id: UUID) -> PersonSubject:
        """Return a person with every case that tells of them, those too that they are bound to no more."""
        bound = await self._reader.cases_of(person_id)
        person, _ = await self._persons.load(person_id)
        about = cases_about(person, bound) if isinstance(person, Person) else bound
        return PersonSubject(person_id=person_id, cases=await self._shown(about), whole=True)

    async def _shown(self, case_ids: Sequence[UUID]) -> tuple[CaseSubject, ...]:
        rows = await self._reader.case_rows(case_ids) if case_ids else ()
        return tuple(
            [
                CaseSubject(
                    case_id=row.case_id,
                    portfolio=row.portfolio,
                    partner="" if row.placed_with is PlacedWith.IN_HOUSE else row.partner,
                )
                for row in rows
            ]
        )

    async def _person(self, person_id: UUID, *, new_welcome: bool) -> PersonSubject:
        cases = await self._shown(await self._reader.cases_of(person_id))
        known = True
        if new_welcome and not cases:
            person, _ = await self._persons.load(person_id)
            known = not isinstance(person, Unregistered)
        return PersonSubject(person_id=person_id, cases=cases, new=not known)


def _granted(rules: AccessRules, method: str) -> Allowed:
    answer = may(rules, None, method)
    assert isinstance(answer, Allowed), "the rule says that anybody may"
    return answer
