"""Who is let in, and by which door: certificates, issuers of tokens, addresses, and who may approve."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.settings import Settings
from tests.api.certificates import Authority
from tests.api.issuer import Issuer, issuing
from tests.workers.doctor.installation import OF_THE_DAY, found, found_offline, offline, told
from workers.doctor import access, certificates
from workers.doctor.scene import Scene, scene_of
from workers.ports import free_port

TLS = ("ESCALERA_TLS_CERTIFICATE_FILE", "ESCALERA_TLS_KEY_FILE", "ESCALERA_TLS_CLIENT_CA_FILE")
NOW = datetime.now(UTC)


@pytest.fixture
def encrypted(sound: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """An installation with TLS; what our authority signs is good for two days."""
    authority = Authority(tmp_path)
    certificate, key = authority.signs("server")
    key.chmod(0o600)
    return sound | dict(zip(TLS, map(str, (certificate, key, authority.file)), strict=True))


async def test_a_certificate_that_ends_soon_is_found(encrypted: dict[str, str]) -> None:
    assert await found_offline(encrypted) == {"CERTIFICATE_ENDS"}
    ending = (await offline(encrypted)).findings
    assert [each.values["setting"] for each in ending if each.code == "CERTIFICATE_ENDS"] == [TLS[0], TLS[2]]


@pytest.mark.parametrize(
    ("away", "code"), [(-3, "CERTIFICATE_NOT_VALID"), (1, "CERTIFICATE_ENDS"), (3, "CERTIFICATE_NOT_VALID")]
)
def test_a_certificate_that_is_not_of_today_is_found(encrypted: dict[str, str], away: int, code: str) -> None:
    settings = Settings.from_env({name: encrypted[name] for name in TLS[:2]})
    values = told(certificates.of_files(settings, NOW + timedelta(days=away)), code)
    assert values["setting"] == TLS[0]
    assert values["until"] == str((NOW + timedelta(days=2)).date())


def test_an_authority_that_follows_another_is_enough(encrypted: dict[str, str], tmp_path: Path) -> None:
    old, new = Path(encrypted[TLS[2]]), tmp_path / "both.pem"
    new.write_bytes(old.read_bytes() + Authority(tmp_path, "later").file.read_bytes())
    settings = Settings.from_env({**{name: encrypted[name] for name in TLS[:2]}, TLS[2]: str(new)})
    found = [each.values["setting"] for each in certificates.of_files(settings, NOW)]
    assert found == [TLS[0], TLS[2]]


@pytest.mark.parametrize("setting", TLS)
async def test_a_file_of_tls_that_is_none_is_found(encrypted: dict[str, str], tmp_path: Path, setting: str) -> None:
    (tmp_path / "none.pem").write_text("-----BEGIN NOTHING-----\n")
    for file in ("none.pem", "gone.pem"):
        diagnosis = await offline(encrypted | {setting: str(tmp_path / file)})
        assert told(diagnosis.findings, "TLS_FILE_UNREADABLE")["setting"] == setting


async def test_a_key_of_another_certificate_is_found(encrypted: dict[str, str], tmp_path: Path) -> None:
    _, other = Authority(tmp_path, "another").signs("another-server")
    other.chmod(0o600)
    diagnosis = await offline(encrypted | {"ESCALERA_TLS_KEY_FILE": str(other)})
    assert told(diagnosis.findings, "TLS_KEY_OTHER") == {"file": str(other)}


@pytest.mark.parametrize(
    "open_door", [{"ESCALERA_GRPC_ADDRESS": "0.0.0.0:50051"}, {"ESCALERA_GRPC_SYSTEMS_ADDRESS": "127.0.0.1:8443"}]
)
async def test_a_door_that_nobody_meant_to_open_is_found(sound: dict[str, str], open_door: dict[str, str]) -> None:
    diagnosis = await offline(sound | open_door)
    assert "ESCALERA_ACCESS_FILE" in told(diagnosis.findings, "API_NOT_SAFE")["detail"]
    assert await found_offline(sound | open_door) == {"API_NOT_SAFE"}


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("ESCALERA_ACCESS_FILE", "gone.toml", "CONTENT_INVALID"),
        ("ESCALERA_ACCESS_RULES_FILE", "gone.toml", "CONTENT_INVALID"),
        ("ESCALERA_GRPC_LIMITS", "calls=none", "SETTING_INVALID"),
    ],
)
async def test_what_the_api_cannot_read_is_found(sound: dict[str, str], setting: str, value: str, code: str) -> None:
    assert await found_offline(sound | {setting: value}) == {code}


def let_in(file: Path, text: str) -> dict[str, str]:
    file.write_text(f'format = "access/1"\n\n{text}')
    return {"ESCALERA_ACCESS_FILE": str(file)}


ISSUER = '[[issuer]]\nurl = "https://login.example.com"\naudience = "escalera"\n'
CERTIFICATE = '[[certificate]]\nnames = ["DNS:erp.example.com"]\nid = "erp"\nportfolios = ["*"]\n'


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (f'{ISSUER}[issuer.roles]\nagents = "collector"\n', {"NO_APPROVER"}),
        (f'{CERTIFICATE}roles = ["system"]\n', {"NO_APPROVER"}),
        (ISSUER, set[str]()),
        (f'{ISSUER}[issuer.roles]\nagents = "collector"\nleads = "supervisor"\n', set[str]()),
        (f'{CERTIFICATE}roles = ["system"]\nacts_for = ["supervisor"]\n', set[str]()),
    ],
)
async def test_where_nobody_is_let_in_who_may_approve_that_is_found(
    sound: dict[str, str], tmp_path: Path, text: str, codes: set[str]
) -> None:
    diagnosis = await offline(sound | let_in(tmp_path / "access.toml", text))
    assert {each.code for each in diagnosis.findings} - OF_THE_DAY == codes
    if codes:
        values = told(diagnosis.findings, "NO_APPROVER")
        assert {"supervisor", "legal"} <= set(values["roles"].split(", "))
        assert "write_off" in values["rows"].split(", ")


def scene_with(issuer: str, file: Path) -> Scene:
    text = f'[[issuer]]\nurl = "{issuer}"\naudience = "escalera"\n'
    return scene_of(let_in(file, text), folder=None, running=True, offline=False)


async def test_an_issuer_that_answers_as_it_should_is_not_found(tmp_path: Path) -> None:
    async with issuing(NOW) as issuer:
        assert await access.look_at_issuers(scene_with(issuer.url, tmp_path / "access.toml")) == []


def calls_itself_otherwise(issuer: Issuer) -> None:
    issuer.calls_itself = "https://login.example.com"


def answers_no_more(issuer: Issuer) -> None:
    issuer.answers = False


async def test_an_issuer_that_is_another_or_has_no_keys_is_found(tmp_path: Path) -> None:
    for broken, error in (
        (calls_itself_otherwise, "the issuer calls itself something else"),
        (answers_no_more, "status 503"),
    ):
        async with issuing(NOW) as issuer:
            broken(issuer)
            findings = await access.look_at_issuers(scene_with(issuer.url, tmp_path / "access.toml"))
            assert told(findings, "ISSUER_UNREACHABLE") == {"url": issuer.url, "error": error}
    async with issuing(NOW) as issuer:
        issuer.keys.clear()
        findings = await access.look_at_issuers(scene_with(issuer.url, tmp_path / "access.toml"))
        assert told(findings, "ISSUER_WITHOUT_KEYS") == {"url": issuer.url}


async def test_an_issuer_that_nobody_reaches_is_found(installed: dict[str, str], tmp_path: Path) -> None:
    nobody = f'[[issuer]]\nurl = "http://127.0.0.1:{free_port()}"\naudience = "escalera"\n'
    assert await found(installed | let_in(tmp_path / "access.toml", nobody)) == {"ISSUER_UNREACHABLE"}
