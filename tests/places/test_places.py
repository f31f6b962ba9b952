"""Places: loading them, and finding the one that a name means."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from austausch.core import generation
from austausch.places import loading
from austausch.places.loading import PlacesError, load_places
from austausch.places.models import Place
from austausch.places.queries import AmbiguousPlaceError, Gazetteer, UnknownPlaceError
from tests.factories import PlaceFactory

pytestmark = pytest.mark.django_db

HEADING = "ags,name,kind,latitude,longitude,population\n"


def file(folder: Path, *rows: str, heading: str = HEADING) -> Path:
    path = folder / "orte.csv"
    path.write_text(heading + "\n".join(rows))
    return path


@pytest.fixture(scope="module")
def germany() -> list[Place]:
    return loading.read(loading.BUNDLED)


def test_all_states_districts_and_municipalities_are_there(germany: list[Place]) -> None:
    kinds = [place.kind for place in germany]
    assert {kind: kinds.count(kind) for kind in Place.Kind} == {
        "state": 16, "district": 294, "city": 106, "municipality": 9708,
    }  # fmt: skip
    assert loading.BUNDLED.stat().st_size < 1_000_000
    assert (loading.BUNDLED.parent / "README.md").read_text().count("CC BY 4.0") == 3


def test_every_place_lies_in_germany_and_in_a_known_district(germany: list[Place]) -> None:
    keys = {place.ags for place in germany}
    for place in germany:
        assert place.latitude is not None
        assert place.longitude is not None
        assert 47 < place.latitude < 56
        assert 5 < place.longitude < 16
        assert place.ags[:5] in keys
        assert place.ags[:2] in keys


def test_north_rhine_westphalia_has_its_53_districts_and_all_but_18_municipalities(germany: list[Place]) -> None:
    here = [place for place in germany if place.ags.startswith("05")]
    assert sum(place.kind in {"district", "city"} for place in here) == 53
    assert sum(place.kind in {"municipality", "city"} for place in here) == 396 - 18


def test_loading_twice_changes_nothing(germany: list[Place]) -> None:
    assert load_places() == loading.Outcome(new=len(germany), changed=0, unchanged=0)
    before = generation.current()
    assert load_places() == loading.Outcome(new=0, changed=0, unchanged=len(germany))
    assert generation.current() == before


def test_an_own_file_adds_and_changes_and_leaves_the_rest(tmp_path: Path) -> None:
    stays = PlaceFactory(ags="05999001")
    PlaceFactory(ags="05999002", name="Alt")
    own = file(tmp_path, "05999002,Neu,municipality,51.1,7.1,100", "05999003,Dritter,municipality,,,")
    assert load_places(own, apply=False) == loading.Outcome(new=1, changed=1, unchanged=0)
    assert not Place.objects.filter(ags="05999003").exists()
    load_places(own)
    assert Place.objects.get(ags="05999002").name == "Neu"
    assert Place.objects.get(ags="05999003").latitude is None
    assert Place.objects.filter(pk=stays.pk).exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("05999,A,municipality,51,7,1", "8 digits"),
        ("0599900x,A,municipality,51,7,1", "8 digits"),
        ("05999001,,municipality,51,7,1", "name"),
        ("05999001,A,village,51,7,1", "kind"),
        ("05999001,A,municipality,nan,7,1", "degrees"),
        ("05999001,A,municipality,91,7,1", "degrees"),
        ("05999001,A,municipality,51,,1", "degrees"),
        ("05999001,A,municipality,x,7,1", "numbers"),
        ("05999001,A,municipality,51,7,-1", "whole number"),
        ("05999001,A,municipality,51,7,inf", "whole number"),
        ("05999001,A", "columns"),
        ("05999001,A,municipality,51,7,1\n05999001,A,municipality,51,7,1", "twice"),
        ('05999001,"A,municipality', "CSV"),
    ],
)
def test_a_wrong_row_is_named_with_its_line_and_nothing_is_loaded(tmp_path: Path, row: str, said: str) -> None:
    with translation.override("en"), pytest.raises(PlacesError, match=said) as caught:
        load_places(file(tmp_path, "05999009,Gut,municipality,51,7,1", row))
    assert "Line " in str(caught.value)
    assert not Place.objects.exists()


def test_a_file_with_other_columns_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlacesError):
        load_places(file(tmp_path, heading="key;name\n"))
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PlacesError):
        load_places(tmp_path / "a.csv")
    with pytest.raises(CommandError, match=r"nichts\.csv"):
        call_command("load_places", tmp_path / "nichts.csv", stdout=StringIO())


@pytest.fixture
def _names() -> None:
    for ags, name, kind in [
        ("05", "Nordrhein-Westfalen", "state"), ("11", "Berlin", "state"), ("11000", "Berlin", "city"),
        ("05154", "Kreis Kleve", "district"), ("05154036", "Kleve", "municipality"),
        ("05154008", "Emmerich", "municipality"), ("05554020", "Gronau", "municipality"),
        ("03254043", "Gronau", "municipality"), ("05913", "Dortmund", "city"),
        ("05117", "Mülheim an der Ruhr", "city"), ("05158016", "Hilden", "municipality"),
    ]:  # fmt: skip
        PlaceFactory(ags=ags, name=name, kind=kind)


@pytest.mark.usefixtures("_names")
@pytest.mark.parametrize(
    ("text", "ags"),
    [
        ("Gronau", "05554020"), ("Gronau (Westf.)", "05554020"), ("GRONAU", "05554020"), ("Kleve", "05154036"),
        ("Kreis Kleve", "05154"), ("Emmerich am Rhein", "05154008"), ("Mülheim", "05117"), ("muelheim", "05117"),
        ("Mülheim an der Ruhr", "05117"), ("Stadt Dortmund", "05913"), ("05913", "05913"), ("05913000", "05913"),
        (" Hilden ", "05158016"),
    ],
)  # fmt: skip
def test_a_name_as_people_write_it_finds_its_place(text: str, ags: str) -> None:
    assert Gazetteer(within="05").resolve(text).ags == ags


@pytest.mark.usefixtures("_names")
def test_namesakes_are_listed_instead_of_guessed() -> None:
    with pytest.raises(AmbiguousPlaceError) as caught:
        Gazetteer().resolve("Gronau")
    assert {place.ags for place in caught.value.candidates} == {"05554020", "03254043"}


@pytest.mark.usefixtures("_names")
def test_an_unknown_name_leads_to_those_spelt_alike() -> None:
    with pytest.raises(UnknownPlaceError) as caught:
        Gazetteer(within="05").resolve("Dortmnd")
    assert [place.name for place in caught.value.candidates] == ["Dortmund"]
    with pytest.raises(UnknownPlaceError):
        Gazetteer().resolve("05999999")


@pytest.mark.usefixtures("_names")
def test_a_city_that_is_a_state_counts_as_the_city() -> None:
    assert Gazetteer().resolve("Berlin").ags == "11000"
