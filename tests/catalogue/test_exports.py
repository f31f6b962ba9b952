"""Lists and entries as Atom, CSV, XLSX, JSON and iCalendar."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from icalendar import Calendar
from openpyxl import load_workbook

from austausch.catalogue.models import Citation, DatedAction, Entry, Partner
from tests.factories import DocumentFactory, EntryFactory, TopicFactory

pytestmark = pytest.mark.django_db

FORMATS = ["atom", "csv", "ics", "json", "xlsx"]
ATOM = {"a": "http://www.w3.org/2005/Atom"}
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1+1"]


def body(client: Client, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200, path
    return content(response)


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def table(client: Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(client, path).decode("utf-8-sig")), delimiter=";"))


def sheet(client: Client, path: str) -> Any:
    return load_workbook(io.BytesIO(body(client, path))).active


def events(client: Client, path: str) -> list[Any]:
    return Calendar.from_ical(body(client, path)).walk("VEVENT")


def dated(slug: str, first: dt.date, last: dt.date, **fields: Any) -> Entry:
    entry: Entry = EntryFactory(
        slug=slug,
        starts_on=first,
        starts_precision="day",
        ends_on=last,
        ends_precision="day",
        published=True,
        **fields,
    )
    return entry


# ── What all have in common ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("format_", FORMATS)
def test_an_export_holds_what_the_list_shows_and_no_draft_or_archived_entry(client: Client, format_: str) -> None:
    day = dt.date(2022, 8, 16)
    dated("sichtbar", day, day, title="Sichtbar")
    EntryFactory(title="Entwurf", starts_on=day, starts_precision="day", ends_on=day, ends_precision="day")
    archived = dated("archiviert", day, day, title="Archiviert")
    archived.archived_on = day
    archived.save_revision().publish()
    Entry.objects.filter(pk=archived.pk).update(archived_on=day)
    content = body(client, f"/massnahmen/liste.{format_}")
    text = _text(content, format_)
    assert "Sichtbar" in text
    assert "Entwurf" not in text


@pytest.mark.parametrize("format_", FORMATS)
def test_filters_apply_to_the_export(client: Client, format_: str) -> None:
    day = dt.date(2022, 8, 16)
    dated("a", day, day, title="Wohnmaßnahme", topics=[TopicFactory(key="wohnen")])
    dated("b", day, day, title="Schulmaßnahme", topics=[TopicFactory(key="schule")])
    text = _text(body(client, f"/massnahmen/liste.{format_}?thema=wohnen"), format_)
    assert "Wohnmaßnahme" in text
    assert "Schulmaßnahme" not in text


@pytest.mark.parametrize("format_", FORMATS)
def test_an_export_of_nothing_is_valid_and_empty(client: Client, format_: str) -> None:
    assert body(client, f"/massnahmen/liste.{format_}")


@pytest.mark.parametrize("format_", FORMATS)
def test_control_characters_do_not_break_a_format(client: Client, format_: str) -> None:
    day = dt.date(2022, 8, 16)
    dated("a", day, day, title="Glocke\x07\x0b", summary="Zeile\x1b", goals=["\ufffe"])
    assert "Glocke" in _text(body(client, f"/massnahmen/liste.{format_}"), format_)


@pytest.mark.parametrize("format_", [*FORMATS, "pdf"])
def test_a_list_export_is_named_and_kept_out_of_search_engines(client: Client, format_: str) -> None:
    response = client.get(f"/massnahmen/liste.{format_}")
    content(response)
    assert f"massnahmen.{format_}" in response["Content-Disposition"]
    assert response["X-Robots-Tag"] == "noindex"


def test_an_unknown_format_is_not_found(client: Client) -> None:
    assert client.get("/massnahmen/liste.docx").status_code == 404


@pytest.mark.parametrize("format_", [*FORMATS, "pdf"])
def test_the_number_of_queries_does_not_grow_with_the_list(
    client: Client, format_: str, django_assert_max_num_queries: Any
) -> None:
    def some(number: int) -> None:
        for _ in range(number):
            entry = EntryFactory(topics=[TopicFactory()])
            entry.partners.add(Partner(name="Partnerin"))
            entry.citations.add(Citation(document=DocumentFactory()))
            entry.save()
            entry.save_revision().publish()

    some(2)
    body(client, f"/massnahmen/liste.{format_}")
    with django_assert_max_num_queries(60) as few:
        body(client, f"/massnahmen/liste.{format_}?sort=titel")
    some(6)
    body(client, f"/massnahmen/liste.{format_}")
    with django_assert_max_num_queries(60) as many:
        body(client, f"/massnahmen/liste.{format_}?sort=titel")
    assert len(many) == len(few)


# ── CSV and XLSX ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_run_as_a_formula(client: Client, formula: str) -> None:
    EntryFactory(title=formula, published=True)
    (row,) = table(client, "/massnahmen/liste.csv")
    assert row["Titel"] == f"'{formula}"
    cell = sheet(client, "/massnahmen/liste.xlsx")["A2"]
    assert (cell.data_type, cell.value.strip()) == ("s", formula.strip())


def test_a_table_has_a_mark_semicolons_and_german_headings(client: Client) -> None:
    EntryFactory(title='Mit "Anführung"; Strich', goals=["Eins", "Zwei"], published=True)
    assert body(client, "/massnahmen/liste.csv").startswith(b"\xef\xbb\xbfTitel;Adresse;")
    (row,) = table(client, "/massnahmen/liste.csv")
    assert row["Titel"] == 'Mit "Anführung"; Strich'
    assert row["Ziele"] == "Eins | Zwei"
    assert row["Adresse"].startswith("http://testserver/massnahmen/")
    assert "Title;Address;" in body(client, "/en/massnahmen/liste.csv").decode()


def test_a_spreadsheet_holds_text_only_with_a_fixed_head_and_a_filter(client: Client) -> None:
    EntryFactory(title="2024", starts_on=dt.date(2020, 1, 1), starts_precision="year", published=True)
    made = sheet(client, "/massnahmen/liste.xlsx")
    assert made.freeze_panes == "B2"
    assert made.auto_filter.ref.startswith("A1:")
    assert {cell.data_type for row in made.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_csv_and_json_are_sent_while_they_are_read(client: Client) -> None:
    for format_ in ("csv", "json"):
        response = client.get(f"/massnahmen/liste.{format_}")
        assert response.streaming
        assert content(response)


# ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_json_has_codes_for_machines_and_words_for_people(client: Client) -> None:
    dated("a", dt.date(2022, 8, 16), dt.date(2022, 8, 17), kind="event")
    data = json.loads(body(client, "/en/massnahmen/liste.json?art=event"))
    assert data["language"] == "en"
    assert data["url"] == "http://testserver/en/massnahmen/?art=event"
    (entry,) = data["entries"]
    assert entry["kind"] == {"key": "event", "label": "Event"}
    assert entry["period"]["text"] == "16 to 17 August 2022"
    assert entry == client.get("/en/massnahmen/a.json").json()


# ── Atom ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_feed_has_all_that_rfc_4287_asks_for(client: Client) -> None:
    EntryFactory(slug="a", topics=[TopicFactory(key="wohnen")], published=True)
    feed = ElementTree.fromstring(body(client, "/massnahmen/liste.atom?thema=wohnen"))  # noqa: S314 - our own
    links = {link.get("rel"): link.get("href") for link in feed.findall("a:link", ATOM)}
    assert links["self"] == "http://testserver/massnahmen/liste.atom?thema=wohnen"
    assert links["alternate"] == "http://testserver/massnahmen/?thema=wohnen"
    for parent in (feed, feed.find("a:entry", ATOM)):
        assert parent is not None
        for name in ("id", "title", "updated"):
            assert parent.findtext(f"a:{name}", namespaces=ATOM), name
        assert (parent.findtext("a:id", namespaces=ATOM) or "").startswith("urn:uuid:")
        assert parent.findtext("a:author/a:name", namespaces=ATOM)


def test_ids_in_a_feed_do_not_depend_on_the_host_or_the_moment(client: Client) -> None:
    entry = EntryFactory(slug="a", published=True)

    def identifiers(host: str) -> list[str | None]:
        response = client.get("/massnahmen/liste.atom", headers={"host": host})
        return [found.text for found in ElementTree.fromstring(response.content).findall(".//a:id", ATOM)]  # noqa: S314

    before = identifiers("testserver")
    entry.title = "Neuer Titel"
    entry.save_revision().publish()
    assert identifiers("localhost") == before


# ── iCalendar ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_dated_entry_is_an_all_day_event_whose_end_is_the_day_after(client: Client) -> None:
    dated("konferenz", dt.date(2022, 8, 16), dt.date(2022, 8, 17), title="Konferenz", venue="Aachen")
    (event,) = events(client, "/massnahmen/konferenz.ics")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (dt.date(2022, 8, 16), dt.date(2022, 8, 18))
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("Konferenz", "Aachen")


def test_each_dated_action_is_an_event_with_an_id_that_stays(client: Client) -> None:
    entry = EntryFactory(slug="kontrollen")

    def act() -> None:
        entry.actions.set(
            [
                DatedAction(starts_on=dt.date(2022, 2, 12), ends_on=dt.date(2022, 2, 13), place_names=["Geldern"]),
                DatedAction(starts_on=dt.date(2022, 5, 8), ends_on=dt.date(2022, 5, 8), place_names=["Goch"]),
                DatedAction(starts_on=dt.date(2022, 5, 8), ends_on=dt.date(2022, 5, 8), place_names=["Goch"]),
            ]
        )
        entry.save()
        entry.save_revision().publish()

    act()
    first = [str(event["UID"]) for event in events(client, "/massnahmen/kontrollen.ics")]
    assert len(set(first)) == 3
    entry.refresh_from_db()
    act()
    assert [str(event["UID"]) for event in events(client, "/massnahmen/kontrollen.ics")] == first


def test_what_is_only_known_to_the_year_stands_in_no_calendar(client: Client) -> None:
    EntryFactory(slug="ungenau", ended=True, published=True)
    assert events(client, "/massnahmen/liste.ics") == []
    assert client.get("/massnahmen/ungenau.ics").status_code == 404


def test_lines_of_a_calendar_are_folded_and_end_as_the_standard_says(client: Client) -> None:
    day = dt.date(2022, 8, 16)
    dated("a", day, day, title="Überlanger Titel; mit, Zeichen " * 5, summary="ä" * 300)
    raw = body(client, "/massnahmen/a.ics")
    assert raw.startswith(b"BEGIN:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def _text(content: bytes, format_: str) -> str:
    if format_ == "xlsx":
        active = load_workbook(io.BytesIO(content)).active
        return "\n".join(str(cell) for row in active.iter_rows(values_only=True) for cell in row if cell)
    if format_ == "ics":
        return content.decode().replace("\r\n ", "")
    return content.decode()
