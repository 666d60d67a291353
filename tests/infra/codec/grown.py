"""Events that gained fields, with the new fields filled: the later generations of golden files.

`<Name>.json` is the event as it was first stored, `<Name>.2.json` as it is stored since it grew. What has a default
is read from either; only the newest is written.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from application.ports import Event
from domain.case.words import Channel, Direction, Every, Installment, PlanShape, Schedule
from domain.compliance.verdict import Grounds
from domain.person.words import Fact, FactTerms
from tests.infra.codec.samples import CASE_ID, LATER, PERMIT, SAMPLES, euros

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
STAMPS = ("es.none@0123456789abcdef", "house@fedcba9876543210(week=calendar)")
GROUNDS = Grounds(
    rule_sets=STAMPS,
    facts_digest=DIGEST,
    zones=("Atlantic/Canary", "Europe/Madrid"),
    closed_in=("ES-MD",),
    jurisdictions=("ES-MD", "US-MA"),
    actors=("third_party_collector",),
    creditor_id="aguas",
    medium="email",
    recipient="guarantor",
    purpose="reply",
    place="home",
    content=("opt_out_notice",),
    duties=("creditor", "rights"),
    first=True,
    same_session=True,
)
TERMS = FactTerms(
    case_ids=(CASE_ID,),
    until=LATER,
    channel=Channel.PHONE,
    point_id="p-1",
    place="work",
    days="mon-fri",
    hours="15:00-17:00",
    later_instrument=True,
)


def _with(name: str, **fields: Any) -> Event:
    event: Any = SAMPLES[name]
    grown: Event = replace(event, **fields)
    return grown


_SECOND: dict[str, dict[str, Any]] = {
    "ChargeAdded": {"law": "mx.money@0123456789abcdef"},
    "PaymentRecorded": {"law": "mx.money@0123456789abcdef/mx.money.ccf2094", "consent_id": "o-1"},
    "PersonForgotten": {"rule_sets": ("es.records@0123456789abcdef(books=elsewhere)", "eu.records@fedcba9876543210")},
    "PlanAgreed": {
        "installments": (Installment(due_on=date(2026, 4, 1), amount=euros(4_100), interest=100),),
        "cure_days": 10,
        "tolerance_minor": 50,
        "schedule": Schedule(
            shape=PlanShape.BALLOON,
            first_on=date(2026, 4, 1),
            every=Every.FORTNIGHT,
            count=6,
            amount_minor=700,
            down_minor=1_000,
            down_on=date(2026, 3, 15),
            step_percent="5.5",
            balloon_minor=2_000,
            rate_percent="12",
        ),
        "reward_minor": 300,
    },
    "PromiseMade": {
        "installments": (
            Installment(due_on=date(2026, 3, 10), amount=euros(2_000)),
            Installment(due_on=date(2026, 3, 20), amount=euros(3_000)),
        ),
        "tolerance_minor": 25,
        "group_id": "g-1",
    },
    "SettlementAgreed": {"offer_id": "of-1"},
    "CaseOpened": {"collecting_as": ("original_creditor", "financial_entity")},
    "ContactLogged": {"in_reply_to": PERMIT},
    "ContactNoted": {
        "direction": Direction.OUTBOUND,
        "point_id": "p-1",
        "recipient": "third_party",
        "place": "work",
        "discussed": (CASE_ID,),
        "purpose": "location_info",
    },
    "ContactOutcomeRecorded": {"provider_id": "SM1", "template_hash": DIGEST, "document_hash": DIGEST[::-1]},
    "ContactPermitted": {"grounds": GROUNDS},
    "ContactPointAdded": {"zones": ("Atlantic/Canary", "Europe/Madrid"), "place": "home"},
    "ContactRefused": {
        "denied_by": ("co.ley2300.day1", "house.day1"),
        "citations": ("Ley 2300/2023 art. 3", "house"),
        "rule_sets": STAMPS,
    },
    "ContactReserved": {"grounds": replace(GROUNDS, content=None)},
    "FactLearned": {"fact": Fact.INCONVENIENT_TIME, "fact_id": "f-1", "terms": TERMS},
    "FactWithdrawn": {"fact_id": "f-1"},
    "OptedOut": {"channel": Channel.SMS, "point_id": "p-1"},
    "PersonExported": {"approval_id": "a-2"},
}

# What was added after that, on top of it.
_BARRED = replace(GROUNDS, circumstances=("time_barred",))
_THIRD: dict[str, dict[str, Any]] = {
    "ContactOutcomeRecorded": _SECOND["ContactOutcomeRecorded"] | {"inquiry": 2},
    "ContactPermitted": {"grounds": _BARRED},
    "ContactReserved": {"grounds": replace(_BARRED, content=None)},
    "PaymentRecorded": _SECOND["PaymentRecorded"] | {"obligation_id": "inv-1"},
}

GENERATIONS: dict[str, dict[int, Event]] = {
    name: {
        1: event,
        **{
            number: _with(name, **grown[name])
            for number, grown in enumerate((_SECOND, _THIRD), start=2)
            if name in grown
        },
    }
    for name, event in SAMPLES.items()
}
"""By event and generation: what is read from a golden file."""

LATEST: dict[str, Event] = {name: kept[max(kept)] for name, kept in GENERATIONS.items()}
"""One event of every kind with every field that it has today."""


def file_name(name: str, generation: int) -> str:
    """Return the name of a generation's golden file."""
    return f"{name}.json" if generation == 1 else f"{name}.{generation}.json"
