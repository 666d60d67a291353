"""The seal: heads that this key signed, a public copy that goes on from them, no restore that nobody declared."""

from pathlib import Path

from application.diagnosis import Finding, doubtful, wrong
from domain.decider import Rejected
from domain.transparency.checkpoint import Checkpoint, opened
from domain.transparency.note import VerifierKey
from domain.transparency.restored import epoch_key
from infra.settings import Settings
from infra.transparency.folder import epoch_folder, head_in, last_epoch
from infra.transparency.key_file import KeyFile as SealKey
from workers.doctor.scene import Scene
from workers.recovery import status


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
    published: Checkpoint | None = None
    if settings.public_log_folder:
        folder = Path(settings.public_log_folder)
        epoch = last_epoch(folder)
        if note := head_in(epoch_folder(folder, epoch)):
            try:
                published, _ = opened(note, epoch_key(key, epoch))
            except Rejected:
                findings.append(wrong("SEAL_KEY_OTHER", file=settings.seal_key_file, where=folder))
        elif ours is not None:
            findings.append(wrong("PUBLIC_COPY_MISSING", folder=folder))
    if ours is not None and published is not None and published.size < ours.size:
        findings.append(doubtful("PUBLIC_COPY_BEHIND", published=published.size, signed=ours.size))
    if findings:
        return [*findings, *await _cleared(scene)]
    return await _continues(scene)


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
    findings = [wrong("RESTORE_NOT_DECLARED", leaves=found.ahead)] if found.ahead else []
    return [*findings, *await _cleared(scene)]


async def _cleared(scene: Scene) -> list[Finding]:
    (cleared,) = await scene.row("SELECT contacts_are_cleared()")
    return [] if cleared else [wrong("CONTACTS_NOT_CLEARED")]
