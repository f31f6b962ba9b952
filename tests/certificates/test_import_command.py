"""`austausch import_pupils`: a dry run unless told otherwise."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from austausch.certificates.models import ImportBatch, Pupil, School
from tests.certificates.pupil_files import ADA, BEN, HEAD, csv, with_change
from tests.factories import SchoolFactory, SchoolRoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    SchoolFactory(kind=School.Kind.GRAMMAR, number="999001")
    path = tmp_path / "pupils.csv"
    path.write_bytes(csv(ADA, with_change(BEN, Jahrgang="3")))
    return path


def run(file: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("import_pupils", str(file), "--school", "999001", *options, stdout=out)
    return out.getvalue()


def test_a_dry_run_says_what_would_change_and_changes_nothing(file: Path) -> None:
    said = run(file)
    assert "neu: 1" in said
    assert "Zeile 3, Jahrgang" in said
    assert not Pupil.objects.exists()
    assert not ImportBatch.objects.exists()


def test_applying_takes_the_name_of_somebody_of_the_school(file: Path) -> None:
    with pytest.raises(CommandError):
        run(file, "--apply")
    stranger = SchoolRoleFactory().user
    with pytest.raises(CommandError):
        run(file, "--apply", "--user", stranger.email)
    assert not Pupil.objects.exists()
    person = SchoolRoleFactory(school=School.objects.get(number="999001")).user
    run(file, "--apply", "--user", person.email)
    assert Pupil.objects.count() == 1
    assert ImportBatch.objects.get().applied_by == person


def test_a_refused_file_is_an_error_with_its_remedy(file: Path) -> None:
    file.write_bytes(csv((*ADA, "x"), head=(*HEAD, "Konfession")))
    with pytest.raises(CommandError, match="Konfession"):
        run(file)
    with pytest.raises(CommandError):
        run(file.with_name("missing.csv"))
    with pytest.raises(CommandError, match="999009"):
        call_command("import_pupils", str(file), "--school", "999009")
