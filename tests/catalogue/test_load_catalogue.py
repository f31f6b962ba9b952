"""Loading catalogue files: what is new, what changes, what stays, and what is wrong."""

from __future__ import annotations

import datetime as dt
import filecmp
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from wagtail.models import ModelLogEntry, Revision

from austausch.catalogue.loading import loader
from austausch.catalogue.models import Document, Entry, Precision, Topic
from austausch.catalogue.publication import _observers, observe
from austausch.core import generation
from austausch.figures.models import Statistic
from austausch.pages.models import Background
from austausch.people.models import Organisation
from austausch.places.models import Place
from tests.catalogue.catalogue_files import ENTRY, REAL, load, problems
from tests.factories import EntryFactory, OrganisationFactory, PlaceFactory

pytestmark = pytest.mark.django_db


def only() -> Entry:
    return Entry.objects.get()


# ── The state's own catalogue ───────────────────────────────────────────────────────────────────────────────


def test_the_catalogue_that_comes_along_is_the_one_the_state_gave() -> None:
    given = REAL.parents[3] / "shared" / "content" / "catalogue.yaml"
    if given.exists():
        assert filecmp.cmp(REAL, given, shallow=False)
    assert REAL.stat().st_size > 20_000


def test_the_real_catalogue_is_loaded_published_and_complete() -> None:
    report = loader.load(REAL, apply=True)
    assert {key: len(changes) for key, (changes, _same) in report.sections.items()} == {
        "bodies": 7, "entries": 32, "statistics": 1, "background": 1,
    }  # fmt: skip
    assert Entry.objects.listed().count() == 32
    assert Statistic.objects.get().values.count() == 4
    assert len(Background.objects.get().points) == 4
    assert Topic.objects.get(key="mädchen").slug == "maedchen"
    assert not Topic.objects.filter(name_en="").exists()


def test_loading_twice_changes_nothing() -> None:
    loader.load(REAL, apply=True)
    before = (Revision.objects.count(), ModelLogEntry.objects.count(), generation.current())
    report = loader.load(REAL, apply=True)
    assert report.changes == 0
    assert (Revision.objects.count(), ModelLogEntry.objects.count(), generation.current()) == before


def test_without_apply_nothing_is_written() -> None:
    report = loader.load(REAL)
    assert report.changes == 41
    assert not Entry.objects.exists()
    assert not Organisation.objects.exists()
    assert generation.current() == 0


def test_periods_keep_the_precision_of_their_source() -> None:
    loader.load(REAL, apply=True)
    dates = {
        entry.slug: (entry.starts_on, entry.starts_precision, entry.ends_on, entry.ends_precision, entry.open_end)
        for entry in Entry.objects.all()
    }
    day, year, school = Precision.DAY, Precision.YEAR, Precision.SCHOOL_YEAR
    assert dates["modellvorhaben-problemimmobilien"] == (dt.date(2017, 1, 1), year, dt.date(2022, 12, 31), year, False)
    assert dates["clearingstellen-gesundheit"] == (dt.date(2016, 1, 1), year, dt.date(2024, 12, 31), day, False)
    assert dates["vast-vasteste"] == (dt.date(2021, 8, 1), school, None, "", True)
    assert dates["fachberatungsstellen-menschenhandel"] == (None, "", None, "", True)
    assert dates["missimo"] == (None, "", None, "", False)


def test_places_that_offices_and_actions_name_put_an_entry_on_the_map() -> None:
    call_command("load_places", apply=True, stdout=StringIO())
    report = loader.load(REAL, apply=True)
    actions = Entry.objects.get(slug="grenzueberschreitende-kontrollaktionen")
    assert {place.name for place in actions.places.all()} == {
        "Geldern", "Emmerich", "Goch", "Gronau", "Südlohn", "Nettetal", "Brüggen", "Kleve", "Kranenburg",
    }  # fmt: skip
    assert all(place.ags.startswith("05") for place in actions.places.all())
    assert not Entry.objects.get(slug="grenzlandkonferenz-2023").places.exists()
    assert any("Nimwegen" in note for note in report.notes)


# ── One entry ───────────────────────────────────────────────────────────────────────────────────────────────

