"""A channel that says beforehand that it will not send leaves nothing behind that would have to be reconciled."""

from dataclasses import dataclass

import pytest

from application.messages import NotSent
from application.ports import EventStore
from tests.application.test_delivery_desk import permitted
from tests.house import HandClock, House, KeptPost


@dataclass
class GatedPost(KeptPost):
    is_open: bool = False

    async def admit(self, key: str) -> None:
        if not self.is_open:
            raise NotSent("CIRCUIT_OPEN", retry_after_seconds=30.0)


async def test_what_is_not_admitted_is_not_begun_and_goes_out_when_it_is(store: EventStore, clock: HandClock) -> None:
    post = GatedPost()
    house = House(store, clock, post)
    case, permit = await permitted(house, clock)

    for _ in range(3):
        with pytest.raises(NotSent, match="CIRCUIT_OPEN"):
            await house.delivery.deliver(case, permit)
    assert await store.receipt(f"attempt:{permit}:0", b"attempt") is None
    assert post.messages == []

    post.is_open = True
    await house.delivery.deliver(case, permit)

    assert [message.key for message in post.messages] == [permit]
