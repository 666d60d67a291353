"""Interest: the worked examples, and what changes from one day to the next."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.decider import Rejected
from domain.ledger.accrual import accrue
from domain.ledger.accrued import Accrual, Pause
from domain.ledger.book import LawBook
from domain.ledger.law import LawPack, Terms
from domain.ledger.words import DayCount, Quoted
from tests.domain.ledger.material import CIVIL, COMMERCIAL, LATE, agreed, law, shipped, written

FAR = date(2000, 1, 1)


def of(
    pack: LawPack,
    unpaid: int | Sequence[tuple[date, int]],
    due_on: date,
    days: int,
    *,
    terms: Terms = COMMERCIAL,
    book: LawBook | None = None,
    currency: str = "EUR",
    pauses: Sequence[Pause] = (),
) -> Accrual:
    steps = [(FAR, unpaid)] if isinstance(unpaid, int) else unpaid
    return accrue(
        steps,
        component=LATE,
        due_on=due_on,
        until=due_on + timedelta(days=days),
        pack=pack,
        book=book or shipped(),
        terms=terms,
        currency=currency,
        pauses=pauses,
    )


def test_ten_thousand_at_the_spanish_rate_of_early_2005_for_sixty_days_bear_149_42() -> None:
    found = of(law("ES"), 10_000_00, date(2005, 1, 31), 60)
    assert found.to_post() == 149_42
    assert [(line.days, line.year, line.rate, line.rule) for line in found.lines] == [
        (60, 365, Fraction(909, 10_000), "es.money.ley3_2004")
    ]
    assert found.lines[0].rate_stamp.startswith("es.demora@")


def test_ten_thousand_at_ten_percent_for_thirty_days_bear_82_19() -> None:
    """The sum that ERPNext #58220 lost."""
    assert of(law("AR"), 10_000_00, date(2026, 3, 1), 30, terms=agreed(10)).to_post() == 82_19


def test_mexico_gives_six_percent_between_merchants_and_nine_between_others() -> None:
    assert of(law("MX"), 36_500_00, date(2026, 1, 1), 10, currency="MXN").to_post() == 60_00
    assert of(law("MX"), 36_500_00, date(2026, 1, 1), 10, currency="MXN", terms=CIVIL).to_post() == 90_00


def test_nothing_accrues_where_nobody_said_what_kind_of_claim_it_is() -> None:
    assert of(law("MX"), 36_500_00, date(2026, 1, 1), 10, currency="MXN", terms=Terms()) == Accrual()


def test_the_due_date_bears_nothing_and_the_day_of_payment_bears_interest() -> None:
    due_on = date(2026, 1, 10)
    assert of(law("MX"), 36_500_00, due_on, 0) == Accrual()
    assert of(law("MX"), 36_500_00, due_on, 1).exact == 600
    unpaid = [(FAR, 36_500_00), (date(2026, 1, 12), 0)]
    assert of(law("MX"), unpaid, due_on, 30).exact == 1200


def test_each_payment_and_each_rate_begins_a_line() -> None:
    unpaid = [(FAR, 10_000_00), (date(2024, 6, 15), 4_000_00)]
    found = of(law("ES"), unpaid, date(2024, 5, 31), 60)
    assert [(line.first, line.last, line.principal, line.rate * 100) for line in found.lines] == [
        (date(2024, 6, 1), date(2024, 6, 15), 10_000_00, Fraction("12.5")),
        (date(2024, 6, 16), date(2024, 6, 30), 4_000_00, Fraction("12.5")),
        (date(2024, 7, 1), date(2024, 7, 30), 4_000_00, Fraction("12.25")),
    ]


def test_the_spanish_margin_grew_on_the_24th_of_february_2013() -> None:
    lines = of(law("ES"), 100_00, date(2013, 2, 20), 6).lines
    assert [(line.last, line.rate * 100) for line in lines] == [
        (date(2013, 2, 23), Fraction("7.75")),
        (date(2013, 2, 26), Fraction("8.75")),
    ]


