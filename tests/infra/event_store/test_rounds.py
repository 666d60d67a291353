"""Which appends are tried together, which wait for the outcome, and which are too late."""

from application.ports import Append, StaleStream
from infra.codec import EventCodec, nonces
from infra.event_store.prepared import Means, Outcome, Prepared
from infra.event_store.rounds import plan
from infra.keyring import MemoryKeyring
from tests.infra.event_store.writing import append, new_stream, write


def ready(one: Append) -> Prepared:
    """Return an append whose outcome interests nobody."""

    def ignore(outcome: Outcome) -> None:
        """Nobody waits."""

    return Prepared(one, ignore, Means(EventCodec(), MemoryKeyring(), nonces()))


def test_appends_that_build_on_each_other_go_together() -> None:
    one, other = new_stream(), new_stream()
    appends = [append(write(one, 3)), append(write(one, 4), write(other, 0)), append(write(other, 1))]
    chain = [ready(each) for each in appends]

    planned = plan(chain, {})

    assert planned.accepted == chain
    assert planned.expected == {one: 3, other: 0}
    assert planned.after == {one: 5, other: 2}


def test_a_rival_in_the_same_round_waits_for_its_outcome() -> None:
    stream = new_stream()
    first, rival, ahead = (ready(append(write(stream, expected))) for expected in (0, 0, 2))

    planned = plan([first, rival, ahead], {})

    assert (planned.accepted, planned.postponed, planned.stale) == ([first], [rival, ahead], [])


def test_the_same_request_in_the_same_round_waits_for_the_first() -> None:
    first, again = (ready(append(write(new_stream(), 0), request="one")) for _ in range(2))

    planned = plan([first, again], {})

    assert (planned.accepted, planned.postponed) == ([first], [again])


def test_an_append_of_which_one_stream_is_known_to_be_elsewhere_is_too_late_with_all_its_streams() -> None:
    known, other = new_stream(), new_stream()
    late, next_one = ready(append(write(other, 0), write(known, 1))), ready(append(write(other, 0)))

    planned = plan([late, next_one], {known: 2})

    ((one, reason),) = planned.stale
    assert one is late
    assert isinstance(reason, StaleStream)
    assert (reason.stream_id, reason.expected, reason.actual) == (known, 1, 2)
    assert planned.accepted == [next_one]
