"""Entries over a stream that breaks: each is sent until it has an answer, and is counted once."""

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import grpc
import pytest

from api.client import Doors
from domain.money import Money
from importers.entry_stream import BATCHES_AHEAD, Batch, send
from importers.payment_files.entry import FileFormat, IdentifiedBy, PaymentEntry, Standing
from protos.escalera import v1 as pb

BATCHES = 25


class BreakingBank:
    """Answers as the engine would, and breaks off without a word about every fifth time."""

    def __init__(self, chance: random.Random, code: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE) -> None:
        self._chance = chance
        self._code = code
        self.known: Counter[str] = Counter()
        self.breaks = 0

    def import_entries(
        self, requests: Iterator[pb.ImportEntriesRequest], context: grpc.ServicerContext
    ) -> Iterator[pb.ImportEntriesResponse]:
        for request in requests:
            outcomes = []
            for entry in request.entries:
                self.known[entry.entry_id] += 1
                again = self.known[entry.entry_id] > 1
                became = pb.ENTRY_BECAME_REPEATED if again else pb.ENTRY_BECAME_RECORDED
                outcomes.append(pb.EntryOutcome(entry_id=entry.entry_id, became=became))
            if self._chance.random() < 0.2:
                self.breaks += 1
                context.abort(self._code, "gone")
            yield pb.ImportEntriesResponse(outcomes=outcomes)


@contextmanager
def serving(bank: BreakingBank) -> Iterator[Doors]:
    server = grpc.server(ThreadPoolExecutor(4))
    handler = grpc.stream_stream_rpc_method_handler(
        bank.import_entries,
        request_deserializer=pb.ImportEntriesRequest.FromString,
        response_serializer=pb.ImportEntriesResponse.SerializeToString,
    )
    services = {"ImportEntries": handler}
    service = grpc.method_handlers_generic_handler("escalera.v1.PaymentQueueService", services)
    server.add_generic_rpc_handlers((service,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Doors(channel)
    finally:
        server.stop(0).wait()


def batches(count: int = BATCHES) -> Iterator[Batch]:
    for number in range(count):
        told = [_entry(f"{number}-{place}") for place in range(3)]
        yield told, pb.ImportEntriesRequest(entries=[pb.BankEntry(entry_id=one.entry_id) for one in told])


def _entry(name: str) -> PaymentEntry:
    return PaymentEntry(
        entry_id=name,
        identified_by=IdentifiedBy.REFERENCE,
        file_format=FileFormat.CAMT,
        file="f",
        position="1",
        account="1",
        statement_id="",
        standing=Standing.BOOKED,
        amount=Money(1, "EUR"),
        booked_on=date(2026, 11, 20),
        value_on=None,
    )


@pytest.mark.parametrize("seed", range(4))
def test_every_entry_is_answered_once_and_with_its_own_answer(seed: int) -> None:
    bank = BreakingBank(random.Random(seed + 1))
    answered: list[str] = []

    def note(told: list[PaymentEntry], answer: pb.ImportEntriesResponse) -> None:
        assert [one.entry_id for one in told] == [one.entry_id for one in answer.outcomes]
        answered.extend(one.entry_id for one in told)

    with serving(bank) as doors:
        send(doors, batches(), actor="system:test", answered=note)

    assert answered == [one.entry_id for told, _ in batches() for one in told]
    assert set(bank.known) == set(answered)
    assert bank.breaks > 0


def test_a_refusal_is_raised_and_not_tried_again() -> None:
    bank = BreakingBank(random.Random(1), grpc.StatusCode.FAILED_PRECONDITION)
    with serving(bank) as doors, pytest.raises(grpc.RpcError):
        send(doors, batches(), actor="system:test", answered=lambda *_: None)

    assert bank.breaks == 1


def test_what_reading_the_file_raises_is_raised_after_what_came_before_it() -> None:
    class Quiet(random.Random):
        def random(self) -> float:
            return 1.0

    def failing() -> Iterator[Batch]:
        yield from batches(2)
        raise ValueError("line 7")

    bank = BreakingBank(Quiet())
    with serving(bank) as doors, pytest.raises(ValueError, match="line 7"):
        send(doors, failing(), actor="system:test", answered=lambda *_: None)

    assert len(bank.known) == 6


def test_no_more_is_read_ahead_than_was_agreed() -> None:
    taken, answered = 0, 0

    def counted() -> Iterator[Batch]:
        nonlocal taken
        for batch in batches():
            taken += 1
            assert taken - answered <= BATCHES_AHEAD + 1
            yield batch

    def note(*_: Any) -> None:
        nonlocal answered
        answered += 1

    class Quiet(random.Random):
        def random(self) -> float:
            return 1.0

    with serving(BreakingBank(Quiet())) as doors:
        send(doors, counted(), actor="system:test", answered=note)

    assert (taken, answered) == (BATCHES, BATCHES)
