"""Pages of the import: a school's people come all the way, nobody else comes in."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from austausch.certificates.importing import progress, template_files
from austausch.certificates.models import ImportBatch, IssueLog, Pupil, School
from austausch.certificates.reading import read
from tests.certificates.pupil_files import ADA, BEN, csv, with_change
from tests.factories import PupilFactory, SchoolFactory, SchoolRoleFactory, UserFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def school() -> School:
    made: School = SchoolFactory(kind=School.Kind.GRAMMAR, number="999001")
    return made


@pytest.fixture
def client(school: School) -> Client:
    return signed_in(SchoolRoleFactory(school=school).user)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def upload(client: Client, *rows: tuple[str, ...], name: str = "pupils.csv", **form: Any) -> Any:
    file = SimpleUploadedFile(name, csv(*rows))
    return client.post(reverse("certificates:imports", args=["999001"]), {"file": file, **form}, follow=True)


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_from_the_file_to_the_pupils(client: Client) -> None:
    page = upload(client, ADA, with_change(BEN, Nachname="T?ranu"), complete="on")
    assert "Zeile 2 : Muster, Ada" in text(page) or "Zeile 2: Muster, Ada" in text(page)
    batch = ImportBatch.objects.get()
    page = client.post(reverse("certificates:import_apply", args=["999001", batch.pk]), follow=True)
    assert Pupil.objects.count() == 2
    assert "1 Namen prüfen" in text(page) or "1 Name" in text(page)

    page = client.get(reverse("certificates:names", args=["999001"]))
    pupil = Pupil.objects.exclude(name_doubt="").get()
    assert "T?ranu" in text(page)
    address = reverse("certificates:name", args=["999001", pupil.pk])
    wrong = client.post(address, {f"p{pupil.pk}-family_name": "T?ranu", f"p{pupil.pk}-first_names": "Ben"})
    assert "Fragezeichen" in text(wrong)
    client.post(address, {f"p{pupil.pk}-family_name": "Țăranu", f"p{pupil.pk}-first_names": "Ben"})
    pupil.refresh_from_db()
    assert (pupil.family_name, pupil.name_doubt) == ("Țăranu", "")

    page = client.post(reverse("certificates:import_undo", args=["999001", batch.pk]), follow=True)
    assert "rückgängig gemacht" in text(page)
    assert Pupil.objects.count() == 0


def test_who_has_left_is_ticked_and_nobody_else_leaves(client: Client) -> None:
    upload(client, ADA, BEN)
    client.post(reverse("certificates:import_apply", args=["999001", ImportBatch.objects.get().pk]))
    page = upload(client, with_change(ADA, Vorname="Cleo"), complete="on")
    batch = ImportBatch.objects.order_by("-pk")[0]
    rows = re.findall(r'name="departed" value="(\d+)"', page.content.decode())
    assert len(rows) == 2
    assert "checked" not in page.content.decode()
    apply = reverse("certificates:import_apply", args=["999001", batch.pk])
    assert "Zukunft" in text(client.post(apply, {"departed": rows[0], "ended_on": "2027-01-01"}, follow=True))
    client.post(apply, {"departed": rows[0], "ended_on": "2026-11-01"})
    assert Pupil.objects.filter(status=Pupil.Status.LEFT).count() == 1


def test_a_refused_file_says_what_to_do(client: Client) -> None:
    page = upload(client, name="pupils.exe")
    assert "abgelehnt" in text(page)
    assert ".csv, .dat, .json, .xlsx" in text(page)


def test_what_is_in_a_file_is_text_and_never_markup(client: Client) -> None:
    page = upload(client, with_change(ADA, Nachname="<script>alert(1)</script>", Klasse="<b>"))
    assert "<script>alert" not in page.content.decode()
    assert "&lt;script&gt;" in page.content.decode()


def test_dropping_and_an_empty_form(client: Client) -> None:
    address = reverse("certificates:imports", args=["999001"])
    assert "Bitte wählen Sie eine Datei" in text(client.post(address))
    upload(client, ADA)
    batch = ImportBatch.objects.get()
    client.post(reverse("certificates:import_drop", args=["999001", batch.pk]))
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == (ImportBatch.State.DROPPED, 0)
    assert client.get(batch.get_absolute_url()).status_code == 200


def test_with_one_school_the_entrance_leads_to_it_and_without_any_it_says_so(client: Client) -> None:
    home = reverse("certificates:imports_home")
    assert client.get(home)["Location"] == reverse("certificates:imports", args=["999001"])
    assert "an keiner Schule eine Rolle" in text(signed_in(UserFactory()).get(home))


@pytest.mark.parametrize("who", ["portal team", "another school", "nobody's"])
def test_nobody_else_comes_in(client: Client, school: School, who: str) -> None:
    upload(client, ADA)
    batch, pupil = ImportBatch.objects.get(), PupilFactory(school=school, name_doubt="lost")
    stranger = signed_in(
        {
            "portal team": lambda: UserFactory(portal_team=True),
            "another school": lambda: SchoolRoleFactory().user,
            "nobody's": UserFactory,
        }[who]()
    )
    for name, args in (
        ("imports", []), ("import", [batch.pk]), ("import_apply", [batch.pk]), ("import_drop", [batch.pk]),
        ("import_undo", [batch.pk]), ("names", []), ("name", [pupil.pk]), ("kept", []), ("hold", [pupil.pk]),
        ("import_server", []),
    ):  # fmt: skip
        address = reverse(f"certificates:{name}", args=["999001", *args])
        assert stranger.get(address).status_code in {404, 405}, name
        assert stranger.post(address, {"reason": "x"}).status_code in {404, 405}, name
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.ASKING


def test_each_look_at_pupils_is_written_down_without_a_name(client: Client, school: School) -> None:
    upload(client, ADA)
    batch, pupil = ImportBatch.objects.get(), PupilFactory(school=school, name_doubt="lost", family_name="Geheim")
    seen = IssueLog.objects.filter(action=IssueLog.Action.READ)
    before = seen.count()
    for name, args in (("import", [batch.pk]), ("names", []), ("name", [pupil.pk]), ("kept", [])):
        assert client.get(reverse(f"certificates:{name}", args=["999001", *args])).status_code == 200
    lines = list(seen.order_by("position"))[before:]
    assert [line.data["part"] for line in lines] == ["import", "names", "name", "kept"]
    assert {line.purpose for line in lines} == {"Schülerdaten pflegen"}
    assert "Geheim" not in str([line.data for line in lines])


def test_the_waiting_page_says_how_far_it_is_and_ends_by_itself(client: Client) -> None:
    upload(client, ADA)
    batch = ImportBatch.objects.get()
    ImportBatch.objects.update(state="reading")
    progress.say(batch, 3, 9)
    assert "3 von 9" in text(client.get(batch.get_absolute_url()))
    ImportBatch.objects.update(state="asking")
    assert client.get(batch.get_absolute_url(), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_template_can_be_read_in_as_it_is(client: Client, ending: str) -> None:
    response = client.get(reverse("certificates:import_template", args=[ending]))
    reading = read(f"vorlage.{ending}", response.content)
    assert reading.problems == ()
    assert [record.first_names for record in reading.records] == ["Ada Luise"]
    assert len(template_files.headings()) == len(template_files.EXAMPLE)


def test_data_are_held_for_a_reason_and_released(client: Client, school: School) -> None:
    pupil = PupilFactory(school=school, retention_ends_on=dt.date(2026, 12, 1))
    address = reverse("certificates:hold", args=["999001", pupil.pk])
    assert pupil.family_name in text(client.get(reverse("certificates:kept", args=["999001"])))
    assert "warum" in text(client.post(address, {"reason": " "}, follow=True)).lower()
    client.post(address, {"reason": "Verfahren anhängig"})
    pupil.refresh_from_db()
    assert pupil.hold_reason == "Verfahren anhängig"
    client.post(address)
    pupil.refresh_from_db()
    assert pupil.hold_reason == ""


def test_a_file_of_many_megabytes_passes_for_people_who_are_signed_in_only(client: Client) -> None:
    address = reverse("certificates:imports", args=["999001"])
    large = SimpleUploadedFile("a.csv", b"x" * 2_000_000)
    assert client.post(address, {"file": large}, follow=True).status_code == 200
    large.seek(0)
    assert Client().post(address, {"file": large}).status_code == 413
    assert client.post(reverse("core:network"), {"file": SimpleUploadedFile("a", b"x" * 2_000_000)}).status_code == 413


def test_the_networks_home_names_what_waits(client: Client, school: School) -> None:
    upload(client, ADA)
    PupilFactory(school=school, name_doubt="lost")
    page = text(client.get(reverse("core:network")))
    assert "1 Einlesevorgang wartet" in page
    assert "1 Name zu prüfen" in page
