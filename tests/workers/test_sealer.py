"""The sealer as a process: it signs while it runs and once more when it is asked to stop."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from domain.transparency.checkpoint import opened
from domain.transparency.state_head import opened_states
from infra.event_store import open_store
from infra.settings import SettingInvalid, Settings
from infra.transparency.folder import Folder
from infra.transparency.published import head_in, states_head_in
from infra.transparency.verify import verify_seal
from tests.infra.event_store.writing import append, event, new_stream, write
from workers.replaying import replay_all
from workers.sealer import seal, signer_of


def settings_on(dsn: str, folder: Path) -> Settings:
    return Settings(
        database_url=dsn,
        seal_key_file=str(folder / "seal"),
        public_log_folder=str(folder / "public"),
        log_name="escalera.example/process",
    )


async def test_what_is_appended_is_sealed_and_signed_before_the_sealer_stops(fresh_dsn: str, tmp_path: Path) -> None:
    settings, stopped = settings_on(fresh_dsn, tmp_path), asyncio.Event()
    key = signer_of(settings).key
    async with open_store(fresh_dsn, tmp_path / "master") as store, asyncio.TaskGroup() as group:
        group.create_task(seal(settings, stopped))
        while not head_in(Folder(tmp_path / "public")):
            await asyncio.sleep(0.02)
        await store.append(append(*(write(new_stream(), 0, event(number)) for number in range(40))))
        stopped.set()
    head, _ = opened(head_in(Folder(tmp_path / "public")), key)
    assert head.size == 40
    audit = await asyncio.to_thread(verify_seal, fresh_dsn, key, public=Folder(tmp_path / "public"))
    assert audit.whole
    assert audit.not_sealed == 0


def test_a_log_without_a_key_is_not_sealed_and_says_so() -> None:
    with pytest.raises(SettingInvalid, match="ESCALERA_SEAL_KEY_FILE"):
        signer_of(Settings())


@pytest.mark.parametrize("name", ["a b", "x+y", "UPPER"])
def test_a_name_that_no_note_could_carry_is_refused(name: str) -> None:
    with pytest.raises(SettingInvalid, match="ESCALERA_LOG_NAME"):
        Settings.from_env({"ESCALERA_LOG_NAME": name})


async def test_what_streams_have_come_to_is_digested_and_signed_beside_the_log(fresh_dsn: str, tmp_path: Path) -> None:
    settings, stopped = replace(settings_on(fresh_dsn, tmp_path), digest_seconds=1), asyncio.Event()
    key = signer_of(settings).key
    async with open_store(fresh_dsn, tmp_path / "master") as store, asyncio.TaskGroup() as group:
        await store.append(append(*(write(new_stream(), 0, event(number)) for number in range(40))))
        group.create_task(seal(settings, stopped))
        while not (note := states_head_in(Folder(tmp_path / "public"))) or opened_states(note, key).size < 40:
            await asyncio.sleep(0.02)
        stopped.set()
    found = await asyncio.to_thread(replay_all, settings, key)
    assert (found.compared, found.not_sealed, found.holds) == (40, 0, True)
