"""Each thing is broken once, in files and settings alone, and the doctor finds that and nothing else."""

from collections.abc import Mapping
from datetime import date
from importlib import metadata
from pathlib import Path
from uuid import uuid4

import pytest

from application.diagnosis import Diagnosis, Severity
from infra.keyring import master_key
from infra.laws import load_laws
from workers.doctor import content, diagnose, disk, libraries
from workers.doctor.database import skew

GIGABYTE = 10**9
TWILIO = f"twilio+https://AC{'0' * 32}:token@api.twilio.com?from=%2B573001234567"
WHATSAPP = "whatsapp+https://token@graph.facebook.com/v23.0/1234567890"
ADYEN = "adyen+https://key@checkout-test.adyen.com/v71?merchant=ACME"


async def offline(environment: Mapping[str, str], folder: Path | None = None) -> Diagnosis:
    return await diagnose(environment, folder=folder, running=False, offline=True)


@pytest.fixture
def sound(tmp_path: Path) -> dict[str, str]:
    """Settings of an installation with which nothing is wrong."""
    for name in ("keys", "seal"):
        master_key(tmp_path / name)
    (tmp_path / "letters").mkdir(mode=0o700)
    return {
        "ESCALERA_KEY_FILE": str(tmp_path / "keys"),
        "ESCALERA_SEAL_KEY_FILE": str(tmp_path / "seal"),
        "ESCALERA_LOG_NAME": "collections.example.com/log",
        "ESCALERA_PUBLIC_LOG_FOLDER": str(tmp_path),
        "ESCALERA_PUBLIC_URL": "https://collections.example.com",
        "ESCALERA_LETTER_FOLDER": str(tmp_path / "letters"),
        "DATABASE_URL": "postgresql://nowhere/",
    }


def found(diagnosis: Diagnosis) -> set[str]:
    """Return the codes, without those that depend on the machine and the day."""
    return {each.code for each in diagnosis.findings} - {"TIME_ZONES_OLD", "RATES_END", "DISK_LOW", "LIBRARY_DIFFERS"}


async def test_nothing_is_wrong_with_a_sound_installation(sound: dict[str, str]) -> None:
    diagnosis = await offline(sound)
    assert found(diagnosis) == set()
    assert diagnosis.well
    assert set(diagnosis.not_looked_at) == {"database", "seal", "lag", "temporal", "network"}


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"ESCALERA_LOG_LEVEL": "LOUD"}, "SETTING_INVALID"),
        ({"ESCALERA_SMTP_URL": "http://localhost"}, "SETTING_INVALID"),
        ({"ESCALERA_SMTP_ULR": "smtp://mail.example.com"}, "SETTING_UNKNOWN"),
        ({"ESCALERA_SMTP_URL": "smtps://mail.example.com"}, "SENDER_INVALID"),
        ({"ESCALERA_SMS_URL": TWILIO}, "SECRET_MISSING"),
        ({"ESCALERA_WHATSAPP_URL": WHATSAPP, "ESCALERA_META_VERIFY_TOKEN": "word"}, "SECRET_MISSING"),
        ({"ESCALERA_PAYMENT_LINKS_URL": ADYEN}, "SECRET_MISSING"),
        ({"ESCALERA_SMS_URL": TWILIO, "ESCALERA_PUBLIC_URL": ""}, "PUBLIC_URL_MISSING"),
        ({"ESCALERA_PUBLIC_URL": "http://collections.example.com"}, "PUBLIC_URL_PLAIN"),
        ({"ESCALERA_WEB_ADDRESS": "127.0.0.1:50051"}, "ADDRESS_TWICE"),
        ({"ESCALERA_SEAL_KEY_FILE": ""}, "NOT_SEALED"),
        ({"ESCALERA_PUBLIC_LOG_FOLDER": ""}, "NO_PUBLIC_COPY"),
        ({"ESCALERA_LOG_NAME": ""}, "LOG_NAME_DEFAULT"),
        ({"ESCALERA_CLOCK": "2026-03-02T00:00:00+00:00@2026-11-22T00:00:00+00:00*86400"}, "CLOCK_NOT_SYSTEM"),
        ({"ESCALERA_KEY_FILE": "{tmp}/gone"}, "KEY_FILE_MISSING"),
        ({"ESCALERA_RULES_DIR": "{tmp}/no-such-rules"}, "CONTENT_INVALID"),
        ({"ESCALERA_LAWS_DIR": "{tmp}/no-such-laws"}, "CONTENT_INVALID"),
        ({"ESCALERA_AGREEMENTS_DIR": "{tmp}/no-such-bounds"}, "CONTENT_INVALID"),
        ({"ESCALERA_CREDITORS_FILE": "{tmp}/no-such.toml"}, "CONTENT_INVALID"),
    ],
)
async def test_what_is_wrong_with_the_settings_is_found(
    sound: dict[str, str], tmp_path: Path, broken: Mapping[str, str], code: str
) -> None:
    environment = sound | {name: value.replace("{tmp}", str(tmp_path)) for name, value in broken.items()}
    assert found(await offline({name: value for name, value in environment.items() if value})) == {code}


async def test_the_archive_of_a_server_of_ones_own_is_not_ours(sound: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "wal").mkdir(mode=0o700)
    environment = sound | {"ESCALERA_WAL_ARCHIVE_FOLDER": str(tmp_path / "wal")}
    assert found(await offline(environment, tmp_path)) == {"ARCHIVE_NOT_OURS"}


