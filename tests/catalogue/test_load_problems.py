"""What is wrong with a file is named: where, what, and how to mend it; all of it in one go."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from austausch.catalogue.models import Entry
from austausch.people.models import Organisation
from tests.catalogue.catalogue_files import ENTRY, load, problems
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("added", "path", "said", "remedy"),
    [
        ("    gaols: [Ziel]\n", "gaols", "not known", "goals"),
        ("    kind: pilto\n", "kind", "", ""),
        ("    level: distrikt\n", "level", "not known", "district"),
        ("    format: vor Ort\n", "format", "not known", "Possible are"),
        ("    period: {from: 2022-02-30}\n", "period.from", "no such day", "2022-08-16"),
        ("    period: {from: bald}\n", "period.from", "not a date", "2022-08-16"),
        ("    period: {from: 2022, to: 2021}\n", "period", "before the beginning", "Swap"),
        ("    period: {to: 2021, open_end: true}\n", "period", "open end", "Keep either"),
        ("    period: {from: Schuljahr 2021/2023}\n", "period.from", "no such day", "Schuljahr"),
        ("    funding: {amount_eur: 5.500.000, per: total}\n", "funding.amount_eur", "not a number", "digits only"),
        ("    funding: {amount_eur: -1, per: total}\n", "funding.amount_eur", "negative", ""),
        ("    funding: {amount_eur: 1}\n", "funding.per", "missing", "Add “per”"),
        ("    links: [example.org]\n", "links[1].url", "web address", "https://"),
        ('    links: ["javascript:alert(1)"]\n', "links[1].url", "web address", "https://"),
        ("    links: https://example.org\n", "links", "list", "Write it as a list"),
        ("    goals: [Ziel, {a: b}]\n", "goals[2]", "Text is expected", ""),
        ("    offices: [{facts: nichts}]\n", "offices[1]", "neither a name nor a place", "Give it"),
        ("    documents: [{title: A, kind: brochüre}]\n", "documents[1].kind", "not known", "brochure"),
        ("    documents: [{title: A, kind: law, slug: ä}]\n", "documents[1].slug", "letters", "ae"),
        ("    places: [Nirgendwo]\n", "places[1]", "No place is called", "AGS"),
        ("    places: ['05000000']\n", "places[1]", "No place has the key", "AGS"),
        ("    topics: [Wohnen]\n", "topics[1]", "small letters", "wohnen"),
        ("    review: {every_months: 99}\n", "review.every_months", "1 to 60", "12"),
        ("    draft: vielleicht\n", "draft", "yes nor no", "true"),
        (f"    summary: {'x' * 601}\n", "summary", "601 characters", "Shorten"),
        ("    period: [2022]\n", "period", "Named values", "key: value"),
    ],
)
def test_a_wrong_value_is_named_with_line_field_and_remedy(
    tmp_path: Path, added: str, path: str, said: str, remedy: str
) -> None:
    if path == "kind":
        added, said = "", "not known"
    base = ENTRY.replace("kind: pilot", "kind: pilto") if not added else ENTRY
    with translation.override("en"):
        (problem,) = problems(tmp_path, base + added)
    assert problem.path == f"entries[1].{path}"
    assert said in problem.message
    assert remedy in problem.remedy
    last = (base + added).count("\n")
    assert problem.where in {f"line {last}", "line 5"}
    assert not Entry.objects.exists()
    assert not Organisation.objects.exists()


def test_all_problems_are_named_in_one_go(tmp_path: Path) -> None:
    content = """
bodies:
  stadt-muster: {name: "", kind: town}
sections: {}
statistics:
  - {title: T, unit: U, series: [{name: S, values: {zwanzig: 1}}]}
entries:
  - slug: eins
    body: stadt-mustre
    kind: Pilotprojekt
    goals: Ziel
    places: [Nirgendwo]
  - slug: zwei
    title: Zwei
    body: stadt-mustre
    approach: integrative
    kind: pilot
"""
    with translation.override("en"):
        found = {problem.path: problem for problem in problems(tmp_path, content)}
    assert {
        "bodies.stadt-muster.name", "bodies.stadt-muster.kind", "sections", "entries[1].title", "entries[1].approach",
        "entries[1].kind", "entries[1].goals", "entries[1].body", "entries[1].places[1]", "entries[2].body",
    } < set(found)  # fmt: skip
    assert any(path.startswith("statistics[1].series[1].values") for path in found)
    assert found["entries[2].body"].remedy == "Did you mean “stadt-muster”?"
    assert found["entries[2].body"].where == "line 15"
    assert found["entries[2].body"].value == "“stadt-mustre”"


def test_a_word_of_the_interface_is_recognised(tmp_path: Path) -> None:
    with translation.override("en"):
        (problem,) = problems(tmp_path, ENTRY.replace("kind: pilot", "kind: Model project"))
    assert problem.remedy == "Write “model_project”."


def test_the_name_of_a_known_body_leads_to_its_key(tmp_path: Path) -> None:
    OrganisationFactory(key="mags", name="Ministerium für Arbeit")
    with translation.override("en"):
        (problem,) = problems(tmp_path, ENTRY.replace("body: stadt-muster", "body: Ministerium für Arbeit"))
    assert problem.remedy == "Write its key “mags”."


def test_two_entries_with_one_address_are_refused(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, ENTRY + ENTRY.partition("entries:\n")[2])
    assert problem.path == "entries[2].slug"


def test_the_address_of_the_lists_exports_is_taken(tmp_path: Path) -> None:
    assert problems(tmp_path, ENTRY.replace("slug: lernwerkstatt", "slug: liste"))


def test_two_organisations_cannot_share_a_name(tmp_path: Path) -> None:
    OrganisationFactory(key="andere", name="Stadt Musterstadt")
    (problem,) = problems(tmp_path, ENTRY)
    assert problem.path == "bodies.stadt-muster.name"


@pytest.mark.parametrize(
    "name",
    ["Staatsangehörigkeit", "staatsangehoerigkeit", "Herkunft", "nationality", "Muttersprache", "Religion", "origin",
     "country_of_birth", "Kinderzahl", "ethnicity", "nationaliteit", "moedertaal", "Migrationshintergrund", "Sprache",
     "Vorname", "Herkunftsland der Familie"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["yaml", "csv"])
def test_a_column_about_what_people_are_is_refused_by_name_with_the_reason(
    tmp_path: Path, name: str, form: str
) -> None:
    OrganisationFactory(key="stadt-muster")
    content = {
        "yaml": ENTRY.partition("entries:\n")[0] + "entries:\n" + ENTRY.partition("entries:\n")[2] + f"    {name}: x\n",
        "csv": f"slug,title,body,approach,kind,{name}\na,A,stadt-muster,integrative,pilot,x\n",
    }[form]
    with translation.override("en"):
        (problem,) = problems(tmp_path, content, f"a.{form}")
    assert name in problem.message
    assert "nothing here selects people by nationality" in problem.message
    assert problem.value == ""


def test_what_texts_and_topics_speak_of_is_content(tmp_path: Path) -> None:
    load(tmp_path, ENTRY + '    topics: [sprache, religion]\n    facts: ["Beratung in der Muttersprache"]\n')
    assert Entry.objects.get().topics.count() == 2
