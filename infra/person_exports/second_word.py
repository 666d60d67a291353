"""What an export says of what takes two: when everything was handed out, and what was asked and decided about them."""

from collections.abc import Iterator

from application.person_export import ExportedHandout, ExportedRequest, PersonExport
from infra.person_exports.layout_parts import Part, table
from infra.person_exports.wording import Wording, one_line


def parts(export: PersonExport, words: Wording) -> Iterator[Part]:
    """Yield when all this was handed out before, then the requests for a second person's word."""
    handouts = [
        (words.instant(each.at), each.format, _by(each, words), one_line(each.reason)) for each in export.handouts
    ]
    yield table(words, "handouts", ("day", "format", "by", "reason"), (0, 0, 2, 2), handouts)
    requests = [
        (words.instant(each.asked_at), _wanted(each, words), one_line(each.asked_by), _decision(each, words))
        for each in export.requests
    ]
    yield table(words, "requests", ("day", "request", "by", "decision"), (0, 2, 1, 2), requests)


def _by(handout: ExportedHandout, words: Wording) -> str:
    by = one_line(handout.by)
    return words.label("agreed", by=by, other=one_line(handout.approved_by)) if handout.approved_by else by


def _wanted(request: ExportedRequest, words: Wording) -> str:
    forms = f", {', '.join(request.formats)}" if request.formats else ""
    return f"{words.of('act', request.act)} ({one_line(request.reason)}{forms})"


def _decision(request: ExportedRequest, words: Wording) -> str:
    stands = words.of("approval", request.state)
    if request.decided_at is None:
        return f"{stands} ({words.label('until', day=words.instant(request.expires_at))})"
    reason = f" ({one_line(request.decision_reason)})" if request.decision_reason else ""
    return f"{stands}{reason}: {one_line(request.decided_by)}, {words.instant(request.decided_at)}"