FULL = """
bodies:
  stadt-muster: {name: "Stadt Musterstadt", kind: municipality, place: Musterdorf}
target_groups:
  familien: {name: Familien, name_en: Families}
entries:
  - slug: alles
    title: Alles auf einmal
    summary: |-
      Erste Zeile.
      Zweite Zeile.
    body: stadt-muster
    partners: [Kreis Muster]
    approach: coordination
    kind: network
    level: district
    starting_point: [Anfang]
    goals: [Ziel]
    procedure: [Schritt eins, Schritt zwei]
    facts: [Tatsache]
    results: [Ergebnis]
    lessons: [Lehre]
    transferability: [Übertragbar]
    period: {from: 2023-04, to: "Schuljahr 2024/2025"}
    place: Rathaus
    format: hybrid
    actions: [{from: 2022-02-12, to: 2022-02-13, places: [Musterdorf], district: Kreis Muster}]
    funding: {amount_eur: 1250.50, per: year}
    effort: {staff: eine Stelle, cost: gering, duration: ein Jahr, town_size: ab 20.000}
    evidence: monitored
    legal_bases: [{title: Mustergesetz, reference: § 1, url: "https://example.org/gesetz"}, Musterordnung]
    documents: [{title: Musterleitfaden, kind: brochure, date: 2020-01-02, valid_to: 2021-01-31}]
    offices: [{name: Büro, place: Musterdorf, facts: Erdgeschoss}]
    links: ["https://example.org", {url: "https://example.org/2", title: Zwei}]
    places: [Musterdorf, "05999"]
    topics: [wohnen, neues thema]
    target_groups: [familien]
    review: {checked_on: 2024-01-31, checked_by: Referat 1, every_months: 6}
"""


@pytest.fixture
def _muster() -> None:
    PlaceFactory(ags="05999001", name="Musterdorf")
    PlaceFactory(ags="05999", name="Kreis Muster", kind=Place.Kind.DISTRICT)


@pytest.mark.usefixtures("_muster")
def test_every_field_of_an_entry_can_be_loaded(tmp_path: Path) -> None:
    load(tmp_path, FULL)
    entry = only()
    assert entry.live
    assert entry.summary == "Erste Zeile.\nZweite Zeile."
    assert [entry.starting_point, entry.goals, entry.procedure, entry.facts] == [
        ["Anfang"], ["Ziel"], ["Schritt eins", "Schritt zwei"], ["Tatsache"],
    ]  # fmt: skip
    assert [entry.results, entry.lessons, entry.transferability] == [["Ergebnis"], ["Lehre"], ["Übertragbar"]]
    assert (entry.level, entry.venue, entry.event_format, entry.evidence) == (
        "district", "Rathaus", "hybrid", "monitored",
    )  # fmt: skip
    assert (entry.starts_on, entry.starts_precision) == (dt.date(2023, 4, 1), Precision.MONTH)
    assert (entry.ends_on, entry.ends_precision) == (dt.date(2025, 7, 31), Precision.SCHOOL_YEAR)
    assert (str(entry.funding_eur), entry.funding_per) == ("1250.50", "year")
    assert (entry.effort_staff, entry.effort_town_size) == ("eine Stelle", "ab 20.000")
    assert (entry.checked_on, entry.checked_by, entry.review_every_months) == (dt.date(2024, 1, 31), "Referat 1", 6)
    assert {place.ags for place in entry.places.all()} == {"05999001", "05999"}
    assert [str(basis) for basis in entry.legal_bases.all()] == ["§ 1 Mustergesetz", "Musterordnung"]
    assert [(link.url, link.title) for link in entry.links.all()] == [
        ("https://example.org", ""), ("https://example.org/2", "Zwei"),
    ]  # fmt: skip
    assert [(o.name, o.place_name, o.note) for o in entry.offices.all()] == [("Büro", "Musterdorf", "Erdgeschoss")]
    assert [action.place_names for action in entry.actions.all()] == [["Musterdorf"]]
    assert {topic.name for topic in entry.topics.all()} == {"Wohnen", "Neues thema"}
    assert entry.target_groups.get().name_en == "Families"
    document = entry.citations.get().document
    assert (document.slug, document.valid_to, document.owner) == ("musterleitfaden", dt.date(2021, 1, 31), entry.lead)
    assert entry.lead.place_id == "05999001"


def test_an_entry_may_be_loaded_as_a_draft(tmp_path: Path) -> None:
    load(tmp_path, ENTRY + "    draft: true\n")
    assert not only().live
    assert load(tmp_path, ENTRY + "    draft: true\n").changes == 0


