"""Up and down the ladder: stages, by gate or by hand, and the strategy that the case climbs."""

from datetime import datetime

from domain.case.agreement import in_force
from domain.case.commands import Deescalate, EnterStage, Escalate, PinStrategy
from domain.case.events import CaseEvent, StageEntered, StrategyPinned
from domain.case.hold import require_no_legal_hold, require_not_held
from domain.case.limitation_view import suit_barred
from domain.case.plan_kept import missed_since
from domain.case.policy import Policy
from domain.case.refusal import require_open, require_text
from domain.case.state import Case
from domain.case.view import anchored_on, local_date, undisputed_minor
from domain.case.words import LEVELS, Scope, Stage
from domain.decider import Rejected

# Who may escalate a case that a colleague has put on hold.
OVERRIDING_ROLES = ("supervisor", "legal")
REANCHORED = "REANCHORED"  # why a stage is entered when the oldest unpaid debt is no longer the one it was entered for


def enter_stage(command: EnterStage, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """The ladder's own step: one level up, or down to any level that the case still satisfies.

    Up only while nothing stands in its way; down always, because it is in the debtor's favor. A stage begins anew when
    the oldest unpaid debt is another one than when it was entered, so that its steps are taken for that debt too.
    """
    anew = command.reason == REANCHORED and anchored_on(case) != case.climb.anchored_on
    if case.climb.stage is command.stage and not anew:
        return ()
    require_open(case)
    above = _height(command.stage) - _height(case.climb.stage)
    if above > 1:
        next_up = LEVELS[_height(case.climb.stage) + 1]
        raise Rejected("STAGE_SKIPPED", "the ladder climbs one level at a time", field="stage", accepted=next_up)
    if above == 1:
        require_free_to_act(case, Scope.ESCALATION, command.at)
        _require_may_sue(command.stage, case, command.at, policy)
    return (_entered(case, command, by_hand=False),)


def escalate(command: Escalate, case: Case, policy: Policy) -> tuple[CaseEvent, ...]:
    """Somebody moves the case up, to any level. A hold stops it; a supervisor may override one of the house's own.

    Nobody moves what must not be sued on to LEGAL.
    """
    if case.climb.stage is command.stage:
        return ()
    require_open(case)
    require_text(command.reason, "reason")
    if _height(command.stage) < _height(case.climb.stage):
        raise Rejected(
            "STAGE_NOT_HIGHER", f"the case stands on {case.climb.stage}", field="stage", accepted="a higher stage"
        )
    require_no_legal_hold(case, Scope.ESCALATION, command.at)
    if command.by.partition(":")[0] not in OVERRIDING_ROLES:
        require_not_held(case, Scope.ESCALATION, command.at)
    _require_may_sue(command.stage, case, command.at, policy)
    return (_entered(case, command, by_hand=True),)


def deescalate(command: Deescalate, case: Case) -> tuple[CaseEvent, ...]:
    """Somebody moves the case down, to any level, held or not."""
    if case.climb.stage is command.stage:
        return ()
    require_open(case)
    require_text(command.reason, "reason")
    if _height(command.stage) > _height(case.climb.stage):
        raise Rejected(
            "STAGE_NOT_LOWER", f"the case stands on {case.climb.stage}", field="stage", accepted="a lower stage"
        )
    return (_entered(case, command, by_hand=True),)


def pin_strategy(command: PinStrategy, case: Case) -> tuple[CaseEvent, ...]:
    """Move the case to another version of its ladder, or to another ladder."""
    if case.strategy == command.strategy:
        return ()
    require_open(case)
    require_text(command.strategy.name, "strategy")
    require_text(command.reason, "reason")
    return (StrategyPinned(at=command.at, strategy=command.strategy, reason=command.reason),)


def require_free_to_act(case: Case, scope: Scope, at: datetime) -> None:
    """Refuse what the ladder must not do now: a hold, an agreement in force, or nothing owed that is not in dispute."""
    _require_free(case, scope, at, agreed=in_force(case, at))


def require_free_to_step(case: Case, scope: Scope, at: datetime) -> None:
    """Refuse a step as `require_free_to_act` does; but a plan in arrears lets those steps pass that answer it."""
    _require_free(case, scope, at, agreed=in_force(case, at) and missed_since(case) is None)


def _require_free(case: Case, scope: Scope, at: datetime, *, agreed: bool) -> None:
    require_not_held(case, scope, at)
    if agreed:
        raise Rejected("AGREEMENT_IN_FORCE", "the debtor has an agreement that is not broken")
    if undisputed_minor(case) <= 0:
        raise Rejected("NOTHING_OWED", "nothing is owed that is not in dispute")


def _require_may_sue(stage: Stage, case: Case, at: datetime, policy: Policy) -> None:
    """Refuse LEGAL where nothing that is owed may be sued on: barred where the law forbids it, or so pleaded."""
    if stage is Stage.LEGAL and (why := suit_barred(case, policy.laws, local_date(case, at))):
        raise Rejected("TIME_BARRED", why, field="stage", accepted="a lower stage")


def _entered(case: Case, command: EnterStage | Escalate | Deescalate, *, by_hand: bool) -> StageEntered:
    return StageEntered(
        at=command.at, stage=command.stage, entry=case.climb.entry + 1, reason=command.reason, by_hand=by_hand
    )


def _height(stage: Stage) -> int:
    """CLOSED is no level: a case is closed for a reason, by another command."""
    if stage is Stage.CLOSED:
        accepted = ", ".join(LEVELS)
        raise Rejected("STAGE_INVALID", "a case is closed with a reason, not entered", field="stage", accepted=accepted)
    return LEVELS.index(stage)
