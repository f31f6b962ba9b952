"""What every address answers to every role is written down in addresses.txt; a change is seen, and decided.

One test for each role, so that they run beside each other.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.rights.table import COLUMNS, Table, read, written

FILE = Path(__file__).with_name("addresses.txt")
WRITING = "AUSTAUSCH_WRITE_RIGHTS" in os.environ


@pytest.mark.django_db
@pytest.mark.parametrize("role", COLUMNS)
def test_every_address_answers_each_role_as_written_down(role: str) -> None:
    answers = Table().column(role)
    if WRITING:
        before = read(FILE.read_text() if FILE.exists() else "")
        FILE.write_text(written({**before, role: answers}))
    known = read(FILE.read_text())[role]
    changed = [
        f"{name}: {known.get(name, 'no row')} → {answers.get(name, 'no such address')}"
        for name in sorted(answers.keys() | known.keys())
        if answers.get(name) != known.get(name)
    ]
    assert not changed, f"{role}: is this meant? Then: python tools/rights.py --write\n" + "\n".join(changed)


def test_no_address_fails_but_wagtails_own_with_an_empty_form() -> None:
    columns = read(FILE.read_text())
    for role in COLUMNS:
        failed = {name for name, answer in columns[role].items() if answer.startswith("5")}
        # Wagtail's views for pages and pictures read fields that no empty form has; only the portal team gets there.
        wagtails = {name for name in failed if role == "portal team" and name[5:].startswith("verwaltung/")}
        assert failed - wagtails == set(), role
