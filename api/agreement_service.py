"""Plans computed before they are agreed, and promises over several cases at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from api import words
from api.calls import Caller, Context, caller_of, question_of
from api.errors import wire_field
from api.query_service import log_has
from api.services import Services
from api.translate_schedule import OneCurrency, schedule
from api.translate_values import case_named, day, day_out, instant, money, money_out, person_named
from application.joint_promise import JointPart, JointPromise, JointPromises, JointShare, joint_standing
from application.request import Asked
from domain.case.commands import PostInterest
from domain.case.plan_cap import require_rate_within_caps
from domain.case.refusal import require_currency, require_open
from domain.case.schedule import installments_of
from domain.case.state import Case
from domain.case.view import balance, local_date
from domain.decider import Rejected
from domain.money import zero
from protos.escalera import v1 as pb


class AgreementService(pb.AgreementServiceServicer):
    """What goes beyond one command to one case."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._joint = JointPromises(cases=services.cases, store=services.store, clock=services.clock)

    async def _compute(self, request: pb.ComputePlanRequest, context: Context) -> pb.ComputedPlan:
        await log_has(self._services.store, request.min_position, context)
        caller, case_id = caller_of(context), case_named(request.case_name)
        at = instant(request.at_time, "at_time") if request.HasField("at_time") else self._services.clock.now()
        case = await self._case(case_id)
        sums = OneCurrency()
        wanted = schedule(request.schedule, sums)
        require_open(case)
        if sums.currency:
            require_currency(zero(sums.currency), case.currency, "schedule")
        # As AgreePlan would find it: with the interest that the law has let accrue.
        _, owing = self._services.cases.fold((PostInterest(at=at, by=caller.actor),), case)
        assert isinstance(owing, Case)
        owed, today = balance(owing), local_date(case, at)
        with _fields_of_the_wire():
            found = installments_of(wanted, owed.minor, today, case.currency)
            require_rate_within_caps(wanted, found, owing, self._services.laws, today)
        rows: list[pb.ComputedInstallment] = []
        left = owed.minor
        for each in found:
            principal = each.amount.minor - each.interest
            left -= principal
            rows.append(
                pb.ComputedInstallment(
                    due_date=day_out(each.due_on),
                    amount=money_out(each.amount.minor, case.currency),
                    interest=money_out(each.interest, case.currency),
                    principal=money_out(principal, case.currency),
                    left=money_out(left, case.currency),
                )
            )
        return pb.ComputedPlan(
            case_id=str(case_id),
            installments=rows,
            owed=money_out(owed.minor, case.currency),
            interest=money_out(sum(each.interest for each in found), case.currency),
            total=money_out(sum(each.amount.minor for each in found), case.currency),
            from_date=day_out(today),
        )

    async def _promise(self, request: pb.MakeJointPromiseRequest, context: Context) -> pb.JointPromiseResult:
        caller = caller_of(context)
        at = instant(request.effective_time, "effective_time") if request.HasField("effective_time") else None
        with _fields_of_the_wire():
            answer = await self._joint.make(_wanted(request), _asked(request, caller), at=at)
        return pb.JointPromiseResult(
            parts=[_part_out(part) for part in answer.parts],
            position=answer.position,
            repeated=answer.repeated,
            validated_only=request.validate_only,
        )

    async def _get_promise(self, request: pb.GetJointPromiseRequest, context: Context) -> pb.JointPromise:
        await log_has(self._services.store, request.min_position, context)
        cases: list[Case] = []
        parts: list[pb.JointPromisePart] = []
        for place, name in enumerate(request.case_names):
            case_id = case_named(name, f"case_names[{place}]")
            state, version = await self._services.cases.load(case_id)
            if not isinstance(state, Case):
                raise Rejected("CASE_NOT_FOUND", f"there is no case {case_id}", field=f"case_names[{place}]")
            cases.append(state)
            parts += [
                _part_out(JointPart(case_id=case_id, promise_id=promise_id, amount=promise.amount, version=version))
                for promise_id, promise in state.promises.items()
                if promise.group_id == request.group_id
            ]
        standing = words.JOINT_STANDING_OUT[joint_standing(cases, request.group_id)]
        return pb.JointPromise(standing=standing, parts=parts)

    ComputePlan = _compute
    MakeJointPromise = _promise
    GetJointPromise = _get_promise

    async def _case(self, case_id: UUID) -> Case:
        case, _ = await self._services.cases.load(case_id)
        if not isinstance(case, Case):
            raise Rejected("CASE_NOT_FOUND", "there is no such case", field="case_name")
        return case


def _wanted(request: pb.MakeJointPromiseRequest) -> JointPromise:
    return JointPromise(
        group_id=request.group_id,
        person_id=person_named(request.person, "person", request.shares[0].case_name.creditor_id),
        shares=tuple([_share(share, f"shares[{place}]") for place, share in enumerate(request.shares)]),
        amount=money(request.amount, "amount") if request.HasField("amount") else None,
        due_on=day(request.due_date, "due_date"),
        grace_days=request.grace_days,
    )


def _share(share: pb.JointShare, field: str) -> JointShare:
    amount = money(share.amount, f"{field}.amount") if share.HasField("amount") else None
    return JointShare(case_id=case_named(share.case_name, f"{field}.case_name"), amount=amount)


def _asked(request: pb.MakeJointPromiseRequest, caller: Caller) -> Asked:
    return Asked(
        request_id=request.request_id,
        actor=caller.actor,
        trace_id=caller.trace_id,
        validate_only=request.validate_only,
        question=question_of(request),
    )


def _part_out(part: JointPart) -> pb.JointPromisePart:
    return pb.JointPromisePart(
        case_id=str(part.case_id),
        promise_id=part.promise_id,
        amount=money_out(part.amount.minor, part.amount.currency),
        version=part.version,
    )


@contextmanager
def _fields_of_the_wire() -> Iterator[None]:
    """Give refusals inside the name that their field has here."""
    try:
        yield
    except Rejected as refusal:
        if refusal.field:
            refusal.field = wire_field(refusal.field)
        raise
