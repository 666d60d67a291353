"""No secret in what is tracked: known shapes and strings that look like chance are found, words and hashes let be."""

import string
from pathlib import Path
from random import Random

import pytest

from tools import secret_scan
from tools.secret_scan import in_line, looks_like_chance, problems, read_known

ROOT = Path(__file__).resolve().parents[2]
LETTERS = string.ascii_letters + string.digits
CHANCE = Random(7)


def drawn(length: int, letters: str = LETTERS) -> str:
    return "".join(CHANCE.choice(letters) for _ in range(length))


# Made here, so that this file holds none.
SECRETS = {
    "AWS": "AK" + "IA" + drawn(16, string.ascii_uppercase + string.digits),
    "GitHub": "gh" + "p_" + drawn(36),
    "GitLab": "gl" + "pat-" + drawn(20),
    "Slack": "xox" + "b-" + drawn(24),
    "Stripe": "sk_" + "live_" + drawn(24),
    "Google": "AI" + "za" + drawn(35),
    "Twilio": "SK" + drawn(32, "0123456789abcdef"),
    "private": "-----BEGIN " + "EC PRIVATE KEY-----",
    "signed": "ey" + "J" + drawn(20) + ".ey" + "J" + drawn(40) + "." + drawn(40),
    "webhook": "whsec" + "_" + drawn(44),
    "address": "postgres" + "://app:" + drawn(12) + "@db.example/escalera",
    "hexadecimal": drawn(40, "0123456789abcdef"),
    "chance": drawn(40),
    "base64": drawn(43, LETTERS + "+/") + "=",
}


def test_nothing_tracked_is_a_secret_and_every_exception_is_of_use() -> None:
    assert problems(ROOT) == []


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("line", ['key = "{}"', "export KEY={}", "-H 'Authorization: Bearer {}'", "{}"])
def test_a_secret_is_found_wherever_it_stands_and_not_repeated(secret: str, line: str, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text(f"nothing\n{line.replace('{}', secret)}\n")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "known_strings.toml").write_text("known = []\n")
    (told,) = problems(tmp_path, [file])
    assert told.startswith("notes.txt:2: ")
    assert secret not in told


@pytest.mark.parametrize(
    "line",
    [
        "def test_what_was_done_while_a_payment_its_reversal_or_a_hold_was_not_known() -> None:",
        "from google.protobuf.internal.well_known_types import TimestampAndItsFriends2",
        "ESCALERA_PAYMENT_LINKS_URL=adyen+https://API_KEY@host/v71?merchant=ACCOUNT",
        "docs/adr/0024-a-payment-link-is-in-the-log-before-its-provider-hears-of-it.md",
        "00000000-0000-4000-8000-000000000001 and 8be209e3-b3f6-58e9-9cb4-4ea5dcf6e1d7",
        "11111111111111111111111111111111111111111111",
        "https://collections.example.com/escalera/webhooks/twilio/status?permit=x",
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    ],
)
def test_words_ids_and_addresses_are_let_be(line: str) -> None:
    assert list(in_line(line)) == []


def test_most_of_what_is_drawn_is_found() -> None:
    found = sum(looks_like_chance(drawn(32)) for _ in range(500))
    assert found > 480


def test_an_exception_without_a_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="no reason"):
        read_known('[[known]]\npath = "*"\nreason = "false alarm"\n')


def test_an_exception_that_fits_nothing_any_more_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = secret_scan.read_known
    more = '\n[[known]]\npath = "gone/*"\nreason = "it was there last year"\n'
    monkeypatch.setattr(secret_scan, "read_known", lambda text: kept(text + more))
    assert problems(ROOT) == ["tools/known_strings.toml: fits nothing any more: gone/* "]
