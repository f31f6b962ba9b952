"""What the tests of certificates share."""

from __future__ import annotations

import pytest

from austausch.certificates import watch


@pytest.fixture(autouse=True)
def by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """No alarm for the hour: the tests run at night, too."""
    monkeypatch.setattr(watch, "NIGHT", (24, 0))
