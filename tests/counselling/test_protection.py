"""Nobody can enter where people hide: not in a form, not by a file, not past both of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from austausch.catalogue.loading.errors import CatalogueError
from austausch.catalogue.loading.loader import load
from austausch.counselling import actions, hiding
from austausch.counselling.models import Office
from tests.factories import OfficeFactory, OrganisationFactory, PlaceFactory, UserFactory

pytestmark = pytest.mark.django_db

ADDRESSES = [
    {"street": "Musterstraße 5"},
    {"postcode": "58095"},
    {"latitude": 51.36, "longitude": 7.47, "precision": "exact"},
]


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: next(iter(address)))
def test_the_database_itself_refuses_an_address(address: dict[str, object]) -> None:
    office = OfficeFactory(protected=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Office.objects.filter(pk=office.pk).update(**address)


def test_an_office_with_an_address_cannot_become_protected_by_the_way() -> None:
    office = OfficeFactory(street="Musterstraße 5")
    with pytest.raises(IntegrityError), transaction.atomic():
        Office.objects.filter(pk=office.pk).update(is_protected=True)


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: next(iter(address)))
def test_the_model_says_at_the_field_why(address: dict[str, object]) -> None:
    office = OfficeFactory.build(is_protected=True, owner=OrganisationFactory(), **address)
    with pytest.raises(ValidationError) as refused:
        office.full_clean()
    assert "Schutzunterkunft" in str(refused.value.message_dict[next(iter(address))])


@pytest.mark.parametrize(
    "text",
    [
        *("Musterstraße 5", "Am Alten Weg 12a", "Unterm Berg-Allee 7", "58095 Hagen", "51.3606, 7.4748", "Hauptstr. 3"),
        *("Hauptstr 5", "Musterstraße Nr. 12", "Musterstraße, 12", "Musterweg Hausnummer 4", "Burggraben 3 b"),
        *("Musterstraße № 5", "Musterstrasse numărul 5", "Musterstraße'de 5 numara", "Musterstraße (5)"),
        *("ул. Хауптщрасе 5", "شارع هاوبت 5", "45127 Есен", "D-45127 ESSEN", "5 Musterstraße", "maps.example.org/x"),
        *("Str. Principală nr. 5", "Atatürk Caddesi No: 5"),
        *("Am Alten Markt 5", "An der Kirche 3a", "Unter den Linden 7", "Zum Bergwerk 12 in Hagen"),
    ],
)
def test_an_address_in_a_text_is_found(text: str) -> None:
    assert hiding.address_in(f"Wir sind da: {text}, klingeln bei Muster.")


@pytest.mark.parametrize(
    "text",
    [
        *("Seit 2016 rund um die Uhr", "Telefon 0211 12345", "8 Plätze für Frauen", "24 Stunden"),
        *("Telefon 0201 12345 oder E-Mail", "Sunați la 08000 116016", "На 5 минути от гарата", "2 Plätze frei"),
        *("Am Montag 9 bis 12 Uhr", "Im Januar 2026", "Vom Bahnhof aus, am Weg 5 Minuten", "In der Regel 3 Wochen"),
        *("Im Frauenhaus 8 Frauen", "In der Zeit 9 bis 17 Uhr", "Am Dienstag 9:00", "Im Alter von 18 bis 27"),
    ],
)
def test_other_numbers_are_no_address(text: str) -> None:
    assert hiding.address_in(text) == ""


def test_no_text_and_no_link_of_protected_accommodation_may_tell() -> None:
    office = OfficeFactory.build(
        is_protected=True,
        owner=OrganisationFactory(),
        transport="Bus bis Musterweg 5",
        website="https://maps.example.org/x",
    )
    with pytest.raises(ValidationError) as refused:
        office.full_clean()
    assert {"transport", "website"} <= refused.value.message_dict.keys()


def test_where_it_lies_is_not_worked_out_either() -> None:
    office = OfficeFactory.build(is_protected=True, place=PlaceFactory())
    actions.position(office)
    assert (office.latitude, office.longitude, office.precision) == (None, None, "")


def test_a_file_with_an_address_is_refused_and_the_address_is_not_repeated(tmp_path: Path) -> None:
    OrganisationFactory(key="traeger")
    file = tmp_path / "stellen.yaml"
    file.write_text(
        "offices:\n  - slug: haus\n    name: Haus\n    owner: traeger\n    source: Test\n    protected: true\n"
        '    street: "Geheimweg 7"\n'
    )
    with pytest.raises(CatalogueError) as refused:
        load(file, apply=True)
    (problem,) = refused.value.problems
    assert problem.path == "offices[1].street"
    assert "Schutzunterkunft" in problem.message
    assert problem.remedy
    assert "Geheimweg" not in str(problem)
    assert not Office.objects.exists()


def test_the_form_refuses_it_and_says_why(client: Client) -> None:
    client.force_login(UserFactory(portal_team=True))
    office = OfficeFactory(protected=True, name="Haus")
    response = client.post(
        reverse("wagtailsnippets_counselling_office:edit", args=[office.pk]),
        form_of(office, street="Geheimweg 7"),
    )
    assert response.status_code == 200
    assert "Dies ist eine Schutzunterkunft" in response.content.decode()
    office.refresh_from_db()
    assert office.street == ""


def test_pages_files_and_the_api_give_no_place_of_it(client: Client) -> None:
    place = PlaceFactory(name="Geheimhausen")
    office = OfficeFactory(protected=True, slug="haus", place=place)
    for path in (
        office.get_absolute_url(),
        "/beratung/",
        "/beratung/?ansicht=karte",
        "/beratung/haus.json",
        "/beratung/haus.vcf",
        "/beratung/liste.csv",
        "/beratung/liste.json",
        "/beratung/naehe.json",
    ):
        assert "Geheimhausen" not in client.get(path).content.decode(), path
        assert place.ags not in client.get(path).content.decode(), path
    assert client.get("/api/v1/offices/haus").json()["place"] == ""


@pytest.mark.parametrize("slug", ["hilfe-menschenhandel-hagen", "frauenhaus", "zwangsheirat", "opferschutz"])
def test_the_address_of_a_sensitive_page_must_not_tell(slug: str) -> None:
    office = OfficeFactory.build(slug=slug, sensitive="trafficking", owner=OrganisationFactory())
    with pytest.raises(ValidationError) as refused:
        office.full_clean()
    assert "Verlauf" in str(refused.value.message_dict["slug"])


def form_of(office: Office, **changed: object) -> dict[str, object]:
    """The form as it comes back when nothing but `changed` was typed."""
    names = [field.name for field in Office._meta.concrete_fields if field.editable and field.name != "id"]
    values = {name: getattr(office, f"{name}_id", getattr(office, name)) for name in names}
    management = {
        f"{prefix}-{part}": 0
        for prefix in ("spoken", "openings", "exceptions")
        for part in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    }
    kept = {name: value for name, value in values.items() if value not in (None, False)}
    return {**kept, "areas": "", "entry": "", **management, **changed}