def test_days_without_a_rate_are_named_and_cannot_be_posted() -> None:
    found = of(law("ES"), 100_00, date(2026, 6, 20), 100)
    assert [line.last for line in found.lines] == [date(2026, 6, 30)]
    with pytest.raises(Rejected) as refused:
        found.to_post()
    assert refused.value.reason == "RATE_NOT_KNOWN"
    assert refused.value.detail == "es.demora has no rate from 2026-07-01 to 2026-09-28"
    with pytest.raises(Rejected, match=r"es\.demora has no rate from 2005-07-01 to 2005-12-31"):
        shipped().table("es.demora").rate_on(date(2005, 8, 1))


def test_above_the_colombian_cap_the_creditor_loses_all_interest() -> None:
    pack, due_on = law("CO"), date(2025, 11, 10)
    terms = agreed(25, nature=COMMERCIAL.nature, quoted=Quoted.EFFECTIVE)
    found = of(pack, 1_000_000, due_on, 40, terms=terms, currency="COP")
    assert found.to_post() == 0
    assert found.forfeit is not None
    assert (found.forfeit.day, found.forfeit.cap) == (date(2025, 11, 11), Fraction("0.2499"))
    assert found.forfeit.rule == "co.money.cco884"
    assert "884" in found.forfeit.cite
    assert sum(line.exact for line in found.lines) > 0  # what is lost can still be told


def test_at_the_colombian_cap_all_interest_is_owed() -> None:
    terms = agreed(24.99, nature=COMMERCIAL.nature, quoted=Quoted.EFFECTIVE)
    found = of(law("CO"), 1_000_000, date(2025, 11, 10), 20, terms=terms, currency="COP")
    assert found.forfeit is None
    assert found.to_post() == 12_226  # twenty days at 0.0611319788 % a day


def test_without_agreement_colombia_gives_one_and_a_half_times_the_certified_rate() -> None:
    line = of(law("CO"), 1_000_000, date(2025, 11, 10), 5, currency="COP").lines[0]
    assert line.quoted_rate == Fraction("0.2499")
    daily = line.rate / 365
    assert (1 + daily) ** 365 <= Fraction("1.2499") < (1 + daily + Fraction(1, 10**12)) ** 365


def test_an_effective_rate_never_yields_more_within_the_year_than_it_allows() -> None:
    pack, book = written(
        'rate = { table = "t" }',
        '[[rates]]\nid = "t"\nquoted = "effective"\ncite = "c"\n'
        "rows = [{ first = 2025-01-01, last = 2025-12-31, percent = 24.99 }]",
    )
    half = of(pack, 10**12, date(2025, 1, 1), 182, terms=Terms(), book=book)
    assert float(half.exact) / 10**12 < 1.2499 ** (182 / 365) - 1 + 0.005  # far below half of 24.99 %
    assert float(half.exact) / 10**12 < 0.2499 * 182 / 365


def test_peru_caps_what_financial_firms_may_agree() -> None:
    terms = agreed(90, nature="financial", quoted=Quoted.EFFECTIVE)
    line = of(law("PE"), 1_000_00, date(2022, 5, 31), 10, terms=terms, currency="PEN").lines[0]
    assert (line.quoted_rate, line.reduced_from) == (Fraction("0.837"), Fraction("0.9"))
    below = agreed(80, nature="financial", quoted=Quoted.EFFECTIVE)
    line = of(law("PE"), 1_000_00, date(2022, 5, 31), 10, terms=below, currency="PEN").lines[0]
    assert (line.quoted_rate, line.reduced_from) == (Fraction("0.8"), None)


def test_a_nominal_rate_is_compared_with_an_effective_cap_by_the_day() -> None:
    # 24.99 % effective are 22.313 % a year, day by day
    over, under = (agreed(each, nature=COMMERCIAL.nature) for each in (22.32, 22.31))
    assert of(law("CO"), 100_00, date(2025, 11, 1), 5, terms=over, currency="COP").forfeit
    assert not of(law("CO"), 100_00, date(2025, 11, 1), 5, terms=under, currency="COP").forfeit


def test_february_29_is_a_day_and_the_year_stays_365() -> None:
    found = of(law("MX"), 365_00, date(2024, 2, 28), 2, currency="MXN")
    assert [(line.days, line.year) for line in found.lines] == [(2, 365)]
    assert found.exact == 12
    assert of(law("MX"), 365_00, date(2024, 2, 29), 366, currency="MXN").exact == 366 * 6


