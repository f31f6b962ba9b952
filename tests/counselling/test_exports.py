"""Offices to take along: every format says what is known, nothing else, and to others' rules."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pikepdf
import pytest
from django.conf import settings
from django.test import Client

from austausch.counselling.exports import hsds
from austausch.counselling.models import Office, Opening, OpeningException, Provider, SpokenLanguage
from tests.factories import OfficeFactory, OrganisationFactory, PlaceFactory, TopicFactory

pytestmark = pytest.mark.django_db
SCHEMAS = settings.PROJECT.parent / "shared" / "facts" / "schemas" / "hsds"


@pytest.fixture
def full() -> Office:
    """An office of which everything is known; all of it made up."""
    owner, place = OrganisationFactory(), PlaceFactory(name="Musterstadt")
    provider = Provider.objects.create(key="muster", name="Muster e. V.", owner=owner, website="https://example.org")
    office: Office = OfficeFactory(
        slug="muster", name="=Musterstelle; „Nord“", owner=owner, provider=provider, place=place, at=(51.4, 7.5),
        street="Musterstraße 1", postcode="00000", phone="+49 000 12345", phone_note="vormittags",
        email="muster@example.org", website="https://example.org/a", online="yes", online_url="https://example.org/b",
        cost="free", confidentiality="anonymous", step_free="yes", admission="Anrufen", transport="Bus 1",
        emergency_note="Im Notfall 112", description="#import \"x\" $x^2$ *fett*\nZweite Zeile",
        assured_on=dt.date(2026, 11, 1), assured_by="Muster", source="Test",
    )  # fmt: skip
    office.areas.add(place)
    office.topics.add(TopicFactory(key="arbeit"))
    SpokenLanguage.objects.create(office=office, code="ro", by="interpreter", note="nach Absprache")
    Opening.objects.create(office=office, weekday=0, opens=dt.time(22), closes=dt.time(2), note="Nacht")
    day = dt.date(2026, 12, 24)
    OpeningException.objects.create(office=office, first=day, last=day, note="Heiligabend")
    return office


def schema(name: str) -> Any:
    path: Path = SCHEMAS / f"{name}.json"
    if not path.exists():
        pytest.skip(f"not run: the published HSDS schemas are not at {SCHEMAS.name}; they are not ours to redistribute")
    return json.loads(path.read_text())


def problems(name: str, value: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema(name), format_checker=jsonschema.FormatChecker())
    return [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(value)]


def test_hsds_of_an_office_of_which_all_is_known_holds_to_the_published_schema(full: Office) -> None:
    office = Office.objects.with_parts().get(pk=full.pk)
    assert problems("service", hsds.service(office, "https://example.org")) == []
    assert problems("organization", hsds.organisation(office)) == []
    assert problems("service_at_location", hsds.service_at_location(office, "https://example.org")) == []


def test_hsds_of_an_office_of_which_nothing_is_known_does_so_too(client: Client) -> None:
    OfficeFactory(slug="leer")
    OfficeFactory(slug="haus", protected=True)
    for found in client.get("/beratung/liste.json").json():
        assert problems("service", found) == []


def test_the_schema_does_refuse_what_is_wrong(full: Office) -> None:
    office = Office.objects.with_parts().get(pk=full.pk)
    wrong = {**hsds.service(office, "https://example.org"), "status": "vielleicht"}
    assert problems("service", wrong)


def test_hsds_has_what_the_office_has(client: Client, full: Office) -> None:
    found = client.get("/beratung/muster.json").json()
    assert found["status"] == "active"
    assert found["schedules"][0] | {"id": ""} == {
        "id": "", "service_id": found["id"], "freq": "WEEKLY", "byday": "MO", "opens_at": "22:00", "closes_at": "02:00",
        "description": "Nacht",
    }  # fmt: skip
    assert found["service_areas"][0]["extent"] == full.place_id
    assert found["interpretation_services"] == "Rumänisch"
    assert found["service_at_locations"][0]["location"]["addresses"][0]["address_1"] == "Musterstraße 1"
    assert found["organization"]["name"] == "Muster e. V."


def test_csv_opens_with_a_click_runs_nothing_and_leaves_the_unknown_empty(client: Client, full: Office) -> None:
    OfficeFactory(name="Leer")
    text = client.get("/beratung/liste.csv").content.decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    by_name = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert by_name["'=Musterstelle; „Nord“"]["Telefon"].startswith("'+49 000 12345")
    assert by_name["Leer"]["Telefon"] == ""


def test_the_card_is_one_that_address_books_read(client: Client, full: Office) -> None:
    response = client.get("/beratung/muster.vcf")
    lines = response.content.decode().replace("\r\n ", "").split("\r\n")
    assert response["Content-Type"].startswith("text/vcard")
    assert lines[:3] == ["BEGIN:VCARD", "VERSION:4.0", "KIND:org"]
    assert "FN:=Musterstelle\\; „Nord“" in lines
    assert "TEL;VALUE=uri;TYPE=work,voice:tel:+4900012345" in lines
    assert "LANG:ro" in lines


def test_the_paper_is_tagged_and_reads_no_text_as_markup(client: Client, full: Office) -> None:
    response = client.get("/beratung/liste.pdf")
    assert response.status_code == 200
    with pikepdf.open(io.BytesIO(response.content)) as made:
        assert bool(made.Root.MarkInfo.Marked)
        assert str(made.Root.Lang).startswith("de")
        with made.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"


def test_the_paper_of_no_office_is_one_too(client: Client) -> None:
    assert client.get("/beratung/liste.pdf?thema=nichts").status_code == 200


def test_the_plain_list_links_with_whole_addresses(client: Client, full: Office) -> None:
    page = client.get("/beratung/einbetten/").content.decode()
    assert 'href="http://testserver/beratung/muster/" target="_top"' in page


def test_positions_for_the_browser_hold_no_more_than_it_needs(client: Client, full: Office) -> None:
    OfficeFactory(slug="ohne-ort")
    (found,) = client.get("/beratung/naehe.json").json()["offices"]
    assert found.keys() == {"name", "address", "place", "latitude", "longitude", "precision"}
