"""The generation of the public content, as those see it who ask several things at once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from austausch.core import generation

pytestmark = pytest.mark.django_db


def test_who_holds_it_sees_one_generation_and_asks_once() -> None:
    before = generation.current()
    with CaptureQueriesContext(connection) as asked, generation.held():
        assert generation.current() == generation.current() == before
    assert len(asked) == 1
    with generation.held():
        generation.advance()
        assert generation.current() == before
    assert generation.current() == before + 1


def test_a_failure_lets_go_of_it() -> None:
    with pytest.raises(ValueError, match="no"), generation.held():
        raise ValueError("no")
    generation.advance()
    before = generation.current()
    generation.advance()
    assert generation.current() == before + 1
