"""Loading information pages from files: every problem is named, nothing is half loaded, nobody's work is lost."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from austausch.information import actions as editing
from austausch.information.loading import MOST_FILES, InformationLoadError, load
from austausch.information.models import Information, SourceLink
from austausch.languages import actions, kinds
from austausch.languages.models import Version
from tests.factories import EntryFactory, UserFactory

pytestmark = pytest.mark.django_db
Change = Callable[[dict[str, Any]], Any]


def page(slug: str = "arbeitsvertrag", title: str = "Arbeitsvertrag") -> dict[str, Any]:
    def version(words: str) -> dict[str, Any]:
        return {
            "title": f"{title} {words}",
            "summary": f"Worum es geht {words}.",
            "sections": [
                {"heading": f"Eins {words}", "paragraphs": [f"Absatz {words}."], "points": [f"Punkt {words}"]},
                {"heading": f"Zwei {words}", "paragraphs": [f"Noch einer {words}."]},
            ],
        }

    made = {
        "slug": slug,
        "order": 10,
        "sources": ["quelle"],
        "versions": {c: version(c) for c in ("de", "en", "ro", "bg")},
    }
    made["versions"]["de"]["sections"][0]["sources"] = ["quelle", "zweite"]  # type: ignore[index]
    return made


@pytest.fixture(autouse=True)
def entries() -> None:
    for slug in ("quelle", "zweite"):
        EntryFactory(slug=slug, published=True)


def write(folder: Path, *pages: dict[str, Any]) -> Path:
    for one in pages:
        (folder / f"{one['slug']}.json").write_text(json.dumps(one, ensure_ascii=False), "utf-8")
    return folder


def drop(*path: Any) -> Change:
    def change(root: dict[str, Any]) -> None:
        at: Any = root
        for step in path[:-1]:
            at = at[step]
        del at[path[-1]]

    return change


def put(value: Any, *path: Any) -> Change:
    def change(root: dict[str, Any]) -> None:
        at: Any = root
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "language", "field"),
    [
        (drop("versions", "ro"), "ro", ""),
        (drop("versions", "de"), "de", ""),
        (put({}, "versions", "fr"), "fr", ""),
        (put("x", "versions"), "", "versions"),
        (put("x", "versions", "ro"), "ro", ""),
        (put("10", "order"), "", "order"),
        (put(True, "order"), "", "order"),
        (put("anders", "slug"), "", "slug"),
        (put("x", "title"), "", "title"),
        (put(["gibt-es-nicht"], "sources"), "", "sources"),
        (put("quelle", "sources"), "", "sources"),
        (put(["nein"], "versions", "de", "sections", 1, "sources"), "de", "sections[1].sources"),
        (put(["zweite"], "versions", "ro", "sections", 1, "sources"), "ro", "sections[1].sources"),
        (drop("versions", "bg", "sections", 1), "bg", "sections"),
        (put([], "versions", "bg", "sections"), "bg", "sections"),
        (put("", "versions", "en", "title"), "en", "title"),
        (drop("versions", "en", "title"), "en", "title"),
        (put(7, "versions", "en", "summary"), "en", "summary"),
        (put("<b>fett</b>", "versions", "ro", "summary"), "ro", "summary"),
        (put("a &amp; b", "versions", "ro", "summary"), "ro", "summary"),
        (put("zwei\nZeilen", "versions", "ro", "summary"), "ro", "summary"),
        (put("gedreht \u202e", "versions", "ro", "summary"), "ro", "summary"),
        (put("x" * 201, "versions", "de", "title"), "de", "title"),
        (put("Absatz", "versions", "ro", "sections", 0, "paragraphs"), "ro", "sections[0].paragraphs"),
        (put(["gut", " schief"], "versions", "ro", "sections", 0, "points"), "ro", "sections[0].points[1]"),
        (drop("versions", "ro", "sections", 0, "points"), "ro", "sections[0].points"),
        (drop("versions", "de", "sections", 1, "paragraphs"), "de", "sections[1]"),
        (put("x", "versions", "ro", "sections", 0, "note"), "ro", "sections[0].note"),
        (put("x", "versions", "ro", "sections", 0), "ro", "sections[0]"),
    ],
)
def test_a_problem_names_file_language_and_field_and_nothing_is_loaded(
    tmp_path: Path, change: Change, language: str, field: str
) -> None:
    broken = page()
    change(broken)
    (tmp_path / "arbeitsvertrag.json").write_text(json.dumps(broken), "utf-8")
    write(tmp_path, page("wohnen"))
    with pytest.raises(InformationLoadError) as refused:
        load(tmp_path, apply=True)
    assert ("arbeitsvertrag.json", language, field) in [
        (one.file, one.language, one.field) for one in refused.value.problems
    ]
    assert all(one.message and one.remedy for one in refused.value.problems)
    assert not Information.objects.exists()
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"slug": "a", "slug": "b"}', b"[" * 100_000, b"NaN", b"1"]
)
def test_what_is_no_page_at_all_is_refused_with_a_reason(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(InformationLoadError) as refused:
        load(tmp_path, apply=True)
    assert refused.value.problems[0].file == "a.json"


def test_a_folder_that_is_empty_or_none_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nein"):
        with pytest.raises(InformationLoadError, match=r"keine Datei"):
            load(folder, apply=True)


def test_the_command_tells_every_problem_and_writes_nothing_without_apply(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, page())
    call_command("load_information", str(tmp_path))
    assert "Neu: arbeitsvertrag (Română)" in (said := capsys.readouterr().out)
    assert "Probelauf" in said
    assert not Information.objects.exists()
    broken = page()
    del broken["versions"]["ro"], broken["versions"]["bg"]
    with pytest.raises(CommandError, match=r"2 Fehler.\n  arbeitsvertrag.json, ro: Diese Sprache fehlt"):
        call_command("load_information", str(write(tmp_path, broken)), apply=True)


def test_a_page_is_loaded_with_its_languages_all_of_which_still_need_a_check(tmp_path: Path) -> None:
    load(write(tmp_path, page()), apply=True)
    made = Information.objects.get()
    assert (made.title, made.position, len(made.sections)) == ("Arbeitsvertrag de", 10, 2)
    states = {version.language: version.state for version in Version.objects.of(made)}
    assert states == dict.fromkeys(("en", "ro", "bg"), "unconfirmed")
    assert not any(kinds.is_outdated(version) for version in Version.objects.of(made))
    links = [(link.section, link.entry.slug) for link in SourceLink.objects.all()]
    assert links == [(None, "quelle"), (0, "quelle"), (0, "zweite")]


def test_loading_the_same_again_changes_nothing(tmp_path: Path) -> None:
    load(write(tmp_path, page()), apply=True)
    before = list(Version.objects.values()), list(Information.objects.values())
    report = load(tmp_path, apply=True)
    assert (report.made, report.changed, report.kept, report.unchanged) == ([], [], [], 4)
    assert (list(Version.objects.values()), list(Information.objects.values())) == before


def test_a_newer_file_replaces_what_nobody_has_touched_and_outdates_what_it_leaves(tmp_path: Path) -> None:
    load(write(tmp_path, page()), apply=True)
    newer = page()
    newer["versions"]["de"]["title"] = "Vertrag"
    newer["versions"]["ro"]["title"] = "Contract"
    report = load(write(tmp_path, newer), apply=True)
    assert report.changed == ["arbeitsvertrag (Deutsch)", "arbeitsvertrag (Română)"]
    outdated = {version.language: kinds.is_outdated(version) for version in Version.objects.all()}
    assert outdated == {"en": True, "ro": False, "bg": True}


def test_what_an_editor_has_written_or_confirmed_or_withdrawn_is_never_overwritten(tmp_path: Path) -> None:
    team = UserFactory(portal_team=True)
    load(write(tmp_path, page()), apply=True)
    made = Information.objects.get()
    versions = {version.language: version for version in Version.objects.of(made)}
    seen = kinds.fingerprint(kinds.german(made))
    texts = {name: versions["ro"].texts[name] for name in versions["ro"].texts} | {"title": "Al nostru"}
    actions.write(
        source=made, language="ro", texts=texts, user=team, seen_german=seen,
        seen_texts=kinds.fingerprint(versions["ro"].texts),
    )  # fmt: skip
    actions.confirm(versions["bg"], team, seen_texts=kinds.fingerprint(versions["bg"].texts))
    actions.withdraw(versions["en"], team)
    editing.change(page=made, texts={**kinds.german(made), "title": "Von uns"}, user=team, seen=seen)
    newer = copy.deepcopy(page())
    for version in newer["versions"].values():
        version["title"] += " neu"
    report = load(write(tmp_path, newer), apply=True)
    assert len(report.kept) == 3
    made.refresh_from_db()
    now = {version.language: version for version in Version.objects.of(made)}
    assert (made.title, now["ro"].texts["title"], now["bg"].state) == ("Von uns", "Al nostru", "confirmed")
    assert now["bg"].texts["title"] == "Arbeitsvertrag bg"
    # Nobody has written in the English one; it says what the file says now and stays withdrawn.
    assert (now["en"].texts["title"], now["en"].state) == ("Arbeitsvertrag en neu", "draft")


def test_a_version_from_a_file_counts_as_outdated_where_its_german_was_changed_here(tmp_path: Path) -> None:
    team = UserFactory(portal_team=True)
    load(write(tmp_path, page()), apply=True)
    made = Information.objects.get()
    seen = kinds.fingerprint(kinds.german(made))
    editing.change(page=made, texts={**kinds.german(made), "title": "Von uns"}, user=team, seen=seen)
    newer = page()
    newer["versions"]["ro"]["title"] = "Altfel"
    load(write(tmp_path, newer), apply=True)
    assert kinds.is_outdated(Version.objects.get(language="ro"))


def test_removing_a_section_takes_its_sources_along_and_renumbers_the_others(tmp_path: Path) -> None:
    team = UserFactory(portal_team=True)
    three = page()
    for version in three["versions"].values():
        version["sections"].append({"heading": "Drei", "paragraphs": ["Ende."]})
    three["versions"]["de"]["sections"][2]["sources"] = ["zweite"]
    load(write(tmp_path, three), apply=True)
    made = Information.objects.get()
    german = kinds.german(made)
    without = {name: value for name, value in german.items() if not name.startswith("s0_")}
    editing.change(page=made, texts=without, user=team, seen=kinds.fingerprint(german))
    made.refresh_from_db()
    assert [section["heading"] for section in made.sections] == ["Zwei de", "Drei"]
    assert [(link.section, link.entry.slug) for link in made.source_links.all()] == [(None, "quelle"), (1, "zweite")]


def test_more_files_than_are_read_at_once_are_refused_and_not_left_out(tmp_path: Path) -> None:
    for number in range(MOST_FILES + 1):
        (tmp_path / f"seite-{number}.json").write_text("{}")
    with pytest.raises(InformationLoadError, match="mehr als"):
        load(tmp_path, apply=True)
