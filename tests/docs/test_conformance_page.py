"""Every known mistake of other systems has a test of its name, and the page says which."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "conformance.md"
# By the name that the page gives a mistake: how the names of its tests begin.
MISTAKES = {
    "KB-2297": "test_kb_2297_",
    "FIN-overlap": "test_fin_overlap_",
    "FIN-backdated": "test_fin_backdated_",
    "ERP-resolve": "test_erp_resolve_",
    "ERP-58220": "test_erp_58220_",
    "IN-2330": "test_in_2330_",
    "IN-792": "test_in_792_",
    "IN-11692": "test_in_11692_",
    "OCA-460": "test_oca_460_",
    "OCA-run": "test_oca_run_",
    "Lago-attempt": "test_lago_attempt_",
    "Lago-finished": "test_lago_finished_",
    "Webhook-order": "test_webhook_order_",
    "Receive-resolve": "test_receive_resolve_",
    "Receive-link": "test_receive_link_",
    "Upflow-PTP": "test_upflow_ptp_",
    "Latitude": "test_latitude_",
    "Moonflow-fallback": "test_moonflow_fallback_",
    "RegF": "test_regf_",
    "CL": "test_cl_",
    "PE": "test_pe_",
    "Payment-wins": "test_payment_and_deadline_",
    "Cheque-after-cure": "test_cheque_bounces_after_cure_",
}
LINE = re.compile(r"^\| ([\w-]+) \| .+ \| ([^|]+) \|$", re.MULTILINE)


def named() -> dict[str, list[str]]:
    """Return what the page says: the tests of each mistake."""
    return {mistake: re.findall(r"`(test_\w+)`", tests) for mistake, tests in LINE.findall(PAGE.read_text())}


def defined() -> set[str]:
    sources = (path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    return {name for source in sources for name in re.findall(r"^(?:async )?def (test_\w+)\(", source, re.MULTILINE)}


def test_the_page_names_every_mistake_once() -> None:
    lines = [mistake for mistake, _ in LINE.findall(PAGE.read_text()) if mistake != "mistake"]
    assert lines == list(MISTAKES)


@pytest.mark.parametrize(("mistake", "begins"), MISTAKES.items())
def test_a_mistake_has_a_test_of_its_name_and_every_test_named_exists(mistake: str, begins: str) -> None:
    tests = named()[mistake]
    assert any(test.startswith(begins) for test in tests)
    assert set(tests) <= defined()
