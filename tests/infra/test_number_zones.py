"""What a telephone number tells about where it rings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import zone
from domain.case.words import Channel
from infra.number_zones import zones_of


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+573001234567", ("America/Bogota",)),
        ("+51987654321", ("America/Lima",)),
        ("+526641234567", ("America/Tijuana",)),
        ("+525512345678", ("America/Mexico_City",)),
        ("+12125550001", ("America/New_York",)),
        ("+18085551234", ("Pacific/Honolulu",)),
        ("+56322123456", ("America/Santiago",)),
    ],
)
def test_a_number_is_of_the_zone_of_its_place(number: str, zones: tuple[str, ...]) -> None:
    assert zones_of(Channel.PHONE, number) == zones


def test_a_number_that_may_ring_in_several_zones_is_of_all_of_them() -> None:
    assert zones_of(Channel.SMS, "+34612345678") == ("Atlantic/Canary", "Europe/Madrid")
    assert zones_of(Channel.WHATSAPP, "+593991234567") == ("America/Guayaquil", "Pacific/Galapagos")


@pytest.mark.parametrize("number", ["+18005550199", "+19005551234", "+80012345678", "+883510000000"])
def test_a_number_of_no_place_tells_nothing(number: str) -> None:
    assert zones_of(Channel.PHONE, number) == ()


@pytest.mark.parametrize("number", ["", "abc", "+12", "+1900", "300 123 4567", "+999123456789", "+5215512345678"])
def test_what_is_no_known_number_tells_nothing(number: str) -> None:
    assert zones_of(Channel.PHONE, number) == ()


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER, Channel.VISIT])
def test_only_what_rings_is_looked_at(channel: Channel) -> None:
    assert zones_of(channel, "+573001234567") == ()


@given(channel=st.sampled_from(Channel), address=st.text() | st.from_regex(r"\+[0-9]{1,17}", fullmatch=True))
def test_no_address_raises_and_every_zone_is_one_that_we_know(channel: Channel, address: str) -> None:
    zones = zones_of(channel, address)
    assert list(zones) == sorted(set(zones))
    assert all(zone(name).key == name for name in zones)
