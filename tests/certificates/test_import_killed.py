"""Imports whose process dies, at every statement: nothing twice, nothing lost, nothing by halves; and they go on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client

from austausch.certificates.importing import actions, progress, resuming, retention, tasks
from austausch.certificates.models import Certificate, ImportBatch, ImportRow, IssueLog, Pupil, Revocation, UploadedFile
from tests.certificates.pupil_files import ADA, BEN, csv, with_change
from tests.certificates.school import Issuer, issued, issuer
from tests.killing import Killed, killed_at, undone

pytestmark = pytest.mark.django_db
State, Outcome = ImportBatch.State, ImportRow.Outcome
TODAY = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
LATER = TODAY + progress.SILENT + dt.timedelta(minutes=1)
CLEO, DORA = with_change(ADA, Vorname="Cleo"), with_change(ADA, Vorname="Dora")


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def at() -> Issuer:
    return issuer(kind="gymnasium", number="999001")


def begin(at: Issuer, *rows: tuple[str, ...]) -> ImportBatch:
    return actions.begin(at.school, at.office, name="pupils.csv", content=csv(*rows), complete=True)


def look(at: Issuer) -> tuple[ImportBatch, list[int]]:
    """An import with one of each: new, changed, unchanged, left with a certificate out, refused."""
    actions.apply(begin(at, ADA, BEN, CLEO), at.office)
    issued(at, list(Pupil.objects.filter(first_names="Cleo")))
    batch = begin(at, with_change(ADA, Klasse="7c"), BEN, DORA, with_change(ADA, Vorname="Emil", Status="1"))
    left = batch.rows.get(outcome=Outcome.DEPARTED)
    return batch, [left.pk]


def facts() -> dict[str, Any]:
    """All that an import may change, without keys that a second attempt counts up."""
    names = ("first_names", "class_name", "status", "ended_on", "import_batch")
    return {
        "pupils": sorted(Pupil.objects.values_list(*names), key=str),
        "rows": sorted(ImportRow.objects.values_list("number", "outcome", "confirmed", "pupil__first_names"), key=str),
        "certificates": sorted(Certificate.objects.values_list("number", "state")),
        "revocations": Revocation.objects.count(),
        "log": list(IssueLog.objects.filter(action="imported").order_by("pk").values_list("data", flat=True)),
    }


def killed_everywhere(work: Callable[[], object], then: Callable[[int], object], most: int = 500) -> int:
    """Each time from the same beginning: dies at the next statement, and `then` looks at what is left."""
    for step in range(most):
        with undone():
            # What an earlier turn has said is undone with it.
            caches["shared"].clear()
            try:
                with killed_at(step):
                    work()
            except Killed:
                then(step)
                continue
        return step
    raise AssertionError(f"It does not end within {most} statements.")


def test_killed_at_any_statement_an_import_is_applied_all_the_same(at: Issuer) -> None:
    batch, left = look(at)
    before = facts()

    def work() -> None:
        actions.apply(ImportBatch.objects.get(pk=batch.pk), at.office, departed=left, ended_on="2026-11-20")

    with undone():
        work()
        expected = facts()
    assert expected != before
    assert ("Cleo", "7a", Pupil.Status.LEFT, dt.date(2026, 11, 20), batch.pk) in expected["pupils"]
    applied_in_the_end = 0

    def goes_on(step: int) -> None:
        nonlocal applied_in_the_end
        found = ImportBatch.objects.get(pk=batch.pk)
        if found.state != State.APPLIED:
            assert {**facts(), "rows": before["rows"]} == before, f"killed at {step}: something is done by halves"
        with time_machine.travel(LATER, tick=False):
            resuming.take_up()
            resuming.take_up()
        found.refresh_from_db()
        if found.state == State.ASKING:
            # Killed before the yes was written down: it is as if nobody had said it.
            assert facts() == before, f"killed at {step}"
            work()
        else:
            applied_in_the_end += 1
        found.refresh_from_db()
        assert found.state == State.APPLIED, f"killed at {step}"
        assert facts() == expected, f"killed at {step}"

    assert killed_everywhere(work, goes_on) > 20
    assert applied_in_the_end > 10


def test_killed_at_any_statement_a_file_is_read_all_the_same(at: Issuer) -> None:
    actions.apply(begin(at, ADA, BEN), at.office)

    def work() -> None:
        begin(at, with_change(ADA, Klasse="7c"), DORA)

    with undone():
        work()
        expected = facts()["rows"]

    def goes_on(step: int) -> None:
        last = ImportBatch.objects.first()
        assert last is not None
        if last.state == State.APPLIED:
            # Killed before the file was taken in: the person sees an error, and uploads it again.
            assert not UploadedFile.objects.exists()
            return
        with time_machine.travel(LATER, tick=False):
            resuming.take_up()
        last.refresh_from_db()
        assert last.state == State.ASKING, f"killed at {step}"
        assert facts()["rows"] == expected, f"killed at {step}"
        assert not UploadedFile.objects.exists()

    assert killed_everywhere(work, goes_on) > 10


def test_who_is_at_work_is_left_in_peace(at: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = begin(at, ADA)
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.APPLYING, applied_by=at.office, claimed_at=TODAY)
    resuming.take_up()
    assert not Pupil.objects.exists()
    with time_machine.travel(LATER, tick=False):
        # It has been at it for long, and has just said how far it is.
        progress.say(batch, 1, 2)
        resuming.take_up()
        assert not Pupil.objects.exists()
    with time_machine.travel(LATER + progress.SILENT, tick=False):
        resuming.take_up()
    assert Pupil.objects.count() == 1


def test_what_ends_every_process_is_given_up_and_the_page_says_what_to_do(at: Issuer) -> None:
    often = {"attempts": resuming.MOST_ATTEMPTS, "claimed_at": TODAY - dt.timedelta(hours=1)}
    read, applied = begin(at, ADA), begin(at, ADA)
    ImportBatch.objects.filter(pk=read.pk).update(state=State.READING, **often)
    UploadedFile.objects.create(batch=read, content=b"x")
    ImportBatch.objects.filter(pk=applied.pk).update(state=State.APPLYING, applied_by=at.office, **often)
    with time_machine.travel(LATER, tick=False):
        resuming.take_up()
    for batch, state, said in ((read, State.REFUSED, "Laden Sie die Datei"), (applied, State.ASKING, "noch einmal")):
        batch.refresh_from_db()
        assert batch.state == state
        assert said in page(at, batch)
    assert not Pupil.objects.exists()
    assert not UploadedFile.objects.exists()
    # A person may try again; then the sentence goes.
    actions.apply(applied, at.office)
    applied.refresh_from_db()
    assert (applied.state, applied.problems) == (State.APPLIED, [])


def test_a_file_that_nobody_has_read_within_a_day_is_asked_for_again(at: Issuer) -> None:
    batch = begin(at, ADA)
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.READING)
    UploadedFile.objects.create(batch=batch, content=b"x")
    with time_machine.travel(TODAY + dt.timedelta(days=1, hours=1), tick=False):
        retention.forget()
        resuming.take_up()
        batch.refresh_from_db()
        assert batch.state == State.REFUSED
        assert "innerhalb eines Tages" in page(at, batch)


def test_the_page_of_an_interrupted_import_says_so(at: Issuer) -> None:
    batch = begin(at, ADA)
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.APPLYING, applied_by=at.office, attempts=0)
    caches["shared"].clear()
    assert "wartet, bis es an der Reihe ist" in page(at, batch)
    with time_machine.travel(LATER, tick=False):
        assert "unterbrochen" not in page(at, batch), "it waits behind others"
    ImportBatch.objects.filter(pk=batch.pk).update(attempts=1)
    progress.say(batch, 500, 50_000)
    assert "500 von 50000" in page(at, batch).replace(".", "")
    with time_machine.travel(LATER, tick=False):
        shown = page(at, batch)
    assert "unterbrochen" in shown
    assert "Sie müssen nichts tun" in shown


def test_a_yes_that_failed_leaves_nobody_confirmed(at: Issuer) -> None:
    batch, left = look(at)
    Pupil.objects.filter(first_names="Ada").update(class_name="9z")
    with pytest.raises(actions.PupilImportError):
        actions.apply(batch, at.office, departed=left, ended_on="2026-11-20")
    assert not batch.rows.filter(confirmed=True).exists()
    Pupil.objects.filter(first_names="Ada").update(class_name="7a")
    actions.apply(batch, at.office)
    assert Pupil.objects.get(first_names="Cleo").status == Pupil.Status.ACTIVE
    assert not Revocation.objects.exists()


def page(at: Issuer, batch: ImportBatch) -> str:
    client = Client()
    client.force_login(at.office)
    answer = client.get(batch.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_import_from_a_server_that_is_no_longer_configured_is_given_up(at: Issuer) -> None:
    batch = begin(at, ADA)
    ImportBatch.objects.filter(pk=batch.pk).update(
        source=ImportBatch.Source.SVWS, state=State.READING, file_name="", attempts=0, claimed_at=None
    )
    for hours in range(1, resuming.MOST_ATTEMPTS + 2):
        with time_machine.travel(TODAY + dt.timedelta(hours=hours), tick=False):
            resuming.take_up()
            tasks.ask_server.func(batch.pk)
    batch.refresh_from_db()
    assert batch.state == State.REFUSED
    assert "Fragen Sie den Server noch einmal" in page(at, batch)