def test_publishing_passes_the_observers(tmp_path: Path) -> None:
    told: list[int] = []
    observer = observe(lambda keys: told.extend(keys))
    try:
        load(tmp_path, ENTRY)
    finally:
        _observers.remove(observer)
    assert told == [only().pk]


def test_a_change_is_shown_old_and_new_and_becomes_a_version(tmp_path: Path) -> None:
    load(tmp_path, ENTRY)
    changed = ENTRY.replace("Lernwerkstatt", "Lernwerkstatt am Markt")
    ((change,), _same) = load(tmp_path, changed, apply=False).sections["entries"]
    assert change.fields == (("title", "Lernwerkstatt", "Lernwerkstatt am Markt"),)
    load(tmp_path, changed)
    assert only().title == "Lernwerkstatt am Markt"
    assert only().revisions.count() == 2
    assert list(ModelLogEntry.objects.for_instance(only()).order_by("pk").values_list("action", flat=True)) == [
        "wagtail.create", "wagtail.publish", "wagtail.edit", "wagtail.rename", "wagtail.publish",
    ]  # fmt: skip


def test_what_a_file_does_not_mention_stays_and_what_it_empties_goes(tmp_path: Path) -> None:
    load(tmp_path, ENTRY + "    goals: [Ziel]\n    facts: [Tatsache]\n")
    load(tmp_path, ENTRY + "    facts: []\n")
    assert (only().goals, only().facts) == (["Ziel"], [])


def test_entries_absent_from_the_file_are_left_alone(tmp_path: Path) -> None:
    other = EntryFactory(published=True)
    load(tmp_path, ENTRY)
    other.refresh_from_db()
    assert other.live
    assert Entry.objects.count() == 2


def test_rows_of_an_entry_keep_their_identity_when_one_changes(tmp_path: Path) -> None:
    load(tmp_path, ENTRY + '    links: ["https://example.org/1", "https://example.org/2"]\n')
    first = only().links.first().pk
    load(tmp_path, ENTRY + '    links: ["https://example.org/1", "https://example.org/3"]\n')
    assert [link.url[-1] for link in only().links.all()] == ["1", "3"]
    assert only().links.first().pk == first


def test_an_editors_draft_is_not_lost(tmp_path: Path) -> None:
    load(tmp_path, ENTRY)
    draft = only()
    draft.title = "Entwurf"
    draft.save_revision()
    assert load(tmp_path, ENTRY).changes == 0
    (problem,) = problems(tmp_path, ENTRY.replace('"Lernwerkstatt"', '"Anders"'))
    assert "--overwrite-drafts" in problem.remedy
    assert only().get_latest_revision_as_object().title == "Entwurf"
    load(tmp_path, ENTRY.replace('"Lernwerkstatt"', '"Anders"'), overwrite_drafts=True)
    assert only().title == "Anders"
    assert "Entwurf" in [revision.as_object().title for revision in only().revisions.all()]


def test_an_unpublished_draft_is_not_published_by_the_way(tmp_path: Path) -> None:
    OrganisationFactory(key="stadt-muster", name="Stadt Musterstadt")
    EntryFactory(slug="lernwerkstatt", lead=Organisation.objects.get()).save_revision()
    assert problems(tmp_path, ENTRY)
    assert not only().live


def test_the_archive_keeps_what_was_archived(tmp_path: Path) -> None:
    load(tmp_path, ENTRY + "    archived: 2024-05-01\n")
    assert only().archived_on == dt.date(2024, 5, 1)
    assert load(tmp_path, ENTRY).changes == 0
    load(tmp_path, ENTRY + "    archived:\n")
    assert only().archived_on is None


def test_a_document_cited_twice_is_one_document(tmp_path: Path) -> None:
    document = "    documents: [{title: Leitfaden, kind: brochure, date: 2020-01-02}]\n"
    second = ENTRY.partition("entries:\n")[2].replace("slug: lernwerkstatt", "slug: zweite")
    load(tmp_path, ENTRY + document + second + document)
    assert Document.objects.get().citations.count() == 2


def test_the_same_title_with_another_date_is_another_document_and_stays_so(tmp_path: Path) -> None:
    documents = (
        "    documents:\n      - {title: Leitfaden, kind: brochure, date: 2020-01-02}\n"
        "      - {title: Leitfaden, kind: brochure, date: 2021-01-02}\n"
    )
    load(tmp_path, ENTRY + documents)
    assert sorted(Document.objects.values_list("slug", flat=True)) == ["leitfaden", "leitfaden-2"]
    assert load(tmp_path, ENTRY + documents).changes == 0


