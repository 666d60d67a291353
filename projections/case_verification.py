"""One case replayed from its first event, and held against what the read tables show of it."""

from uuid import UUID

from application.ports import UnreadableEvent
from projections.audit import Audit, Difference
from projections.followed import Followed
from projections.image import image
from projections.ports import Log, ReadTables
from projections.runner import see_all
from projections.verification import CATCH_UP_SECONDS, await_tables, differences


async def verify_case(
    log: Log, tables: ReadTables, case_id: UUID, *, catch_up_seconds: float = CATCH_UP_SECONDS
) -> tuple[Difference, ...]:
    """Return what is not as the log says it must be: in the history itself, its books, and the read tables.

    Raises:
        TablesBehind: the read tables did not follow the log in time.
    """
    try:
        history = await log.read_stream(case_id)
    except UnreadableEvent as unreadable:
        what = f"{unreadable.name} at version {unreadable.version}"
        return (Difference(case_id=case_id, field="event", replayed="readable", shown=what),)
    audit, followed = Audit(case_id), Followed(case_id)
    for recorded in history:
        audit.see(recorded)
    if (failed := see_all(followed, history)) is not None:
        fold = Difference(
            case_id=case_id, field="fold", replayed=f"up to position {failed.position}", shown=failed.error
        )
        return (*audit.differences, fold)
    audit.finish(followed.state)
    expected = image(followed)
    if expected is None:
        return tuple(audit.differences)
    await await_tables(tables, history[-1].position, catch_up_seconds)
    shown = (await tables.images([case_id])).get(case_id)
    if shown is not None and shown.row.version > expected.row.version:  # it went on meanwhile
        newer = Followed(case_id)
        see_all(newer, [each for each in await log.read_stream(case_id) if each.version <= shown.row.version])
        expected = image(newer) or expected
    return (*audit.differences, *differences(case_id, expected, shown))
