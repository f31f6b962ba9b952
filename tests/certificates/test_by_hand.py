"""A pupil entered by hand: the rules of the import, its messages beside the fields, and four eyes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client

from austausch.certificates import actions as issuing_actions
from austausch.certificates.importing import actions, by_hand
from austausch.certificates.importing.errors import PupilImportError
from austausch.certificates.models import IssueBatch, IssueLog, Pupil, School
from tests.certificates.pupil_files import ADA, csv
from tests.certificates.school import PURPOSE, Issuer, issuer
from tests.certificates.test_pages import client_of
from tests.factories import SchoolRoleFactory, UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/netz/schulbescheinigungen/einlesen/999001/eintragen/"
NORA = {
    "family_name": "Łukasiewicz", "first_names": "Nora Ada", "first_name": "Nora", "birth_date": "2014-05-06",
    "status": "2", "grade": "7", "class_name": "7a", "attending_since": "01.08.2024", "street": "Musterweg 5a",
    "postal_code": "00000", "town": "Musterort",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def at() -> Issuer:
    return issuer(kind=School.Kind.GRAMMAR, number="999001")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("family_name", "", "Dieses Feld"),
        ("birth_date", "31.02.2014", "ist kein Datum"),
        ("birth_date", "2027-01-01", "liegt in der Zukunft"),
        ("birth_date", "1950-01-01", "Prüfen Sie das Geburtsdatum"),
        ("grade", "3", "Diese Schulform hat keinen Jahrgang"),
        ("attending_since", "2010-08-01", "vor dem Geburtsdatum"),
        ("attending_since", "2026-12-24", "liegt in der Zukunft"),
        ("expected_end", "2024-01-01", "vor dem Beginn"),
        ("first_names", "N?ra", "Fragezeichen"),
        ("family_name", "Тарану", "DIN 91379"),
        ("family_name", "a" * 121, "120"),
        ("house_number", "1" * 16, "15"),
        ("status", "1", "Auswahl"),
        ("left_on", "2030-01-01", ""),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(
    at: Issuer, field: str, value: str, said: str
) -> None:
    answer = client_of(at.office).post(ADDRESS, {**NORA, field: value, **({"status": "9"} if not said else {})})
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert said in str(errors[field])
    assert "exportieren Sie" not in str(errors), "a form is no file"
    assert not Pupil.objects.exists()


def test_it_is_kept_as_an_import_would_and_is_confirmed_by_none(at: Issuer) -> None:
    answer = client_of(at.office, at.school).post(ADDRESS, NORA, follow=True)
    assert "zweite Person" in answer.content.decode()
    nora = Pupil.objects.get()
    assert (nora.family_name, nora.call_name, nora.grade, nora.street, nora.house_number) == (
        "Łukasiewicz", "Nora", "jahrgangsstufe_7", "Musterweg", "5a",
    )  # fmt: skip
    assert (nora.import_batch, nora.retention_ends_on) == (None, dt.date(2027, 10, 31))
    line = IssueLog.objects.get(action="imported")
    assert (line.actor, line.purpose, line.data) == (at.office, "by hand", {"pupil": nora.pk})


def test_a_certificate_for_it_takes_a_second_person(at: Issuer) -> None:
    nora = by_hand.enter(at.school, at.office, NORA)
    batch = issuing_actions.ask(at.school, at.office, scope="one", pupils=[nora], purpose=PURPOSE)
    assert batch.state == IssueBatch.State.WAITING
    with pytest.raises(PermissionDenied):
        issuing_actions.allow(batch, at.office)


def test_nobody_is_entered_twice(at: Issuer) -> None:
    by_hand.enter(at.school, at.office, NORA)
    with pytest.raises(by_hand.NotEnteredError) as caught:
        by_hand.enter(at.school, at.office, {**NORA, "family_name": "łukasiewicz "})
    assert list(caught.value.problems) == ["family_name"]
    assert Pupil.objects.count() == 1


def test_who_learns_from_a_refusal_that_somebody_is_here_is_written_down(at: Issuer) -> None:
    client = client_of(at.office, at.school)
    client.post(ADDRESS, NORA)
    told = IssueLog.objects.filter(action=IssueLog.Action.READ, data__part="by hand")
    assert not told.exists()
    client.post(ADDRESS, NORA)
    assert told.get().actor == at.office


def test_the_next_import_confirms_it_or_asks_about_it(at: Issuer) -> None:
    nora = by_hand.enter(at.school, at.office, {**NORA, "first_name": ""})
    row = ("Łukasiewicz", "Nora Ada", "06.05.2014", "2", "07", "7a", "01.08.2024")
    batch = actions.begin(at.school, at.office, name="a.csv", content=csv(row), complete=True)
    assert (batch.new, batch.same + batch.changed) == (0, 1)
    actions.apply(batch, at.office)
    nora.refresh_from_db()
    assert nora.import_batch == batch
    assert actions.begin(at.school, at.office, name="a.csv", content=csv(ADA), complete=True).departed == 1


def test_somebody_who_has_left_needs_what_a_certificate_about_the_past_needs(at: Issuer) -> None:
    with pytest.raises(by_hand.NotEnteredError):
        by_hand.enter(at.school, at.office, {**NORA, "status": "9"})
    pupil = by_hand.enter(at.school, at.office, {**NORA, "status": "9", "left_on": "2026-10-31"})
    assert (pupil.has_left, pupil.ended_on) == (True, dt.date(2026, 10, 31))


def test_only_the_schools_own_people(at: Issuer) -> None:
    for stranger in (UserFactory(), UserFactory(portal_team=True), SchoolRoleFactory().user):
        assert client_of(stranger).get(ADDRESS).status_code == 404
        assert client_of(stranger).post(ADDRESS, NORA).status_code == 404
        with pytest.raises((PermissionDenied, PupilImportError)):
            by_hand.enter(at.school, stranger, NORA)
    assert Client().get(ADDRESS).status_code == 302
    assert not Pupil.objects.exists()


@pytest.mark.parametrize("text", ['<script>alert("1")</script>', "{{ 7*7 }}", "=1+1", "Anna\u202eexe", "A\x00b"])
def test_hostile_text_is_refused_or_shown_as_text(at: Issuer, text: str) -> None:
    answer = client_of(at.office, at.school).post(ADDRESS, {**NORA, "town": text}, follow=True)
    assert "<script>alert" not in answer.content.decode()
    kept = Pupil.objects.filter(family_name=NORA["family_name"]).first()
    assert kept.town == text if kept else answer.context["form"].errors
