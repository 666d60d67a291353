"""Settings: what is missing has a default, and what cannot be is refused by name."""

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


def test_what_a_process_cannot_do_without_is_named() -> None:
    with pytest.raises(SettingInvalid, match="ESCALERA_DATABASE_URL"):
        Settings().required("database_url")


@pytest.mark.parametrize("address", ["https://collections.example.com", "http://127.0.0.1:8080/escalera/"])
def test_a_public_address_ends_without_a_slash(address: str) -> None:
    assert Settings.from_env({"ESCALERA_PUBLIC_URL": address}).public_url == address.rstrip("/")