def test_a_title_that_editors_gave_a_topic_is_not_overwritten(tmp_path: Path) -> None:
    load(tmp_path, ENTRY + "    topics: [wohnen]\n")
    Topic.objects.update(name="Wohnen und Miete")
    load(tmp_path, ENTRY + "    topics: [wohnen, arbeit]\n")
    assert Topic.objects.get(key="wohnen").name == "Wohnen und Miete"


# ── The command ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_says_what_it_would_do_and_then_does_it() -> None:
    out = StringIO()
    with translation.override("de"):
        call_command("load_catalogue", REAL, stdout=out)
    assert "entries: 32 neu, 0 geändert, 0 unverändert" in out.getvalue()
    assert "+ missimo – MISSIMO" in out.getvalue()
    assert "--apply" in out.getvalue()
    assert not Entry.objects.exists()
    call_command("load_catalogue", REAL, apply=True, stdout=out)
    assert Entry.objects.count() == 32


def test_the_command_names_every_problem_in_german(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(ENTRY + "    Herkunft: x\n    level: Kreis\n")
    with translation.override("de"), pytest.raises(CommandError) as caught:
        call_command("load_catalogue", path, apply=True)
    text = str(caught.value)
    assert "Nichts wurde geladen: 2 Fehler." in text
    assert "a.yaml, Zeile 10: entries[1].Herkunft" in text
    assert "Gefunden: „Kreis“" in text
    assert "Schreiben Sie „district“." in text


# ── Tables ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_of_a_table_says_the_same_as_a_tree(tmp_path: Path) -> None:
    OrganisationFactory(key="stadt-muster")
    content = (
        "slug;title;body;approach;kind;goals;period_from;period_to;funding_amount_eur;funding_per;documents;actions;"
        'open_end;links\r\na;Über A;stadt-muster;integrative;pilot;"Ziel eins\nZiel zwei";04.08.2020;12.2023;'
        '"1250,50";year;"Leit\\|faden | brochure | 2020-01-02 | | 2021-01-01";'
        '"2022-02-12 – 2022-02-13 | Geldern, Emmerich | Kreis Kleve";nein;"https://example.org | Seite"\r\n'
    )
    load(tmp_path, "\ufeff" + content, "a.csv")
    entry = only()
    assert (entry.title, entry.goals) == ("Über A", ["Ziel eins", "Ziel zwei"])
    assert (entry.starts_on, entry.ends_on, entry.ends_precision) == (
        dt.date(2020, 8, 4), dt.date(2023, 12, 31), Precision.MONTH,
    )  # fmt: skip
    assert str(entry.funding_eur) == "1250.50"
    assert entry.links.get().title == "Seite"
    action = entry.actions.get()
    assert (action.starts_on, action.ends_on, action.place_names, action.district) == (
        dt.date(2022, 2, 12), dt.date(2022, 2, 13), ["Geldern", "Emmerich"], "Kreis Kleve",
    )  # fmt: skip
    document = entry.citations.get().document
    assert (document.title, document.valid_from, document.valid_to) == ("Leit|faden", None, dt.date(2021, 1, 1))


def test_an_empty_cell_empties_and_an_absent_column_leaves(tmp_path: Path) -> None:
    load(tmp_path, ENTRY + "    goals: [Ziel]\n    period: {from: 2022}\n    facts: [Tatsache]\n")
    heading = "slug,title,body,approach,kind,goals,period_from\n"
    load(tmp_path, heading + "lernwerkstatt,Lernwerkstatt,stadt-muster,integrative,pilot,,\n", "a.csv")
    assert (only().goals, only().starts_on, only().facts) == ([], None, ["Tatsache"])


def test_a_wrong_cell_is_named_by_row_and_column(tmp_path: Path) -> None:
    OrganisationFactory(key="stadt-muster")
    row = "slug,title,body,approach,kind,period_from,offices\na,A,stadt-muster,integrative,pilot,bald,a | b | c | d\n"
    with translation.override("en"):
        found = problems(tmp_path, row, "a.csv")
    assert {problem.where for problem in found} == {"row 2, column period_from", "row 2, column offices"}