def test_grace_days_bear_nothing() -> None:
    pack, book = written("rate = { percent = 36.5 }\ngrace_days = 5")
    assert of(pack, 100_00, date(2026, 1, 1), 5, terms=Terms(), book=book) == Accrual()
    assert of(pack, 100_00, date(2026, 1, 1), 7, terms=Terms(), book=book).exact == 20
    longer = Terms(grace_days=6)
    assert of(pack, 100_00, date(2026, 1, 1), 7, terms=longer, book=book).exact == 10


def test_paused_days_bear_nothing_and_are_told() -> None:
    pause = Pause(first=date(2026, 1, 5), last=date(2026, 1, 7), reason="MORATORIUM")
    found = of(law("MX"), 365_00, date(2026, 1, 1), 10, currency="MXN", pauses=[pause])
    assert sum(line.days for line in found.lines) == 7
    assert found.paused == (pause,)


def test_interest_bears_interest_only_where_the_law_says_so() -> None:
    posted = [(date(2026, 1, 1), 100_00)]
    sums = []
    for compounding in ("never", "posted"):
        pack, book = written(f'rate = {{ percent = 36.5 }}\ncompounding = "{compounding}"')
        found = accrue(
            [(FAR, 900_00)],
            component=LATE,
            due_on=date(2026, 1, 1),
            until=date(2026, 1, 11),
            pack=pack,
            book=book,
            terms=Terms(),
            currency="EUR",
            posted=posted,
        )
        sums.append(found.exact)
    assert sums == [900, 1000]


def test_an_agreed_day_count_holds_instead_of_the_laws() -> None:
    terms = agreed(10, day_count=DayCount.ACT_360)
    assert of(law("AR"), 36_000_00, date(2026, 1, 1), 1, terms=terms).exact == 1000


def test_a_law_that_bars_agreement_keeps_its_own_rate() -> None:
    pack, book = written("rate = { percent = 36.5 }\nagreed = false")
    assert of(pack, 100_00, date(2026, 1, 1), 1, terms=agreed(73), book=book).exact == 10


@pytest.mark.parametrize(
    ("minor", "currency", "owed"),
    [(1, "CLP", 0), (10**15, "CLP", 16438356164384), (1, "KWD", 0), (10**15, "KWD", 16438356164384)],
)
def test_sums_of_any_size_and_currency_are_exact(minor: int, currency: str, owed: int) -> None:
    assert of(law("AR"), minor, date(2026, 1, 1), 60, terms=agreed(10), currency=currency).to_post() == owed


def test_nothing_and_less_than_nothing_bear_nothing() -> None:
    assert of(law("MX"), 0, date(2026, 1, 1), 10).lines == ()
    assert of(law("MX"), -5, date(2026, 1, 1), 10).lines == ()


def test_thirty_day_months_add_up_though_a_payment_comes_on_the_31st() -> None:
    terms = agreed(36, day_count=DayCount.THIRTY_360)
    unpaid = [(FAR, 1000_00), (date(2026, 1, 31), 500_00)]
    lines = of(law("AR"), unpaid, date(2026, 1, 29), 30, terms=terms).lines
    assert [(line.principal, line.days) for line in lines] == [(1000_00, 2), (500_00, 27)]  # 29 in all


@given(
    st.sampled_from(DayCount),
    st.dates(date(2023, 1, 1), date(2025, 12, 31)),
    st.integers(1, 800),
    st.lists(st.integers(0, 800), max_size=5),
)
def test_where_a_stretch_is_cut_makes_no_difference(
    day_count: DayCount, due_on: date, days: int, cuts: list[int]
) -> None:
    terms = agreed(11, day_count=day_count)
    whole = of(law("AR"), 123_457, due_on, days, terms=terms)
    steps = [(FAR, 123_457), *sorted((due_on + timedelta(days=cut), 123_457) for cut in cuts)]
    assert of(law("AR"), steps, due_on, days, terms=terms).exact == whole.exact
