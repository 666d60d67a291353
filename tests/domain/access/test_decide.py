"""May this principal call this method on these subjects? Total, and no unless something says yes."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.access import (
    EVERYTHING,
    Allowed,
    CaseSubject,
    Denied,
    PersonSubject,
    PortfolioSubject,
    Principal,
    Role,
    Subject,
    Way,
    Why,
    may,
)
from domain.access.read import read_access_rules
from infra.access.rules import SHIPPED

RULES = read_access_rules(SHIPPED.read_text(), "rules.toml")
IDS = [UUID(int=number) for number in range(4)]
PORTFOLIOS = ["shops", "villas"]
GET = "/escalera.v1.QueryService/GetCase"

ids = st.sampled_from(IDS)
cases = st.builds(
    CaseSubject,
    case_id=ids,
    portfolio=st.sampled_from([None, *PORTFOLIOS]),
    obligors=st.frozensets(ids),
    partner=st.sampled_from(["", "p"]),
)
subjects: st.SearchStrategy[Subject] = st.one_of(
    cases,
    st.builds(PersonSubject, person_id=ids, cases=st.lists(cases, max_size=2).map(tuple), new=st.booleans()),
    st.builds(PortfolioSubject, st.sampled_from(PORTFOLIOS)),
    st.just(EVERYTHING),
)
principals = st.builds(
    Principal,
    id=st.just("ana"),
    roles=st.lists(st.sampled_from(Role), max_size=3, unique=True).map(tuple),
    way=st.just(Way.BEARER),
    portfolios=st.none() | st.frozensets(st.sampled_from(PORTFOLIOS)),
    cases=st.frozensets(ids, max_size=2),
    person_id=st.none() | ids,
    partner=st.sampled_from(["", "p"]),
    acts_for=st.frozensets(st.sampled_from(Role), max_size=3),
)
methods = st.sampled_from(sorted(RULES.rules))
names = st.sampled_from(["", "collector:ana", "supervisor:ana", "collector:bob", "ladder", "debtor:d"])


@given(principals, methods, st.lists(subjects, max_size=3), names)
def test_yes_is_said_to_a_role_of_the_rule_and_to_no_more_subjects_than_each_alone(
    principal: Principal, method: str, asked: list[Subject], actor: str
) -> None:
    rule, answer = RULES.rules[method], may(RULES, principal, method, asked, actor=actor)
    if isinstance(answer, Denied):
        return
    assert rule.anybody or answer.role in rule.roles
    assert rule.anybody or answer.role in principal.roles
    assert all(isinstance(may(RULES, principal, method, [each], actor=actor), Allowed) for each in asked)
    if actor and not rule.anybody:
        assert answer.actor == actor
        own = actor.endswith(f":{principal.id}")
        assert own or (Role.SYSTEM in principal.roles and Role(actor.partition(":")[0]) in principal.acts_for)


@given(principals, methods, cases)
def test_a_case_that_is_not_there_is_reached_by_whoever_reaches_everything_alone(
    principal: Principal, method: str, case: CaseSubject
) -> None:
    missing = CaseSubject(case_id=case.case_id)
    reaches_it = isinstance(may(RULES, principal, method, [missing]), Allowed)
    if reaches_it and not RULES.rules[method].anybody:
        assert principal.portfolios is None


@given(principals, subjects)
def test_a_method_without_a_rule_is_nobodys(principal: Principal, subject: Subject) -> None:
    assert may(RULES, principal, "/escalera.v1.CaseService/Forgotten", [subject]) == Denied(Why.NO_RULE)


def test_a_debtor_reaches_their_own_case_and_an_agency_what_is_placed_with_it() -> None:
    mine = CaseSubject(case_id=IDS[0], portfolio="shops", obligors=frozenset({IDS[1]}), partner="p")
    other = CaseSubject(case_id=IDS[2], portfolio="shops", obligors=frozenset({IDS[3]}), partner="q")
    debtor = Principal(id="d", roles=(Role.DEBTOR,), way=Way.BEARER, portfolios=None, person_id=IDS[1])
    agency = Principal(id="a", roles=(Role.AGENCY,), way=Way.BEARER, portfolios=None, partner="p")
    pay = "/escalera.v1.PaymentLinkService/CreatePaymentLink"
    for principal in (debtor, agency):
        assert isinstance(may(RULES, principal, pay, [mine]), Allowed)
        assert may(RULES, principal, pay, [other]) == Denied(Why.REACH)
        assert may(RULES, principal, pay, [mine, other]) == Denied(Why.REACH)
        assert may(RULES, principal, pay, [EVERYTHING]) == Denied(Why.REACH)
    assert may(RULES, debtor, GET, [mine]) == Denied(Why.ROLE)
    assert may(RULES, None, GET, [mine]) == Denied(Why.UNAUTHENTICATED)
