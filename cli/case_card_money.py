"""The money side of a case's card: on what terms it is owed, what was agreed, what was offered."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.language import Words
from cli.plain import Plain
from cli.show import instant, sum_of, table
from domain.ledger.words import DayCount

_DAY_COUNTS = {each.name: each.value for each in DayCount}


def agreements(words: Words, case: Plain) -> Iterator[RenderableType]:
    """Promises, plans and settlements, whatever became of them; of a plan every date."""
    promises = [
        (each["promise_id"], each["due_date"], sum_of(words, each["amount"]), _promise_stands(words, each))
        for each in case["promises"]
    ]
    settlements = [
        (each["settlement_id"], each["pay_by_date"], sum_of(words, each["amount"]), _stands(words, each))
        for each in case["settlements"]
    ]
    if promises:
        yield table(words, ("id", "due", "amount", "state"), promises, _title(words, "promises"))
    for plan in case["plans"]:
        dates = [
            (part["due_date"], sum_of(words, part["amount"]), sum_of(words, part["interest"]))
            for part in plan["installments"]
        ]
        said = (
            _title(words, "plans"),
            plan["plan_id"],
            _stands(words, plan),
            _computed(words, plan),
            _arrears(words, plan),
        )
        heading = Text(" · ".join(each for each in said if each), style="bold")
        yield Group(heading, table(words, ("due", "amount", "interest"), dates))
    if settlements:
        yield table(words, ("id", "pay_by", "amount", "state"), settlements, _title(words, "settlements"))


def offered(words: Words, case: Plain) -> Iterator[Table]:
    """Settlements and discounts that were offered, with where they stand, and links that may still be paid by."""
    zone = case["time_zone"]
    offers = [
        (
            each["offer_id"],
            sum_of(words, each["amount"]),
            each["pay_by_date"],
            instant(each["expire_time"], zone),
            words.of("offered", each["state"] or "OPEN"),
            _approval(words, each),
        )
        for each in case["offers"]
    ]
    discounts = [
        (each["discount_id"], sum_of(words, each["amount"]), each["pay_by_date"], _stands(words, each))
        for each in case["discounts"]
    ]
    requests = [
        (
            each["approval_id"],
            _wanted(words, each),
            instant(each["expire_time"], zone),
            words.of("asked_for", each["state"] or "WAITING"),
            decision(words, each),
        )
        for each in case["approvals"]
    ]
    if requests:
        yield table(words, ("id", "wanted", "expires", "state", "approval"), requests, _title(words, "approvals"))
    if offers:
        columns = ("id", "amount", "pay_by", "expires", "state", "approval")
        yield table(words, columns, offers, _title(words, "offers"))
    if discounts:
        yield table(words, ("id", "amount", "pay_by", "state"), discounts, _title(words, "discounts"))
    links = [
        (each["link_id"], sum_of(words, each["amount"]), instant(each["expire_time"], zone))
        for each in case["open_payment_links"]
    ]
    if links:
        yield table(words, ("id", "amount", "until"), links, _title(words, "open_payment_links"))


def owed_on(words: Words, case: Plain) -> Iterator[Table]:
    """What the debt is owed on: terms, order of payments, more time; and what collecting has cost or was given up."""
    zone = case["time_zone"]
    terms = [
        (_debts(words, each), words.of("nature", (each["nature"] or "").lower()), _rates(words, each), each["source"])
        for each in case["terms"]
    ]
    orders = [
        (
            each["consent_id"],
            ", ".join(words.of("component", one) for one in each["order"]),
            each["payment_id"],
            each["given_by"],
            words("say", "consent_ended") if each["ended"] else instant(each["give_time"], zone),
        )
        for each in case["consents"]
    ]
    extensions = [
        (each["obligation_id"], each["due_date"], each["previous_due_date"], each["authority"])
        for each in case["extensions"]
    ]
    costs = [
        (
            each["obligation_id"],
            sum_of(words, each["amount"]),
            words.of("cost", each["kind"]),
            each["proof"],
            "" if each["recoverable"] else words("say", "not_recoverable"),
        )
        for each in case["costs"]
    ]
    rewards = [
        (instant(each["grant_time"], zone), sum_of(words, each["amount"]), each["authority"])
        for each in case["rewards"]
    ]
    for key, columns, rows in (
        ("terms", ("obligations", "nature", "rates", "source"), terms),
        ("orders", ("id", "orders", "payment", "who", "since"), orders),
        ("extensions", ("obligation", "due", "before", "authority"), extensions),
        ("costs", ("obligation", "amount", "kind", "proof", ""), costs),
        ("rewards", ("at", "amount", "authority"), rewards),
    ):
        if rows:
            yield table(words, columns, rows, _title(words, key))


def _title(words: Words, key: str) -> str:
    text = words("label", key)
    return text[:1].upper() + text[1:]


def _stands(words: Words, agreed: Plain) -> str:
    return words.of("stands", agreed["state"] or "OPEN")


def _promise_stands(words: Words, promise: Plain) -> str:
    count = len(promise["installments"])
    parts = words("say", "in_parts", count=count) if count else ""
    return ", ".join(each for each in (_stands(words, promise), parts) if each)


def _computed(words: Words, plan: Plain) -> str:
    schedule = plan["schedule"]
    if not schedule:
        return ""
    shape = words.of("shape", schedule["shape"] or "EQUAL")
    rate = schedule["rate_percent"]
    return ", ".join(each for each in (shape, words("say", "a_year", percent=rate) if rate else "") if each)


def _arrears(words: Words, plan: Plain) -> str:
    missed = plan["missed_date"]
    return words("say", "in_arrears", missed_on=missed, cure_by=plan["cure_by_date"]) if missed else ""


def _wanted(words: Words, request: Plain) -> str:
    if request["waive"]:
        return f"{words('label', 'waiver')} {sum_of(words, request['waive']['amount'])}"
    return words.of("closure", request["close_case"]["closure"])


def decision(words: Words, request: Plain) -> str:
    """Whom a request waits for, or who decided on it."""
    if request["state"] == "WAITING":
        roles = ", ".join(words.of("actor", each) for each in request["approvers"])
        return words("say", "waits_for", approvers=roles)
    return str(request["decided_by"])


def _approval(words: Words, offer: Plain) -> str:
    if offer["approved_by"]:
        return words("say", "approved", approver=offer["approved_by"])
    if offer["approvers"] and offer["state"] == "WAITING":
        return words("say", "waits_for", approvers=", ".join(words.of("actor", each) for each in offer["approvers"]))
    return ""


def _debts(words: Words, terms: Plain) -> str:
    return ", ".join(terms["obligation_ids"]) or words("say", "every_debt")


def _rates(words: Words, terms: Plain) -> str:
    said = [
        f"{words.of('component', rate['component'] or '')} {words('say', 'a_year', percent=rate['percent'])}"
        for rate in terms["rates"]
    ]
    if not said:
        return words("say", "law_rates")
    said.append(words.of("quoted", terms["quoted"] or "NOMINAL"))
    said.append(_DAY_COUNTS.get(terms["day_count"] or "", ""))
    return ", ".join(each for each in said if each)
