"""What is exported can be loaded again, and says the same to the byte."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from austausch.catalogue.loading import exporting, loader
from austausch.catalogue.loading.sections import Scope
from austausch.catalogue.models import Document, Entry
from austausch.figures.models import Statistic
from austausch.pages.models import Background
from austausch.people.models import Organisation, User
from tests.catalogue.catalogue_files import ENTRY, REAL, load
from tests.catalogue.test_load_catalogue import FULL
from tests.factories import EntryFactory, PlaceFactory

pytestmark = pytest.mark.django_db

TEAM = Scope(User(is_superuser=True))
FORMATS = ["yaml", "json", "csv", "xlsx"]


def same(content: dict[str, Any]) -> dict[str, Any]:
    """What must be equal: everything but the order of entries, of topics and of mappings' keys.

    JSON has neither dates nor numbers as keys, so both become text.
    """
    plain = json.loads(json.dumps(content, default=str))
    for entry in plain["entries"]:
        for name in ("topics", "target_groups", "places"):
            entry[name] = sorted(entry.get(name, []))
    return {**plain, "entries": {entry["slug"]: entry for entry in plain["entries"]}}


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_the_export_says_exactly_what_the_source_says(form: str) -> None:
    loader.load(REAL, apply=True)
    source = same(yaml.safe_load(REAL.read_text()))
    exported = exporting.export(form, TEAM).decode()
    found = same(yaml.safe_load(exported) if form == "yaml" else json.loads(exported))
    assert len(found["entries"]) == 32
    for slug, entry in source["entries"].items():
        assert found["entries"][slug] == entry
    assert found == source


@pytest.mark.parametrize("form", FORMATS)
def test_loading_the_export_into_an_empty_catalogue_exports_the_same_bytes(tmp_path: Path, form: str) -> None:
    loader.load(REAL, apply=True)
    first = exporting.export(form, TEAM)
    Entry.objects.all().delete()
    if form in {"yaml", "json"}:
        for model in (Document, Organisation, Statistic, Background):
            model.objects.all().delete()
    load(tmp_path, first, f"a.{form}")
    assert exporting.export(form, TEAM) == first
    assert load(tmp_path, first, f"a.{form}").changes == 0


@pytest.mark.parametrize("form", FORMATS)
def test_every_field_survives_the_way_out_and_in(tmp_path: Path, form: str) -> None:
    PlaceFactory(ags="05999001", name="Musterdorf")
    PlaceFactory(ags="05999", name="Kreis Muster", kind="district")
    load(tmp_path, FULL)
    first = exporting.export(form, TEAM)
    Entry.objects.all().delete()
    load(tmp_path, first, f"a.{form}")
    assert exporting.export(form, TEAM) == first


TEXT = st.text("aä€𝄞 |\\\"'`:#-=+@&*!%,;[]{}<>\t\xa0\u2028\x85~0", min_size=1, max_size=30).map(str.strip).filter(bool)


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@example(form="csv", title="0", goals=["\\|"], place="Ort\\")
@example(form="xlsx", title="=1|2", goals=["'=1"], place="a,b\\|c")
@given(form=st.sampled_from(FORMATS), title=TEXT, goals=st.lists(TEXT, max_size=3), place=TEXT)
def test_any_text_survives_the_way_out_and_in(
    tmp_path: Path, form: str, title: str, goals: list[str], place: str
) -> None:
    entry = {"slug": "a", "title": title, "body": "b", "approach": "integrative", "kind": "pilot", "goals": goals}
    actions = [{"from": "2022-01-01", "to": "2022-01-01", "places": [place, title], "district": place}]
    bodies = {"b": {"name": "Stadt B", "kind": "municipality"}}
    source = {
        "bodies": bodies,
        "entries": [{**entry, "actions": actions, "offices": [{"name": title, "place": place}]}],
    }
    load(tmp_path, source, "a.json")
    first = exporting.export(form, TEAM)
    before = exporting.content(TEAM)
    Entry.objects.all().delete()
    load(tmp_path, first, f"b.{form}")
    assert exporting.content(TEAM) == before
    assert exporting.export(form, TEAM) == first


def test_no_cell_is_taken_for_a_formula(tmp_path: Path) -> None:
    load(tmp_path, ENTRY + "    goals: ['=1+1']\n    summary: '@SUM(A1)'\n    place: '-2'\n    facts: [\"'=1\"]\n")
    (row,) = csv.DictReader(io.StringIO(exporting.export("csv", TEAM).decode("utf-8-sig")), delimiter=";")
    assert (row["goals"], row["summary"], row["place"], row["facts"]) == ("'=1+1", "'@SUM(A1)", "'-2", "''=1")
    sheet = openpyxl.load_workbook(io.BytesIO(exporting.export("xlsx", TEAM))).active
    assert {cell.data_type for cells in sheet.iter_rows() for cell in cells if cell.value} <= {"s", "inlineStr"}


def test_only_what_the_policy_allows_leaves_the_house(tmp_path: Path) -> None:
    published, draft = EntryFactory(published=True), EntryFactory()
    visitor = AnonymousUser()
    assert [entry["slug"] for entry in exporting.content(Scope(visitor, drafts=True))["entries"]] == [published.slug]
    assert [entry["slug"] for entry in exporting.content(TEAM)["entries"]] == [published.slug]
    team = Scope(User(is_superuser=True), drafts=True)
    found = {entry["slug"]: entry.get("draft") for entry in exporting.content(team)["entries"]}
    assert found == {published.slug: None, draft.slug: True}


def test_a_draft_of_a_published_entry_is_not_exported(tmp_path: Path) -> None:
    entry = EntryFactory(published=True, title="Veröffentlicht")
    entry.title = "Geheim"
    entry.save_revision()
    assert "Geheim" not in exporting.export("json", Scope(User(is_superuser=True), drafts=True)).decode()


def test_the_command_writes_the_format_of_the_files_name(tmp_path: Path, capsysbinary: Any) -> None:
    load(tmp_path, ENTRY)
    for form in FORMATS:
        call_command("export_catalogue", tmp_path / f"out.{form}")
        assert (tmp_path / f"out.{form}").read_bytes() == exporting.export(form, TEAM)
    call_command("export_catalogue", format="json")
    assert capsysbinary.readouterr().out == exporting.export("json", TEAM)
    with pytest.raises(CommandError):
        call_command("export_catalogue", tmp_path / "out.doc")
