"""Where postcode areas lie, as far as the software knows."""

from __future__ import annotations

from austausch.places import postcodes


def test_a_postcode_has_a_place_and_an_unknown_one_has_none() -> None:
    found = postcodes.position("58095")
    assert found is not None
    assert (round(found.latitude), round(found.longitude)) == (51, 7)
    assert postcodes.position("00000") is None
