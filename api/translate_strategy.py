"""Ladders as they are shown."""

from api import words
from domain.ladder.strategy import Gate, StagePlan, StepPlan, Strategy
from protos.escalera import v1 as pb


def strategy_out(strategy: Strategy) -> pb.Strategy:
    """Return a ladder with all its stages and steps."""
    return pb.Strategy(
        name=strategy.name,
        version=strategy.version,
        description=strategy.description,
        stages=[_stage(plan) for plan in strategy.stages],
        content_hash=strategy.content_hash,
    )


def _stage(plan: StagePlan) -> pb.StagePlan:
    return pb.StagePlan(
        stage=words.STAGE_OUT[plan.stage], gate=_gate(plan.gate), steps=[_step(step) for step in plan.steps]
    )


def _gate(gate: Gate) -> pb.Gate:
    return pb.Gate(
        days_past_due=gate.days_past_due,
        stay_days=gate.stay_days,
        min_balance_minor=gate.balance_minor_min,
        min_contacts=gate.contacts_min,
        no_open_dispute=gate.no_open_dispute,
    )


def _step(step: StepPlan) -> pb.Step:
    return pb.Step(
        key=step.key,
        action=words.STEP_ACTION_OUT[step.action],
        anchor=str(step.anchor),
        offset_days=step.offset_days,
        day_kind=str(step.day_kind),
        local_time=step.at.strftime("%H:%M"),
        channels=[words.CHANNEL_OUT[channel] for channel in step.channels],
        template=step.template,
        task_kind=step.task_kind,
        charge_minor=step.charge_minor,
        min_balance_minor=step.balance_minor_min,
    )
