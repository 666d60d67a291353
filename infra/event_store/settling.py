"""From a batch of appends to each one's outcome: transactions, conflicts, lost connections, what cannot be stored."""

from uuid import UUID

from eventsourcing.persistence import PersistenceError

from application.ports import Appended, PersonErased, StoreUnavailable
from infra.event_store.outcomes import outcome_of, stored_already
from infra.event_store.patience import Patience
from infra.event_store.prepared import Means, Outcome, Prepared, columns, late, people_of
from infra.event_store.recorder import CaseRecorder, Refusal
from infra.event_store.request_hashes import RequestHashes
from infra.event_store.rounds import Round, plan

Settled = list[tuple[Prepared, Outcome]]


def settle(
    batch: list[Prepared],
    recorder: CaseRecorder,
    means: Means,
    request_hashes: RequestHashes,
) -> Settled:
    """Make the batch durable and return every append's own outcome; `means`: this thread's. Blocking."""
    settling = _Settling(recorder, request_hashes)
    try:
        settling.store(settling.seal(batch, means))
    except StoreUnavailable as error:
        done = {id(one) for one, _ in settling.settled}
        settling.settled.extend((one, error) for one in batch if id(one) not in done)
    return settling.settled


class _Settling:
    """The state of settling one batch."""

    def __init__(self, recorder: CaseRecorder, request_hashes: RequestHashes) -> None:
        self.settled: Settled = []
        self._request_hashes = request_hashes
        self._recorder = recorder
        self._patience = Patience()
        self._actual: dict[UUID, int] = {}  # stream versions known for certain

    def seal(self, batch: list[Prepared], means: Means) -> list[Prepared]:
        """Seal what is not, or no longer validly, all keys in one look; return what can go on."""
        unsealed = late(batch, means.keyring)
        if not unsealed:
            return batch
        keys = self._patience.ask(lambda: means.keyring.keys_of(people_of(unsealed), make=True))
        refused = set()
        for one in unsealed:
            try:
                one.seal(keys, means.codec, means.fresh)
            except (PersonErased, ValueError, TypeError, LookupError) as error:  # the rest: what cannot be written
                self.settled.append((one, error))
                refused.add(id(one))
        return [one for one in batch if id(one) not in refused]

    def store(self, waiting: list[Prepared]) -> None:
        """Store what can be stored, round by round; every round settles at least one append."""
        while waiting:
            planned = plan(waiting, self._actual)
            waiting = planned.postponed
            if planned.stale:
                self._settle_stale(planned)
            if not planned.accepted:
                continue
            arguments = columns(planned.accepted, planned.expected, self._request_hashes)
            try:
                answer = self._patience.ask(lambda: self._recorder.append_batch(arguments))  # noqa: B023  # called at once
            except PersistenceError as error:
                self._apart(planned.accepted, error)
                continue
            if isinstance(answer, Refusal):
                waiting = self._sort_out(planned.accepted, answer) + waiting
            else:
                self._succeed(planned, answer)

    def _succeed(self, planned: Round, position: int) -> None:
        for one in planned.accepted:
            position += len(one.rows)
            self.settled.append((one, Appended(position=position, versions=one.versions, answer=one.append.answer)))
        self._actual.update(planned.after)

    def _sort_out(self, accepted: list[Prepared], refusal: Refusal) -> list[Prepared]:
        """Settle the appends that are known already; the others learn the actual versions and are planned again."""
        self._actual.update(refusal.actual)
        unknown = self._settle_known(accepted) if refusal.known else accepted
        if not self._patience.tried_again:
            return unknown
        # A transaction whose reply was lost may have happened. Asking again waited for the lock, and so for the end of
        # that transaction, so receipts and events are now seen as they are and stay.
        others = []
        for one in unknown:
            stored = self._patience.ask(lambda: stored_already(one, self._recorder))  # noqa: B023  # called at once
            if stored is None:
                others.append(one)
            else:
                self.settled.append((one, stored))
        return others

    def _settle_stale(self, planned: Round) -> None:
        """An append that comes too late may be the repetition of one that came in time: its receipt decides first."""
        reasons = {id(one): reason for one, reason in planned.stale}
        for one in self._settle_known([one for one, _ in planned.stale]):
            self.settled.append((one, reasons[id(one)]))

    def _settle_known(self, appends: list[Prepared]) -> list[Prepared]:
        """Settle those whose requests have a receipt with its first outcome; return the others."""
        request_ids = [one.append.receipt.request_id for one in appends if one.append.receipt is not None]
        if not request_ids:
            return appends
        receipts = {row[0]: row for row in self._patience.ask(lambda: self._recorder.select_receipts(request_ids))}
        others = []
        for one in appends:
            receipt = one.append.receipt
            if receipt is not None and receipt.request_id in receipts:
                known = receipts[receipt.request_id]
                self.settled.append((one, outcome_of(known, receipt.request_hash, self._request_hashes)))
            else:
                others.append(one)
        return others

    def _apart(self, accepted: list[Prepared], error: PersistenceError) -> None:
        """One of them cannot be stored: halve them until it stands alone, and store the rest."""
        if len(accepted) == 1:
            self.settled.append((accepted[0], error))
            return
        middle = len(accepted) // 2
        self.store(accepted[:middle])
        self.store(accepted[middle:])
