"""The information for people before they travel says what the catalogue says, in every language the same.

The files are read as they lie there, without the code that loads them: whoever changes a text sees here what it needs.
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

CONTENT = settings.PROJECT / "content" / "nrw"
FILES = sorted((CONTENT / "information").glob("*.json"))
LANGUAGES = ["de", "en", "ro", "bg", "leicht"]
# Easy Language may need more and shorter paragraphs; these must match each other paragraph by paragraph.
PARALLEL = ["de", "en", "ro", "bg"]
TOPICS = {"arbeitsvertrag", "lohn", "wohnen", "krankenversicherung", "schule", "wen-anrufen"}

ADDRESS = re.compile(r"https?://\S+")
# Names, and German words on paper that are themselves explained, which a Bulgarian text writes outside brackets.
KEPT_AS_THEY_ARE = [
    "Arbeitsmigration fair begleiten",
    "Arbeit und Leben NRW",
    "Care for Integration",
    "EURES",
    "Escape",
    "Gute Arbeitswelt",
    "KAoA-kompakt",
    "KOBER",
    "Madonna e. V.",
    "Mädchenhaus Bielefeld e. V.",
    "Schulbescheinigung",
    "Vast vasteste – Hand in Hand in NRW",
    "agisra e. V.",
]
SUBJUNCTIVE = re.compile(r"\b(?:wäre|würde|hätte|könnte|müsste|dürfte|sollte|käme|gäbe|möchte)\w*\b", re.IGNORECASE)
# Nobody is addressed by, or asked for, where they come from. (Names of languages and countries are something else.)
ORIGIN = re.compile(
    r"Staatsangehörig|Rumänen|Rumäne\b|Rumänin|Bulgaren|Bulgare\b|Bulgarin|Roma\b"
    r"|nationalit|Romanians|Bulgarians|cetățeni|bulgari\b|гражданство|румънци|българи|роми\b",
    re.IGNORECASE,
)


def read(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def texts(version: dict[str, Any]) -> Iterator[str]:
    """Every text of a version that people read."""
    yield from (version["title"], version["summary"])
    for section in version["sections"]:
        yield from in_section(section)


def in_section(section: dict[str, Any]) -> Iterator[str]:
    yield section["heading"]
    yield from section["paragraphs"]
    yield from section["points"]


@functools.cache
def catalogue() -> dict[str, str]:
    """What the catalogue says, by address of the entry; with what its counselling offices say of it."""
    entries = yaml.safe_load((CONTENT / "catalogue.yaml").read_text(encoding="utf-8"))["entries"]
    offices = yaml.safe_load((CONTENT / "offices.yaml").read_text(encoding="utf-8"))["offices"]
    said = {entry["slug"]: yaml.safe_dump(entry, allow_unicode=True) for entry in entries}
    for office in offices:
        # Keys of places are no figures that a text may use.
        told = {name: value for name, value in office.items() if name != "areas"}
        said[office["entry"]] += yaml.safe_dump(told, allow_unicode=True)
    return said


def figures(text: str) -> set[str]:
    """The figures of two digits and more: "1.000", "1,000" and "1000" are one."""
    return set(re.findall(r"\d{2,}", re.sub(r"(?<=\d)[.,\u00a0\u202f](?=\d{3}\b)", "", text)))


def sentences(text: str) -> list[str]:
    """A colon ends a sentence too: after it, Easy Language begins anew. "31. Dezember" is not an end."""
    return [part for part in re.split(r"(?<=[.?!:])(?<!\d\.)\s+", text) if part]


each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def test_the_topics_that_people_ask_about_before_they_travel_are_there() -> None:
    pages = [read(file) for file in FILES]
    assert {page["slug"] for page in pages} >= TOPICS
    assert len({page["order"] for page in pages}) == len(pages)


@each_file
def test_every_language_has_the_same_sections_from_the_same_sources(file: Path) -> None:
    page = read(file)
    assert list(page) == ["slug", "order", "sources", "versions"]
    assert page["slug"] == file.stem
    assert list(page["versions"]) == LANGUAGES
    for version in page["versions"].values():
        assert list(version) == ["title", "summary", "sections"]
        assert all(list(section) == ["heading", "paragraphs", "points", "sources"] for section in version["sections"])
        assert all(text and text == text.strip() for text in texts(version))
    sources = {tuple(tuple(part["sources"]) for part in version["sections"]) for version in page["versions"].values()}
    assert len(sources) == 1
    shapes = {
        tuple((len(part["paragraphs"]), len(part["points"])) for part in page["versions"][language]["sections"])
        for language in PARALLEL
    }
    assert len(shapes) == 1
    for german, easy in zip(page["versions"]["de"]["sections"], page["versions"]["leicht"]["sections"], strict=True):
        assert [bool(german[part]) for part in ("paragraphs", "points")] == [
            bool(easy[part]) for part in ("paragraphs", "points")
        ], easy["heading"]


@each_file
def test_every_section_names_entries_of_the_catalogue_and_the_page_names_them_all(file: Path) -> None:
    page = read(file)
    sections = page["versions"]["de"]["sections"]
    assert sections
    assert all(section["sources"] for section in sections)
    named = [slug for section in sections for slug in section["sources"]]
    assert page["sources"] == list(dict.fromkeys(named))
    assert set(named) <= set(catalogue())


@each_file
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_figure_and_no_address_stands_in_a_text_that_its_sources_do_not_have(file: Path, language: str) -> None:
    said = catalogue()
    version = read(file)["versions"][language]
    invented = figures(version["title"] + version["summary"])
    for section in version["sections"]:
        sources = "\n".join(said[slug] for slug in section["sources"])
        text = "\n".join(in_section(section))
        invented |= figures(text) - figures(sources)
        # An address that is cut short leads elsewhere.
        linked = set(re.findall(r"https?://[^\s'\"]+", sources))
        invented |= {address for address in ADDRESS.findall(text) if address not in linked}
        invented |= set(re.findall(r"\S+@\S+|www\.\S+", ADDRESS.sub("", text)))
    assert invented == set()


@each_file
@pytest.mark.parametrize("language", PARALLEL)
def test_every_language_gives_the_same_figures_and_addresses(file: Path, language: str) -> None:
    page = read(file)
    for german, other in zip(page["versions"]["de"]["sections"], page["versions"][language]["sections"], strict=True):
        expected, found = ("\n".join(in_section(section)) for section in (german, other))
        assert figures(found) == figures(expected)
        assert ADDRESS.findall(found) == ADDRESS.findall(expected)
        assert found.count("/beratung/") == expected.count("/beratung/")


@each_file
@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_plain_text_in_letters_that_belong_together(file: Path, language: str) -> None:
    for text in texts(read(file)["versions"][language]):
        assert not re.search(r"[<>&\"\t]|  ", text), text
        assert text == unicodedata.normalize("NFC", text)
        # A Latin "a" in a Cyrillic word looks right, but no search and no screen reader takes it for one.
        mixed = [
            word for word in re.findall(r"\w+", text) if re.search("[а-яА-Я]", word) and re.search("[a-zA-Z]", word)
        ]
        assert mixed == []
        assert language == "bg" or not re.search("[а-яА-Я]", text), text


@each_file
@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_addressed_by_where_they_come_from(file: Path, language: str) -> None:
    assert [text for text in texts(read(file)["versions"][language]) if ORIGIN.search(text)] == []


@each_file
def test_romanian_has_commas_below_and_its_own_quotation_marks(file: Path) -> None:
    text = "\n".join(texts(read(file)["versions"]["ro"]))
    assert not re.search("[şţŞŢ]", text)
    assert re.search("[șț]", text)
    assert not re.search("[“]", text)
    assert text.count("„") == text.count("”")


@each_file
def test_bulgarian_keeps_latin_words_in_brackets_and_has_no_foreign_cyrillic_letters(file: Path) -> None:
    for text in texts(read(file)["versions"]["bg"]):
        assert not re.search("[ыэёіїєў]", text, re.IGNORECASE), text
        rest = re.sub(r"\([^)]*\)", "", ADDRESS.sub("", text)).replace("/beratung/sicher/", "")
        for name in KEPT_AS_THEY_ARE:
            rest = rest.replace(name, "")
        assert re.findall("[A-Za-zÄÖÜäöüß]+", rest) == [], text


@each_file
def test_easy_language_has_short_sentences_and_short_words(file: Path) -> None:
    version = read(file)["versions"]["leicht"]
    for text in texts(version):
        for sentence in sentences(text):
            assert len(sentence.split()) <= 12, sentence
        assert not re.search(r"[;()]", re.sub(r"\(/beratung/\)", "", text)), text
        assert not SUBJUNCTIVE.search(text), text
        assert not re.search(r"\b(?:des|eines|dessen|deren|wessen)\b", text), f"genitive: {text}"
        # What stands in quotation marks is a name, or a word on the screen that people must find again as it is.
        for word in re.findall(r"[\w·-]+", re.sub(r"„[^“]*“", "", ADDRESS.sub("", text))):
            assert all(len(part) <= 15 for part in re.split("[·-]", word)), f"to be split: {word}"


@each_file
def test_easy_language_has_one_sentence_in_a_paragraph(file: Path) -> None:
    for section in read(file)["versions"]["leicht"]["sections"]:
        for text in section["paragraphs"]:
            ends = [part for part in sentences(text) if not part.endswith(":")]
            assert len(ends) <= 1, text


@each_file
def test_the_file_is_written_as_an_editor_can_compare_it(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == json.dumps(read(file), ensure_ascii=False, indent=2) + "\n"
