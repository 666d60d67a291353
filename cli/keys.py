"""`escalera keys rotate`: another master key for the keys of persons."""

from typing import Any

import typer

from cli.command import command
from cli.session import REFUSED, Session

app = typer.Typer(no_args_is_help=True, help="The master key, under which the keys of persons are wrapped.")


@command(app, "rotate")
def rotate(session: Session) -> None:
    """Put a new master key in the place of the present one, or end what was begun; the engine may go on meanwhile.

    The old key is put away beside the key file: backups that were made under it need it. Destroy it with them.
    """
    from cli.upkeep import settings_of
    from infra.keyring import MasterKeyMissing
    from infra.keyring.rotation import RotationRunning
    from infra.keyring.rotation import rotate as rotate_keys
    from workers.log import master_source

    settings = settings_of(session)

    def told(keys: int) -> None:
        if not session.as_json and session.console.is_terminal:
            session.console.print(session.words.number(keys), end="\r")

    try:
        done = rotate_keys(settings.required("database_url"), master_source(settings), told)
    except RotationRunning:
        session.fail(
            REFUSED, reason="ROTATION_RUNNING", detail="another process rotates the master key now", technical=True
        )
    except MasterKeyMissing as missing:
        session.fail(REFUSED, reason="MASTER_KEY_MISSING", detail=str(missing), technical=True)
    said: dict[str, Any] = {"id": done.id, "keys": done.keys}
    if session.as_json:
        return session.give(said)
    words = session.words
    session.console.print(words("erasure", "rotated", keys=words.number(done.keys), id=done.id))
    if settings.master_key:
        session.console.print(words("erasure", "set_keys"), style="yellow")
    return None
