"""Taking figures over: preview, all or nothing, revisions, and the editors' pages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from austausch.figures import importing
from austausch.figures.models import OlderValue, Statistic, StatisticImport, Value
from austausch.people.models import User
from tests.factories import MembershipFactory, PlaceFactory, UserFactory
from tests.figures.test_genesis import OLD

pytestmark = pytest.mark.django_db
SAID = {
    "source": "Landesbetrieb, Beispieltabelle",
    "licence": "dl-de/by-2-0",
    "retrieved_on": dt.date(2026, 11, 1),
    "note": "",
}


def take(user: User, data: str = OLD, *, content: str = "Bevölkerung", title: str = "Menschen") -> Statistic:
    return importing.take_over(importing.read(data.encode(), user, title=title, content=content, **SAID), user)


def test_a_file_becomes_a_statistic_with_all_that_was_said_about_it() -> None:
    PlaceFactory(ags="05913", name="Dortmund", kind="city", population=500_000)
    statistic = take(UserFactory(portal_team=True))
    assert (statistic.unit, statistic.source, statistic.licence) == ("Anzahl", SAID["source"], "dl-de/by-2-0")
    values = list(statistic.values.all())
    assert [(value.series, value.year, value.number) for value in values] == [
        ("Dortmund", 2021, Decimal(586852)),
        ("Dortmund", 2022, Decimal(593317)),
    ]
    assert {value.place_id for value in values} == {"05913"}, "its 8-digit key is that of the city"
    assert not StatisticImport.objects.exists()


def test_the_preview_says_what_would_change_and_changes_nothing() -> None:
    team = UserFactory(portal_team=True)
    take(team)
    waiting = importing.read(
        OLD.replace("593317", "594000").encode(), team, title="Menschen", content="Bevölkerung", **SAID
    )
    found = importing.preview(waiting)
    assert dict(found.counts) == {"same": 1, "revised": 1}
    assert [(line.old, line.new) for line in found.changes] == [(Decimal(593317), Decimal(594000))]
    assert Value.objects.get(year=2022).number == 593317


def test_a_revision_keeps_the_older_value_and_shows_it(client: Client) -> None:
    team = UserFactory(portal_team=True)
    statistic = take(team)
    take(team, OLD.replace("593317", "594000"))
    older = OlderValue.objects.get()
    assert (older.series, older.year, older.number) == ("Dortmund", 2022, Decimal(593317))
    take(team, OLD.replace("593317", "594000"))
    assert OlderValue.objects.count() == 1, "the same file again revises nothing"
    page = " ".join(client.get(f"/zahlen/{statistic.pk}/").content.decode().split())
    assert "1 Zahl wurde berichtigt" in page
    assert "593.317" in page
    assert "594.000" in page
    data = client.get(f"/zahlen/{statistic.pk}.json").json()
    assert data["revised"][0]["value"] == 593317
    assert "berichtigt" in client.get(f"/zahlen/{statistic.pk}.csv").content.decode()


def test_figures_that_a_file_does_not_name_stay() -> None:
    team = UserFactory(portal_team=True)
    statistic = take(team)
    Value.objects.create(statistic=statistic, series="Dortmund", year=2001, number=1)
    take(team)
    assert statistic.values.filter(year=2001).exists()
    assert not OlderValue.objects.exists()


def test_another_unit_is_another_statistic() -> None:
    team = UserFactory(portal_team=True)
    take(team)
    with pytest.raises(importing.FiguresError, match="anderen Titel"):
        take(team, content="Fläche")
    assert set(Value.objects.values_list("number", flat=True)) == {Decimal(586852), Decimal(593317)}


def test_a_file_with_one_bad_row_changes_nothing_at_all() -> None:
    team = UserFactory(portal_team=True)
    with pytest.raises(importing.FiguresError) as caught:
        take(team, OLD.replace("593317", "viele"))
    assert [problem.row for problem in caught.value.problems] == [3]
    assert not Statistic.objects.exists()
    assert not StatisticImport.objects.exists()


def test_a_file_with_several_contents_asks_which() -> None:
    with pytest.raises(importing.FiguresError, match="Bevölkerung, Fläche"):
        take(UserFactory(portal_team=True), content="")


def test_only_the_portal_team_takes_files_over_and_only_its_own() -> None:
    with pytest.raises(PermissionDenied):
        take(MembershipFactory().user)
    team, other = UserFactory(portal_team=True), UserFactory(portal_team=True)
    waiting = importing.read(OLD.encode(), team, title="x", content="Fläche", **SAID)
    with pytest.raises(PermissionDenied):
        importing.take_over(waiting, other)


def test_the_editors_pages_lead_from_the_file_to_the_statistic(client: Client) -> None:
    client.force_login(UserFactory(portal_team=True), backend="allauth.account.auth_backends.AuthenticationBackend")
    form = {
        "title": "Menschen",
        "content": "Bevölkerung",
        "source": "Amt",
        "licence": "frei",
        "retrieved_on": "2026-11-01",
    }
    bad = SimpleUploadedFile("a.csv", OLD.replace("593317", "<b>viele</b>").encode())
    page = client.post("/verwaltung/zahlen-einlesen/", {**form, "file": bad}).content.decode()
    assert "keine Zahl" in page
    assert "<b>viele" not in page
    good = SimpleUploadedFile("a.csv", OLD.encode())
    answer = client.post("/verwaltung/zahlen-einlesen/", {**form, "file": good})
    preview = client.get(answer.headers["Location"]).content.decode()
    assert "Legt eine neue Statistik an." in preview
    assert "593317" in preview
    client.post(f"{answer.headers['Location']}uebernehmen/")
    assert Statistic.objects.get().values.count() == 2


def by_hand(statistic: Statistic, *rows: tuple[Value, int, str]) -> dict[str, str]:
    """What the editors' form sends."""
    sent = {"title": statistic.title, "unit": statistic.unit, "position": "0", "source": "Amt"}
    for number, (value, year, amount) in enumerate(rows):
        sent |= {
            f"values-{number}-{name}": text
            for name, text in {
                "id": str(value.pk), "series": value.series, "series_position": "0", "year": str(year),
                "number": amount, "DELETE": "",
            }.items()
        }  # fmt: skip
    return sent | {"values-TOTAL_FORMS": str(len(rows)), "values-INITIAL_FORMS": str(len(rows))}


def test_years_and_months_are_not_mixed_by_hand_either(client: Client) -> None:
    team = UserFactory(portal_team=True)
    statistic = take(team)
    client.force_login(team, backend="allauth.account.auth_backends.AuthenticationBackend")
    one, two = statistic.values.all()
    data = by_hand(statistic, (one, one.year, "1"), (two, 202301, "2"))
    answer = client.post(f"/verwaltung/snippets/figures/statistic/edit/{statistic.pk}/", data)
    assert answer.status_code == 200
    assert "Jahre, Quartale oder Monate" in answer.content.decode()
    assert set(Value.objects.values_list("year", flat=True)) == {one.year, two.year}


def test_what_is_changed_by_hand_keeps_its_older_value_too(client: Client) -> None:
    team = UserFactory(portal_team=True)
    statistic = take(team)
    client.force_login(team, backend="allauth.account.auth_backends.AuthenticationBackend")
    one, two = statistic.values.all()
    data = by_hand(statistic, (one, one.year, "600000"), (two, two.year, "593317"))
    answer = client.post(f"/verwaltung/snippets/figures/statistic/edit/{statistic.pk}/", data)
    assert answer.status_code == 302
    assert OlderValue.objects.get().number == 586852
