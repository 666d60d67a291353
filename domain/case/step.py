"""Steps of the ladder that need nothing from outside: passed over, a task raised, a charge added; and tasks done."""

from dataclasses import replace

from domain.case.caps import require_within_caps
from domain.case.charge import charged
from domain.case.climb import require_free_to_step
from domain.case.commands import CompleteTask, TakeStep
from domain.case.events import CaseEvent, ChargeAdded, StepTaken, TaskDone, TaskRaised
from domain.case.policy import Policy
from domain.case.reached import all_failed
from domain.case.refusal import require_open, require_sum, require_text
from domain.case.state import Case
from domain.case.view import oldest_unpaid
from domain.case.words import Channel, Component, ContactOutcome, Scope, StepAction
from domain.decider import Rejected


def take_step(command: TakeStep, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Take a step once. A contact is never taken here: it needs a permit (`PermitContact`).

    A contact that reached nobody may be given to a person as a task, once.
    """
    if command.step_key in case.climb.steps and not _given_to_a_person(command, case):
        return ()
    require_open(case)
    require_current_step(case, command.step_key)
    taken = StepTaken(
        at=command.at,
        step_key=command.step_key,
        action=command.action,
        due_at=command.due_at,
        skipped=command.skipped,
        reason=command.reason,
    )
    if command.skipped:
        return (taken,)
    match command.action:
        case StepAction.CONTACT:
            raise Rejected("CONTACT_NEEDS_PERMIT", "a contact step is taken by its permit", field="action")
        case StepAction.TASK:
            # A task on a channel is a contact that a person makes.
            scope = Scope.CONTACT if command.channel else Scope.ESCALATION
            require_free_to_step(case, scope, command.at)
            return (taken, _task(command))
        case StepAction.CHARGE:
            require_free_to_step(case, Scope.CHARGES, command.at)
            return _with_charge(taken, command, case, policy)


def complete_task(command: CompleteTask, case: Case) -> tuple[CaseEvent, ...]:
    """Say that a task is done, and what came of it."""
    if command.task_id in case.climb.tasks_done:
        return ()
    require_open(case)
    if command.task_id not in case.climb.tasks:
        raise Rejected("TASK_NOT_FOUND", "the case has no such open task", field="task_id")
    return (TaskDone(at=command.at, task_id=command.task_id, outcome=command.outcome),)


def require_current_step(case: Case, step_key: str) -> None:
    """Refuse a step of another stage entry: it was due where the case no longer stands."""
    entry, _, step = step_key.partition(".")
    if entry != str(case.climb.entry) or not step:
        accepted = f"{case.climb.entry}.<step>"
        raise Rejected("STEP_NOT_CURRENT", "not a step of this stage entry", field="step_key", accepted=accepted)


def require_nobody_at(case: Case, task_id: str) -> None:
    """Refuse a second contact for a task while nothing is known of the first."""
    if any(contact.step_key == task_id and contact.outcome is None for contact in case.contacts.values()):
        accepted = "the outcome of the contact that is under way"
        raise Rejected("CONTACT_UNDER_WAY", "somebody has a permit for this task", field="task_id", accepted=accepted)


def may_ask_again(case: Case, step_key: str, channel: Channel) -> bool:
    """Return whether a step that was tried may be tried on a channel: a new one, or one whose permits all ran out."""
    made = [
        contact for contact in case.contacts.values() if contact.step_key == step_key and contact.channel is channel
    ]
    return all_failed(case, step_key) and all(contact.outcome is ContactOutcome.EXPIRED for contact in made)


def permits_of(case: Case, step_key: str, channel: Channel) -> int:
    """Return how many permits a step has had on a channel."""
    return sum(contact.step_key == step_key and contact.channel is channel for contact in case.contacts.values())


def _given_to_a_person(command: TakeStep, case: Case) -> bool:
    known = case.climb.tasks.keys() | case.climb.tasks_done
    wanted = command.action is StepAction.TASK and not command.skipped
    return wanted and (command.task_id or command.step_key) not in known and all_failed(case, command.step_key)


def _task(command: TakeStep) -> TaskRaised:
    require_text(command.task_kind, "task_kind")
    return TaskRaised(
        at=command.at,
        task_id=command.task_id or command.step_key,
        kind=command.task_kind,
        channel=command.channel,
        due_at=command.due_at,
    )


def _with_charge(taken: StepTaken, command: TakeStep, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """The charge goes on the debt that the ladder counts from; the step's key makes it once.

    What the law does not allow is passed over, with the reason: a ladder does not stand still for that.
    """
    oldest = oldest_unpaid(case)
    assert oldest is not None, "something is owed: it was checked"
    if command.charge is None:
        raise Rejected("CHARGE_MISSING", "a charge step says how much", field="charge")
    require_sum(command.charge, case.currency, field="charge")
    if command.charge_component is Component.PRINCIPAL:
        raise Rejected("COMPONENT_INVALID", "principal is not charged", field="charge_component")
    try:
        require_within_caps(
            case,
            policy,
            obligation_id=oldest.terms.obligation_id,
            component=command.charge_component,
            amount=command.charge,
            at=command.at,
        )
    except Rejected as refusal:
        return (replace(taken, skipped=True, reason=refusal.reason),)
    added = ChargeAdded(
        at=command.at,
        charge_id=f"step:{command.step_key}",
        obligation_id=oldest.terms.obligation_id,
        component=command.charge_component,
        amount=command.charge,
        reason=command.reason or "STEP",
        period=f"step:{command.step_key}",
    )
    return charged(case, (taken, added), policy)
