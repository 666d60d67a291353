"""Sends the entries of a payment file to the server, and tells what became of each and what waits for a person.

The file is read twice: once to see that it is whole and that its totals hold, and then to send. The server knows an
entry again whenever it is told, so that a file may be imported again, by several at once, and after a break.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path

from api.client import Doors
from api.translate_values import day_out, money_out
from importers.entry_stream import send
from importers.payment_files.entry import (
    Doubt,
    FileFormat,
    IdentifiedBy,
    Item,
    NoticeKind,
    PaymentEntry,
    Standing,
)
from importers.payment_files.options import ReadOptions
from importers.payment_files.reading import open_payment_file
from importers.payment_files.summary import Summary
from protos.escalera import v1 as pb

ACTOR = "system:import-payments"
BATCH_ENTRIES = 250
BATCH_BYTES = 128 * 1024
TEXT_LENGTH_MAX = 4_000  # characters; no bank's field is longer, and what is cut off leads to nothing
TAKEN_BACK = frozenset({NoticeKind.RETURNED, NoticeKind.FAILED, NoticeKind.REVERSED})
NOTICE = "notice:"
# Most deposits that went back, or never came, were never told as payments.
_IF_RECORDED = frozenset({f"{NOTICE}{NoticeKind.RETURNED}", f"{NOTICE}{NoticeKind.FAILED}"})
_METHODS = {FileFormat.CNAB240: "BOLETO", FileFormat.CNAB400: "BOLETO", FileFormat.SPEI: "SPEI"}  # else TRANSFER
_STANDING = {
    Standing.BOOKED: pb.ENTRY_STANDING_BOOKED,
    Standing.PENDING: pb.ENTRY_STANDING_PENDING,
    Standing.INFORMATION: pb.ENTRY_STANDING_INFORMATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """An entry that waits for a person, or that the server refused, and what the server said."""

    entry: PaymentEntry
    outcome: pb.EntryOutcome

    @property
    def why(self) -> str:
        """Why it waits; REFUSED where nothing was recorded at all."""
        return self.outcome.why or "REFUSED"


@dataclass(slots=True)
class Result:
    """What became of the entries of one file."""

    recorded: int = 0
    reversed: int = 0
    repeated: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)  # OUTGOING, PENDING, INFORMATION
    left: Counter[str] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        """Entries that have an outcome."""
        return self.recorded + self.reversed + self.repeated + self.passed_over.total() + self.left.total()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is known of a file before anything of it is sent."""

    file_format: FileFormat
    summary: Summary
    digest: str  # of its bytes


def check(path: Path, options: ReadOptions) -> Checked:
    """Read a file to its end. Raises `PaymentFileInvalid`, `OSError`."""
    with path.open("rb") as source:
        digest = file_digest(source, "sha256").hexdigest()
    with open_payment_file(path, options) as reading:
        for _ in reading:
            pass
        return Checked(file_format=reading.file_format, summary=reading.summary, digest=digest)


@dataclass(kw_only=True)
class Importer:
    """Sends batches ahead of their answers; `left` is called with each entry that is left for a person.

    `creditor`: whose cases are meant; with "" anybody's. `actor`: who imports; "" where the channel proves it. Failed
    calls are raised as they come (`grpc.RpcError`), after the server has been asked again for a while where it may only
    be away.
    """

    doors: Doors
    creditor: str = ""
    actor: str = ACTOR
    validate_only: bool = False
    left: Callable[[Left], None] = lambda _: None
    progress: Callable[[Result], None] = lambda _: None
    result: Result = field(default_factory=Result)

    def run(self, path: Path, options: ReadOptions, checked: Checked) -> Result:
        """Import what `check` has read."""
        with open_payment_file(path, options) as reading:
            entries = (entry for item in reading if (entry := _moving(item, reading.file_format)) is not None)
            send(self.doors, self._batches(entries, checked.digest), actor=self.actor, answered=self._answered)
        return self.result

    def _batches(
        self, entries: Iterable[PaymentEntry], digest: str
    ) -> Iterator[tuple[list[PaymentEntry], pb.ImportEntriesRequest]]:
        batch: list[PaymentEntry] = []
        request, size = self._request(), 0
        for entry in entries:
            told = bank_entry(entry, digest)
            size += told.ByteSize()
            if batch and (len(batch) == BATCH_ENTRIES or size > BATCH_BYTES):
                yield batch, request
                batch, request, size = [], self._request(), told.ByteSize()
            batch.append(entry)
            request.entries.append(told)
        if batch:
            yield batch, request

    def _request(self) -> pb.ImportEntriesRequest:
        return pb.ImportEntriesRequest(creditor_id=self.creditor, validate_only=self.validate_only)

    def _answered(self, batch: list[PaymentEntry], answer: pb.ImportEntriesResponse) -> None:
        for entry, outcome in zip(batch, answer.outcomes, strict=True):
            self._count(entry, outcome)
        self.progress(self.result)

    def _count(self, entry: PaymentEntry, outcome: pb.EntryOutcome) -> None:
        result = self.result
        match outcome.became:
            case pb.ENTRY_BECAME_RECORDED:
                result.recorded += 1
            case pb.ENTRY_BECAME_REVERSED:
                result.reversed += 1
            case pb.ENTRY_BECAME_REPEATED:
                result.repeated += 1
            case pb.ENTRY_BECAME_PASSED_OVER:
                result.passed_over[outcome.detail or "OUTGOING"] += 1
            case _:
                one = Left(entry=entry, outcome=outcome)
                result.left[one.why] += 1
                self.left(one)


