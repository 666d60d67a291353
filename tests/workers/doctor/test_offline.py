"""Each thing is broken once, in files and settings alone, and the doctor finds that and nothing else."""

import os
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from importlib import metadata
from pathlib import Path
from uuid import uuid4

import pytest

from application.diagnosis import Severity
from infra.rules import load_rules
from infra.settings import Settings
from tests.workers.doctor.installation import OF_THE_DAY, as_nobody, found_offline, offline, told
from workers.doctor import content, diagnose, disk, keys, libraries
from workers.doctor.database import skew
from workers.doctor.scene import scene_of
from workers.doctor.settings import OF_COMMANDS

GIGABYTE = 10**9
TWILIO = f"twilio+https://AC{'0' * 32}:token@api.twilio.com?from=%2B573001234567"
WHATSAPP = "whatsapp+https://token@graph.facebook.com/v23.0/1234567890"
ADYEN = "adyen+https://key@checkout-test.adyen.com/v71?merchant=ACME"


async def test_nothing_is_wrong_with_a_sound_installation(sound: dict[str, str]) -> None:
    diagnosis = await offline(sound)
    assert {each.code for each in diagnosis.findings} - OF_THE_DAY == set()
    assert diagnosis.well
    assert set(diagnosis.not_looked_at) == {"database", "seal", "lag", "temporal", "network", "issuers"}


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
    assert await found_offline({name: value for name, value in environment.items() if value}) == {code}


async def test_what_commands_read_is_not_taken_for_a_misspelling(sound: dict[str, str]) -> None:
    read = {
        name
        for file in (Path(__file__).parents[3] / "cli").glob("*.py")
        for name in re.findall(r'"(ESCALERA_[A-Z_]+)"', file.read_text())
    }
    ours = {f"ESCALERA_{each.name.upper()}" for each in fields(Settings)}
    assert read - ours == OF_COMMANDS
    assert await found_offline(sound | dict.fromkeys(read - ours, "x")) == set()


async def test_the_archive_of_a_server_of_ones_own_is_not_ours(sound: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "wal").mkdir(mode=0o700)
    environment = sound | {"ESCALERA_WAL_ARCHIVE_FOLDER": str(tmp_path / "wal")}
    assert await found_offline(environment, tmp_path) == {"ARCHIVE_NOT_OURS"}


async def test_one_key_for_both_ends_is_found(sound: dict[str, str]) -> None:
    environment = sound | {"ESCALERA_SEAL_KEY_FILE": sound["ESCALERA_KEY_FILE"]}
    assert await found_offline(environment) == {"KEYS_SHARED"}


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
    assert await found_offline(sound) == {code}
    assert file.read_bytes() == content


async def test_a_master_key_that_is_none_is_found(sound: dict[str, str]) -> None:
    assert await found_offline(sound | {"ESCALERA_MASTER_KEY": "too-short"}) == {"SETTING_INVALID"}


async def test_a_list_of_forgotten_people_that_was_changed_is_found(sound: dict[str, str]) -> None:
    Path(f"{sound['ESCALERA_KEY_FILE']}.erased").write_text(f"{uuid4()} 2026-11-22T10:15:00Z {'0' * 16}\n")
    assert await found_offline(sound) == {"LEDGER_DAMAGED"}


