"""Keeps its own books from the log's events as they stream out: what the closing report is counted from.

This is a second count, made from the outside: it shares no code with the engine's tables that it is compared with.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any

from demo.figures import Contacts, Lateness
from protos.escalera import v1 as pb

REACHED = frozenset({"ACCEPTED", "DELIVERED", "READ", "REPLIED"})
# What can make a step due that should have been taken before: lateness is counted from then.
_MAKES_DUE = frozenset(
    {
        "AgreementReopened",
        "CaseOpened",
        "CaseReopened",
        "DisputeResolved",
        "HoldReleased",
        "PaymentReversed",
        "PlanCancelled",
        "PlanCompleted",
        "PlanDefaulted",
        "PromiseBroken",
        "PromiseCancelled",
        "PromiseKept",
        "PromisePartlyKept",
        "SettlementCancelled",
        "SettlementLapsed",
        "StrategyPinned",
    }
)


@dataclass(kw_only=True)
class Books:
    """Everything that is counted; feed it each event once, in order."""

    events: int = 0
    position: int = 0
    persons: int = 0
    channels: dict[str, str] = field(default_factory=dict)  # permit id -> channel
    outcomes: dict[str, str] = field(default_factory=dict)  # permit id -> the last outcome
    refusals: Counter[str] = field(default_factory=Counter)  # reason -> count
    late_hours: list[float] = field(default_factory=list)
    paid: Counter[str] = field(default_factory=Counter)  # currency -> minor units received and standing
    _waited: set[tuple[str, str]] = field(default_factory=set)  # steps that the rules kept waiting: (case, step)
    _made_due: dict[str, float] = field(default_factory=dict)  # case -> business seconds of the last such event
    _payments: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    def enter(self, event: pb.Event) -> None:
        """Count one event."""
        self.events += 1
        self.position = event.position
        if event.name in _MAKES_DUE:
            self._made_due[event.stream_id] = _seconds(event)
        fields = json.loads(event.payload)
        match event.name:
            case "PersonRegistered":
                self.persons += 1
            case "ContactPermitted":
                self.channels[fields["permit_id"]] = fields["channel"]
            case "ContactOutcomeRecorded":
                self.outcomes[fields["permit_id"]] = fields["outcome"]
            case "ContactRefused":
                self.refusals[fields["reason"]] += 1
                self._waited.add((event.stream_id, fields["step_key"]))
            case "StepTaken":
                self._step(event, fields)
            case "PaymentRecorded" | "PaymentReversed":
                self._payment(event, fields)

    def email_permits(self) -> dict[str, str]:
        """Permit ids of e-mails, each with its last outcome ("PENDING": none yet)."""
        return {
            permit: self.outcomes.get(permit, "PENDING")
            for permit, channel in self.channels.items()
            if channel == "EMAIL"
        }

    def contacts(self) -> tuple[Contacts, ...]:
        """Permits and outcomes by channel."""
        found = []
        for channel in sorted(set(self.channels.values())):
            permits = [permit for permit, over in self.channels.items() if over == channel]
            outcomes = Counter(self.outcomes.get(permit, "PENDING") for permit in permits)
            found.append(Contacts(channel=channel, permitted=len(permits), outcomes=dict(sorted(outcomes.items()))))
        return tuple(found)

    def lateness(self, *, overdue: list[float]) -> Lateness:
        """How late steps were taken; `overdue` are the hours of those that were due and not taken in the end."""
        hours = sorted([*self.late_hours, *overdue])
        if not hours:
            return Lateness(steps=0, overdue=0, median_hours=0.0, p99_hours=0.0, worst_hours=0.0)
        return Lateness(
            steps=len(self.late_hours),
            overdue=len(overdue),
            median_hours=round(hours[ceil(len(hours) * 0.5) - 1], 2),
            p99_hours=round(hours[ceil(len(hours) * 0.99) - 1], 2),
            worst_hours=round(hours[-1], 2),
        )

    def _step(self, event: pb.Event, fields: dict[str, Any]) -> None:
        if (event.stream_id, fields["step_key"]) in self._waited:
            return  # late because the rules wanted it so, not because the machine was slow
        due_at = datetime.fromisoformat(fields["due_at"]).timestamp()
        due_at = max(due_at, self._made_due[event.stream_id])
        self.late_hours.append(max(0.0, (_seconds(event) - due_at) / 3600))

    def _payment(self, event: pb.Event, fields: dict[str, Any]) -> None:
        key = (event.stream_id, fields["payment_id"])
        if event.name == "PaymentRecorded":
            amount = fields["amount"]
            self._payments[key] = (amount["currency"], amount["minor"])
            self.paid[amount["currency"]] += amount["minor"]
        else:
            currency, minor = self._payments[key]
            self.paid[currency] -= minor


def _seconds(event: pb.Event) -> float:
    return event.record_time.ToMicroseconds() / 1e6
