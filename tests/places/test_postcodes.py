"""Where postcode areas lie, as far as the software knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from austausch.places import postcodes


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    postcodes._all.cache_clear()
    yield
    postcodes._all.cache_clear()


def test_a_postcode_has_a_place_and_an_unknown_one_has_none() -> None:
    found = postcodes.position("58095")
    assert found is not None
    assert (round(found.latitude), round(found.longitude)) == (51, 7)
    assert postcodes.position("00000") is None


def test_without_the_file_no_postcode_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postcodes, "BUNDLED", tmp_path / "deleted.csv")
    assert postcodes.position("58095") is None
