"""Offices from files: the first content, errors with a remedy, and loading twice."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from austausch.catalogue.loading import exporting
from austausch.catalogue.loading.errors import CatalogueError
from austausch.catalogue.loading.loader import load
from austausch.catalogue.loading.sections import Scope
from austausch.counselling.models import Office
from austausch.places.models import Place
from tests.factories import OrganisationFactory, PlaceFactory

pytestmark = pytest.mark.django_db
FIRST = settings.PROJECT / "content" / "nrw" / "offices.yaml"


def test_the_first_content_names_what_the_catalogue_names_and_invents_nothing(portal: None) -> None:
    offices = Office.objects.all()
    assert offices.filter(sensitive="trafficking").count() == 8
    assert offices.filter(sensitive="forced_marriage").count() == 3
    assert offices.filter(entry__slug="care-for-integration").count() == 7
    work = offices.filter(entry__slug="beratungsstellen-arbeit")
    covered = set(work.values_list("areas", flat=True))
    assert covered == set(
        Place.objects.filter(ags__startswith="05", kind__in=["city", "district"]).values_list("ags", flat=True)
    )
    assert len(covered) == 53
    assert not offices.filter(source="").exists()
    # None of this is in the source.
    assert not offices.exclude(phone="", street="", email="").exists()
    assert not offices.filter(openings__isnull=False).exists()
    assert offices.get(is_protected=True).place is None


def test_loading_the_same_again_changes_nothing_and_an_export_is_the_same(portal: None, tmp_path: Path) -> None:
    again = load(FIRST, apply=True)
    assert again.changes == 0
    exported = tmp_path / "export.yaml"
    exported.write_bytes(exporting.as_yaml(Scope(AnonymousUser())))
    assert load(exported).changes == 0
    assert len(yaml.safe_load(exported.read_text())["offices"]) == 78


@pytest.fixture
def owner() -> None:
    OrganisationFactory(key="traeger")
    PlaceFactory(ags="05914", name="Hagen", kind=Place.Kind.CITY, latitude=51.36, longitude=7.47)


def written(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "stellen.yaml"
    head = ["offices:", "  - slug: muster", "    name: Muster", "    owner: traeger", "    source: Test"]
    file.write_text("\n".join([*head, *(f"    {line}" for line in lines)]) + "\n")
    return file


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("place: Hagn", "place"),
        ('areas: ["05914", "Nirgendwo"]', "areas[2]"),
        ("phone: anrufen", "phone"),
        ('postcode: "5809"', "postcode"),
        ("email: keine", "email"),
        ("website: example.org", "website"),
        ("provider: niemand", "provider"),
        ("entry: nichts", "entry"),
        ("hours: [{day: xx, from: '09:00', to: '10:00'}]", "hours[1].day"),
        ("hours: [{day: mo, from: '9 Uhr', to: '10:00'}]", "hours[1].from"),
        ("other_hours: [{first: 2026-12-24, last: 2026-12-20}]", "other_hours[1]"),
        ("spoken: [{code: xx}]", "spoken[1].code"),
        ("latitude: 51.3", "latitude"),
        ("assured_on: 2026-01-01", "assured_on"),
        ("telefon: 1", "telefon"),
        ("herkunft: x", "herkunft"),
        ("sprache: x", "sprache"),
    ],
)
def test_what_is_wrong_is_said_with_its_row_field_and_remedy(
    owner: None, tmp_path: Path, line: str, field: str
) -> None:
    with pytest.raises(CatalogueError) as refused:
        load(written(tmp_path, line), apply=True)
    (problem,) = refused.value.problems
    assert problem.path == f"offices[1].{field}"
    assert problem.where
    assert problem.message
    assert not Office.objects.exists()


def test_without_apply_nothing_is_written_and_what_is_left_out_stays(owner: None, tmp_path: Path) -> None:
    full = written(tmp_path, "phone: 0211 12345", "place: Hagen", "hours: [{day: mo, from: '09:00', to: '24:00'}]")
    assert load(full).changes == 1
    assert not Office.objects.exists()
    load(full, apply=True)
    load(written(tmp_path, "cost: free"), apply=True)
    office = Office.objects.get()
    assert (office.phone, office.cost, office.precision) == ("0211 12345", "free", "municipality")
    assert office.openings.count() == 1
