"""Settings: what is missing has a default, and what cannot be is refused by name."""

from dataclasses import fields

import pytest

from infra.settings import SettingInvalid, Settings


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_env({}) == Settings()


def test_the_common_names_are_taken_and_ours_win() -> None:
    common = {"DATABASE_URL": "postgresql://a", "TEMPORAL_ADDRESS": "b:1"}

    settings = Settings.from_env(common | {"ESCALERA_TEMPORAL_ADDRESS": "c:2"})

    assert (settings.database_url, settings.temporal_address) == ("postgresql://a", "c:2")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ESCALERA_LOG_LEVEL", "LOUD"),
        ("ESCALERA_WORKFLOWS_KEPT", "0"),
        ("ESCALERA_STEPS_AT_ONCE", "x"),
        ("ESCALERA_READINGS", "week=calendar"),
        ("ESCALERA_WEB_ADDRESS", "8080"),
        ("ESCALERA_WEB_ADDRESS", "http://127.0.0.1:8080"),
        ("ESCALERA_MAIL_IN_LISTEN", "2526"),
        ("ESCALERA_WEBHOOK_SECRET", "secret"),
        ("ESCALERA_WEBHOOK_SECRET", "whsec_c2hvcnQ="),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingInvalid, match=name):
        Settings.from_env({name: value})


WORDS = {
    "ESCALERA_LOG_LEVEL": ("loud", "must be DEBUG, INFO, WARNING or ERROR, not 'LOUD'"),
    "ESCALERA_STEPS_AT_ONCE": ("-1", "must be a positive whole number, not '-1'"),
    "ESCALERA_READINGS": ("week", "must be like co.ley2300.week=calendar,..., not 'week'"),
    "ESCALERA_PUBLIC_URL": ("ftp://x", "must be like https://collections.example.com, not 'ftp://x'"),
    "ESCALERA_WEB_ADDRESS": ("8080", "must be host:port, not '8080'"),
    "ESCALERA_MAIL_IN_LISTEN": ("25", "must be host:port, not '25'"),
    "ESCALERA_LOG_NAME": ("My Log", "must be like collections.example.com/log, not 'My Log'"),
    "ESCALERA_TLS_ENDS_BEFORE": ("no", "must be yes or empty, not 'no'"),
    "ESCALERA_GRPC_REFLECTION": ("1", "must be yes or empty, not '1'"),
    "ESCALERA_TEMPORAL_TLS": ("true", "must be yes or empty, not 'true'"),
    "ESCALERA_WEBHOOK_SECRET": ("hunter2", "must be whsec_ and Base64, of 24 bytes or more"),
    "ESCALERA_ADYEN_HMAC_KEYS": ("hunter2", "must be 64 hexadecimal digits, or two such with a comma"),
}


@pytest.mark.parametrize("name", WORDS)
def test_what_is_wrong_is_said_in_these_words_and_a_secret_is_not_repeated(name: str) -> None:
    value, words = WORDS[name]
    with pytest.raises(SettingInvalid) as refused:
        Settings.from_env({name: value})
    assert str(refused.value) == f"{name} {words}"


def test_every_setting_is_read_from_its_variable() -> None:
    """With another value than its default, that is."""
    odd: dict[str, object] = {
        "log_level": "DEBUG", "readings": "co.ley2300.week=calendar", "public_url": "https://x.example.com",
        "web_address": "x:1", "mail_in_listen": "x:2", "log_name": "x.example.com/log", "tls_ends_before": "yes",
        "grpc_reflection": "yes", "temporal_tls": "yes", "webhook_secret": f"whsec_{'A' * 32}",
        "adyen_hmac_keys": "0" * 64, "temporal_api_key": "",
    }  # fmt: skip
    told = {each.name: odd.get(each.name, 7 if each.type is int else f"a {each.name}") for each in fields(Settings)}
    settings = Settings.from_env({f"ESCALERA_{name.upper()}": str(value) for name, value in told.items()})
    assert {name: getattr(settings, name) for name in told} == told


def test_what_a_process_cannot_do_without_is_named() -> None:
    with pytest.raises(SettingInvalid, match="ESCALERA_DATABASE_URL"):
        Settings().required("database_url")


@pytest.mark.parametrize("address", ["https://collections.example.com", "http://127.0.0.1:8080/escalera/"])
def test_a_public_address_ends_without_a_slash(address: str) -> None:
    assert Settings.from_env({"ESCALERA_PUBLIC_URL": address}).public_url == address.rstrip("/")