async def test_a_list_of_forgotten_people_that_cannot_be_read_is_found(sound: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    diagnosis = await offline(sound | {"ESCALERA_ERASED_FILE": str(tmp_path / "a-file" / "erased")})
    assert told(diagnosis.findings, "LEDGER_UNREADABLE")["error"] == "NotADirectoryError"


@pytest.mark.parametrize(("name", "mode"), [("erased", 0o444), ("not-yet/erased", 0)])
async def test_a_list_of_forgotten_people_that_may_not_grow_is_found(
    sound: dict[str, str], for_all: Path, name: str, mode: int
) -> None:
    ledger = for_all / name
    if mode:
        ledger.touch()
        ledger.chmod(mode)
    for_all.chmod(0o555)
    scene = scene_of(sound | {"ESCALERA_ERASED_FILE": str(ledger)}, folder=None, running=False, offline=True)
    with as_nobody():
        found = list(keys.of_ledger(scene.settings))
    assert told(found, "LEDGER_NOT_WRITABLE") == {"file": str(ledger)}
    assert not ledger.parent.exists() or bool(mode) == ledger.exists(), "nothing is made"


async def test_a_key_file_of_somebody_else_is_found(for_all: Path) -> None:
    (for_all / "keys").write_bytes(b"k" * 32)
    (for_all / "keys").chmod(0o600 if os.geteuid() == 0 else 0)
    with as_nobody():
        found = list(keys.of_file(for_all / "keys", "key_file"))
    assert told(found, "KEY_FILE_UNREADABLE")["setting"] == "ESCALERA_KEY_FILE"


async def test_where_there_is_nothing_to_be_looked_over_that_is_said() -> None:
    diagnosis = await diagnose({}, folder=None, running=False, offline=False)
    assert told(diagnosis.findings, "DATABASE_NOT_NAMED") == {"folder": ""}


async def test_letters_that_others_can_read_are_found(sound: dict[str, str]) -> None:
    Path(sound["ESCALERA_LETTER_FOLDER"]).chmod(0o755)
    assert await found_offline(sound) == {"FOLDER_OPEN", "SETTING_INVALID"}, "the channel refuses it too"


@pytest.mark.parametrize("name", ["rules", "strategies", "laws"])
async def test_a_file_that_cannot_be_read_is_named(sound: dict[str, str], tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "own.toml").write_text("this is = = no TOML")
    diagnosis = await offline(sound | {f"ESCALERA_{name.upper()}_DIR": str(tmp_path / name)})
    assert {each.code for each in diagnosis.findings} - OF_THE_DAY == {"CONTENT_INVALID"}
    assert any("own.toml" in each.values.get("detail", "") for each in diagnosis.findings)


def test_countries_are_found_of_which_nobody_says_how_long_records_are_kept(tmp_path: Path) -> None:
    countries = ("CL", "CO", "ES-CT", "GT", "PA", "US-TX")
    unknown = [
        each.values["country"] for each in content.retention_unknown(load_rules(), date(2026, 11, 22), countries)
    ]
    assert unknown == ["GT", "PA"]

    own = """
[ruleset]
id = "house.panama"
about = "records"
jurisdiction = "PA"
retention = { contacts = "P1Y", cite = "Our lawyer" }
"""
    (tmp_path / "own.toml").write_text(own)
    found = list(content.retention_unknown(load_rules(tmp_path), date(2026, 11, 22), ("PA", "GT")))
    assert told(found, "RETENTION_UNKNOWN")["country"] == "GT"
    assert list(content.retention_unknown(load_rules(), date(2026, 11, 22), ())) == []


def test_a_year_without_holidays_is_found() -> None:
    assert not list(content.holidays_missing(("CO", "ES-CT", "BR"), 2027))
    assert told(content.holidays_missing(("CO",), 2199), "HOLIDAYS_MISSING")["country"] == "CO"


def test_the_release_of_the_time_zone_data_is_known() -> None:
    assert content.time_zone_version()[:2] == "20"


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("tzdata.zi", "# version 2024b\n", "TIME_ZONES_OLD"),
        ("UTC", "of nobody knows when", "TIME_ZONES_MISSING"),
        ("tzdata.zi", "# version 2026f\n", None),
    ],
)
def test_time_zone_data_that_is_old_or_of_unknown_age_is_found(
    tmp_path: Path, file: str, text: str, code: str | None
) -> None:
    (tmp_path / file).write_text(text)
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    try:
        found = list(content.time_zones(date(2026, 11, 22)))
    finally:
        zoneinfo.reset_tzpath()
    assert [each.code for each in found] == ([code] if code else [])
    assert not code or told(found, code) is not None


def rules(tmp_path: Path, version: int, until: date) -> None:
    (tmp_path / "rules").mkdir(exist_ok=True)
    (tmp_path / "rules" / f"acme.v{version}.toml").write_text(
        f'[ruleset]\nid = "acme"\nversion = {version}\njurisdiction = "*"\nactors = ["any"]\ntz = "intersect"\n'
        f'effective = {{ from = 2026-0{version}-01, until = {until} }}\ncalendar = {{ country = "*" }}\n\n'
        '[[ruleset.cap]]\nid = "day1"\nchannels = ["*"]\nper = ["debtor"]\nmax = 1\nperiod = "calendar:1d"\n'
        'count = "attempt"\ncite = "House policy"\nconfidence = "text"\n'
    )


async def test_rules_that_end_are_found_unless_others_follow(sound: dict[str, str], tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    rules(tmp_path, 1, today + timedelta(days=10))
    environment = sound | {"ESCALERA_RULES_DIR": str(tmp_path / "rules")}
    diagnosis = await offline(environment)
    assert told(diagnosis.findings, "RULES_END") == {"rules": "acme 1", "last": str(today + timedelta(days=10))}
    assert not diagnosis.well
    rules(tmp_path, 2, today + timedelta(days=400))
    assert await found_offline(environment) == set()


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
    found = [(each.code, each.severity) for each in skew(seconds, asking)]
    assert found == ([("CLOCKS_APART", severity)] if severity else [])


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
