"""The seal: heads that this key signed, a public copy that goes on from them, no restore that nobody declared."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Final

from application.diagnosis import Finding, doubtful, wrong
from application.sealing import CopyUnavailable
from domain.decider import Rejected
from domain.transparency.checkpoint import Checkpoint, opened
from domain.transparency.note import VerifierKey
from domain.transparency.restored import epoch_key
from domain.transparency.tiles import WIDTH
from infra.clock import clock_from
from infra.settings import SettingInvalid, Settings
from infra.transparency.key_file import KeyFile as SealKey
from infra.transparency.published import epoch_place, head_in, last_epoch
from workers.doctor.scene import Scene
from workers.public_copy import public_place
from workers.recovery import status

HEADS_MISSED: Final = 10  # that should have been signed meanwhile


async def look(scene: Scene) -> list[Finding]:
    """Look at the last heads, here and published; the whole log is `audit verify`'s to look at."""
    settings = scene.settings
    key = _key(settings)
    if key is None:
        return await _cleared(scene)
    rows = await scene.rows("SELECT epoch, note FROM sealed_heads ORDER BY epoch DESC, size DESC LIMIT 1")
    findings: list[Finding] = []
    ours: Checkpoint | None = None
    for epoch, note in rows:
        try:
            ours, _ = opened(note, epoch_key(key, epoch))
        except Rejected:
            findings.append(wrong("SEAL_KEY_OTHER", file=settings.seal_key_file, where="database"))
    published, said = await asyncio.to_thread(_published, settings, key, ours)
    findings += said
    if ours is not None and published is not None and published.size < ours.size:
        findings.append(doubtful("PUBLIC_COPY_BEHIND", published=published.size, signed=ours.size))
    if not findings:
        findings = await _continues(scene) or await _waiting(scene, ours.size if ours else 0)
    return [*findings, *await _cleared(scene)]


def _published(
    settings: Settings, key: VerifierKey, ours: Checkpoint | None
) -> tuple[Checkpoint | None, list[Finding]]:
    """Return the published head, and what is wrong with it or with where it should be. Blocking."""
    try:
        place = public_place(settings)
    except SettingInvalid:  # said by whoever looks at the settings
        place = None
    if place is None:
        return None, []
    try:
        epoch = last_epoch(place)
        note = head_in(epoch_place(place, epoch))
    except CopyUnavailable as silent:
        return None, [wrong("PUBLIC_COPY_SILENT", detail=silent)]
    except Rejected as refused:
        return None, [wrong("PUBLIC_COPY_REFUSED", detail=refused.detail)]
    if not note:
        return None, [wrong("PUBLIC_COPY_MISSING", folder=place)] if ours is not None else []
    try:
        return opened(note, epoch_key(key, epoch))[0], []
    except Rejected:
        return None, [wrong("SEAL_KEY_OTHER", file=settings.seal_key_file, where=place)]


def _key(settings: Settings) -> VerifierKey | None:
    """Return the log's public key; None where there is no file, which is not made here, or none that can be read."""
    file = Path(settings.seal_key_file)
    if not settings.seal_key_file or not file.exists():
        return None
    try:
        return SealKey(file, name=settings.log_name).key
    except (OSError, ValueError):  # said by whoever looks at the file
        return None


async def _continues(scene: Scene) -> list[Finding]:
    found = await status(scene.settings)
    return [wrong("RESTORE_NOT_DECLARED", leaves=found.ahead)] if found.ahead else []


async def _waiting(scene: Scene, signed: int) -> list[Finding]:
    """Ask for the first event that no head covers: the sealer grows the tree and has not signed it for long."""
    clock = clock_from(scene.settings.clock)
    before = clock.now() - HEADS_MISSED * timedelta(seconds=scene.settings.seal_seconds) * clock.speed
    rows = await scene.rows(
        "SELECT head.size - %s, event.recorded_at FROM sealed_head AS head, sealed_bundles AS bundle, events AS event"
        " WHERE head.size > %s AND bundle.number = %s AND event.notification_id = bundle.positions[%s]"
        " AND event.recorded_at < %s",
        *(signed, signed, signed // WIDTH, signed % WIDTH + 1, before),
    )
    return [wrong("HEADS_OLD", events=count, since=at.isoformat(timespec="minutes")) for count, at in rows]


async def _cleared(scene: Scene) -> list[Finding]:
    (cleared,) = await scene.row("SELECT contacts_are_cleared()")
    return [] if cleared else [wrong("CONTACTS_NOT_CLEARED")]