async def test_one_key_for_both_ends_is_found(sound: dict[str, str]) -> None:
    environment = sound | {"ESCALERA_SEAL_KEY_FILE": sound["ESCALERA_KEY_FILE"]}
    assert found(await offline(environment)) == {"KEYS_SHARED"}


@pytest.mark.parametrize(
    ("setting", "content", "mode", "code"),
    [
        ("ESCALERA_KEY_FILE", b"k" * 32, 0o640, "KEY_FILE_OPEN"),
        ("ESCALERA_SEAL_KEY_FILE", b"k" * 32, 0o604, "KEY_FILE_OPEN"),
        ("ESCALERA_KEY_FILE", b"k" * 31, 0o600, "KEY_FILE_DAMAGED"),
        ("ESCALERA_SEAL_KEY_FILE", b"", 0o600, "KEY_FILE_DAMAGED"),
    ],
)
async def test_what_is_wrong_with_a_key_file_is_found_and_it_is_not_touched(
    sound: dict[str, str], setting: str, content: bytes, mode: int, code: str
) -> None:
    file = Path(sound[setting])
    file.write_bytes(content)
    file.chmod(mode)
    assert found(await offline(sound)) == {code}
    assert file.read_bytes() == content


async def test_a_master_key_that_is_none_is_found(sound: dict[str, str]) -> None:
    assert found(await offline(sound | {"ESCALERA_MASTER_KEY": "too-short"})) == {"SETTING_INVALID"}


async def test_a_list_of_forgotten_people_that_was_changed_is_found(sound: dict[str, str]) -> None:
    Path(f"{sound['ESCALERA_KEY_FILE']}.erased").write_text(f"{uuid4()} 2026-11-22T10:15:00Z {'0' * 16}\n")
    assert found(await offline(sound)) == {"LEDGER_DAMAGED"}


async def test_letters_that_others_can_read_are_found(sound: dict[str, str]) -> None:
    Path(sound["ESCALERA_LETTER_FOLDER"]).chmod(0o755)
    assert found(await offline(sound)) == {"FOLDER_OPEN", "SETTING_INVALID"}, "the channel refuses it too"


@pytest.mark.parametrize("name", ["rules", "strategies", "laws"])
async def test_a_file_that_cannot_be_read_is_named(sound: dict[str, str], tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "own.toml").write_text("this is = = no TOML")
    diagnosis = await offline(sound | {f"ESCALERA_{name.upper()}_DIR": str(tmp_path / name)})
    assert found(diagnosis) == {"CONTENT_INVALID"}
    assert any("own.toml" in each.values.get("detail", "") for each in diagnosis.findings)


def test_rates_that_end_are_found_where_they_matter() -> None:
    laws = load_laws()
    codes = {each.values["table"] for each in content.rates_that_end(laws, date(2027, 6, 1), ("CO",))}
    assert codes
    assert all(table.startswith("co.") for table in codes)
    assert list(content.rates_that_end(laws, date(1990, 1, 1))) == []


def test_a_year_without_holidays_is_found() -> None:
    assert not list(content.holidays_missing(("CO", "ES-CT", "BR"), 2027))
    assert [each.values["country"] for each in content.holidays_missing(("CO",), 2199)] == ["CO"]


def test_the_release_of_the_time_zone_data_is_known() -> None:
    assert content.time_zone_version()[:2] == "20"


@pytest.mark.parametrize(
    ("total", "free", "codes"),
    [
        (1_000 * GIGABYTE, 500 * GIGABYTE, []),
        (1_000 * GIGABYTE, 50 * GIGABYTE, []),  # a twentieth of much is enough
        (50 * GIGABYTE, 4 * GIGABYTE, ["DISK_LOW"]),
        (1_000 * GIGABYTE, 15 * GIGABYTE, ["DISK_FULL"]),
        (20 * GIGABYTE, GIGABYTE // 2, ["DISK_FULL"]),
    ],
)
def test_a_disk_that_fills_up_is_found(total: int, free: int, codes: list[str]) -> None:
    assert [each.code for each in disk.room(Path("/data"), total, free)] == codes


@pytest.mark.parametrize(
    ("seconds", "asking", "severity"),
    [(0.5, 0.1, None), (-3.0, 0.1, Severity.DOUBTFUL), (61.0, 0.1, Severity.WRONG), (2.5, 3.0, None)],
)
def test_clocks_that_are_apart_are_found(seconds: float, asking: float, severity: Severity | None) -> None:
    assert [each.severity for each in skew(seconds, asking)] == ([severity] if severity else [])


def test_a_library_of_another_version_or_none_is_found(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    right = metadata.version("psycopg")
    lock.write_text(
        f"psycopg=={right} \\\n    --hash=sha256:0\nholidays==0.1 \\\nno-such-library==1.0 \\\n"
        "only-elsewhere==2.0 ; sys_platform == 'win32' \\\n"
    )
    codes = [(each.code, each.values["name"]) for each in libraries.compared(lock)]
    assert codes == [("LIBRARY_DIFFERS", "holidays"), ("LIBRARY_MISSING", "no-such-library")]
    assert [each.code for each in libraries.compared(tmp_path / "gone")] == ["LOCK_MISSING"]