def _moving(item: Item, file_format: FileFormat) -> PaymentEntry | None:
    """Return an entry as it is; and a notice that a payment did not stand as the reversal that it is."""
    if isinstance(item, PaymentEntry):
        return item
    if item.kind not in TAKEN_BACK or item.amount is None or item.amount.minor <= 0 or not item.reference:
        return None
    told = "\x1f".join(("notice", item.account, item.code, item.reference, str(item.on), str(item.amount)))
    spei = file_format is FileFormat.SPEI  # where the reference is the payer's own id, the clave de rastreo
    return PaymentEntry(
        entry_id=sha256(told.encode()).hexdigest()[:32],
        identified_by=IdentifiedBy.REFERENCE,
        file_format=file_format,
        file=item.file,
        position=item.position,
        account=item.account,
        statement_id="",
        standing=Standing.BOOKED,
        amount=-item.amount,
        booked_on=item.on,
        value_on=None,
        reversal=True,
        end_to_end_id=item.reference if spei else "",
        structured_reference="" if spei else item.reference,
        document_number="" if spei else item.document_number,
        bank_transaction_code=f"{NOTICE}{item.kind}",
        doubts=() if item.on else (Doubt.NO_DATE,),
    )


def bank_entry(entry: PaymentEntry, digest: str) -> pb.BankEntry:
    """Return an entry for the wire; `digest` is that of its file."""
    place = sha256(f"{digest}\x1f{entry.position}".encode()).hexdigest()[:16]
    return pb.BankEntry(
        entry_id=entry.entry_id,
        identified_by_content=entry.identified_by is IdentifiedBy.CONTENT,
        place=place,
        account=entry.account,
        standing=_STANDING[entry.standing],
        amount=money_out(entry.amount.minor, entry.currency),
        booked_date=None if entry.booked_on is None else day_out(entry.booked_on),
        value_date=None if entry.value_on is None else day_out(entry.value_on),
        reversal=entry.reversal,
        doubts=[doubt.value for doubt in entry.doubts],
        method=_METHODS.get(entry.file_format, "TRANSFER"),
        structured_reference=entry.structured_reference[:TEXT_LENGTH_MAX],
        document_number=entry.document_number[:TEXT_LENGTH_MAX],
        transaction_reference=entry.transaction_reference[:TEXT_LENGTH_MAX],
        end_to_end_id=entry.end_to_end_id[:TEXT_LENGTH_MAX],
        remittance=entry.remittance[:TEXT_LENGTH_MAX],
        counterparty_name=entry.counterparty_name[:TEXT_LENGTH_MAX],
        counterparty_account=entry.counterparty_account[:TEXT_LENGTH_MAX],
        ultimate_counterparty_name=entry.ultimate_counterparty_name[:TEXT_LENGTH_MAX],
        format=entry.file_format.value,
        file=entry.file,
        position_in_file=entry.position,
        only_if_recorded=entry.bank_transaction_code in _IF_RECORDED,
    )
