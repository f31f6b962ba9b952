"""Information pages from a folder of files, one page each: `<slug>.json`, described in docs/languages.md.

All files are read and checked before anything is written; a problem names file, language, field and remedy, and then
nothing is loaded. What a person has touched stays: each text remembers the fingerprint of what a file brought, and is
replaced only while it still says exactly that and nobody has confirmed it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.catalogue.models import Entry
from austausch.information.models import MOST_SECTIONS, Information, SourceLink
from austausch.information.texts import KIND, LONGER, PARTS, named_fields, sections_of, texts_of
from austausch.languages import kinds
from austausch.languages.kinds import Value
from austausch.languages.models import Version
from austausch.languages.tongues import GERMAN, TONGUES

REQUIRED = (GERMAN, "en", "ro", "bg")
MOST_FILES, LARGEST = 200, 500_000
MOST_SOURCES = 50
_SLUG = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
# Markup, and characters written as if there were any.
_HTML = re.compile(r"<\s*[a-zA-Z/!?]|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")


@dataclass(frozen=True)
class Problem:
    """What is wrong: in which file, which language and field ("" where it is about the whole), and what to do."""

    file: str
    language: str
    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.language, self.field) if part)
        return f"{where}: {self.message} {self.remedy}"


class InformationLoadError(Exception):
    """Nothing was loaded. `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Page:
    """A file, checked. `texts`: language → texts by name; `sources` and `section_sources`: slugs."""

    slug: str
    order: int
    sources: tuple[str, ...]
    section_sources: tuple[tuple[str, ...], ...]
    texts: Mapping[str, dict[str, Value]]

    @property
    def german(self) -> dict[str, Value]:
        return self.texts[GERMAN]


@dataclass
class Report:
    """What was done or would be: sentences, and how many texts each is about."""

    made: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unchanged: int = 0


def load(folder: Path, *, apply: bool) -> Report:
    """Loads a folder, or says what loading it would do. Raises InformationLoadError, and then nothing is written."""
    pages = read(folder)
    with transaction.atomic():
        report = Report()
        for page in pages:
            _write(page, report)
        if not apply:
            transaction.set_rollback(True)
    return report


def read(folder: Path) -> list[Page]:
    """All pages of a folder, checked. Raises InformationLoadError with every problem of every file."""
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not files:
        remedy = _("Give a folder that holds files named like “arbeitsvertrag.json”.")
        raise InformationLoadError([Problem(str(folder), "", "", _("There is no file to load here."), remedy)])
    if len(files) > MOST_FILES:
        what = _("There are more than %(most)d files.") % {"most": MOST_FILES}
        raise InformationLoadError([Problem(str(folder), "", "", what, _("Load them from several folders."))])
    known = set(Entry.objects.filter(merged_into__isnull=True).values_list("slug", flat=True))
    problems: list[Problem] = []
    pages = [page for file in files if (page := _Reader(file, known, problems).page()) is not None]
    if problems:
        raise InformationLoadError(problems)
    return pages


class _Reader:
    """Reads one file and notes what is wrong with it."""

    def __init__(self, file: Path, known: set[str], problems: list[Problem]) -> None:
        self.file, self.known, self.problems = file, known, problems

    def page(self) -> Page | None:
        before = len(self.problems)
        root = self._root()
        if root is None:
            return None
        self._names(root, ("slug", "order", "sources", "versions"), "", "")
        slug, order, versions = root.get("slug"), root.get("order"), root.get("versions")
        if not isinstance(slug, str) or not _SLUG.match(slug) or slug != self.file.stem or len(slug) > 80:
            self._problem(
                "",
                "slug",
                _("The address is not that of the file."),
                _("Write “%s” or rename the file.") % self.file.stem,
            )
        if not isinstance(order, int) or isinstance(order, bool) or not 0 <= order <= 32000:
            self._problem("", "order", _("A whole number is expected."), _("Write for example 10."))
        sources = self._sources(root.get("sources", []), "", "sources")
        if not isinstance(versions, dict):
            self._problem("", "versions", _("A version for each language is expected."), _('Write {"de": {…}, …}.'))
            return None
        read = {language: self._version(language, version) for language, version in versions.items()}
        for language in REQUIRED:
            if language not in versions:
                self._problem(language, "", _("This language is missing."), _("Add a version in it."))
        self._compare(read)
        german = read.get(GERMAN)
        if len(self.problems) > before or german is None:
            return None
        texts = {language: part[0] for language, part in read.items() if part is not None}
        return Page(str(slug), int(str(order)), sources, german[1], texts)

    def _root(self) -> dict[str, Any] | None:
        if self.file.stat().st_size > LARGEST:
            self._problem("", "", _("The file is too large."), _("Make two pages of it."))
            return None
        try:
            root = json.loads(self.file.read_text("utf-8-sig"), object_pairs_hook=self._once)
        except UnicodeDecodeError:
            self._problem("", "", _("This is not UTF-8."), _("Save the file as UTF-8."))
            return None
        except (ValueError, RecursionError) as error:
            self._problem("", "", _("This is not JSON: %s.") % error, _("Mend it at that place."))
            return None
        if not isinstance(root, dict):
            self._problem("", "", _("One object is expected."), _('Write {"slug": …}.'))
            return None
        return root

    def _once(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _value in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            self._problem("", twice, _("This stands there twice."), _("Delete one of them."))
        return found

    def _version(self, language: str, version: Any) -> tuple[dict[str, Value], tuple[tuple[str, ...], ...]] | None:
        if language not in TONGUES:
            self._problem(language, "", _("This language is not known."), _("Use one of: %s.") % ", ".join(TONGUES))
            return None
        if not isinstance(version, dict):
            self._problem(language, "", _("Title, summary and sections are expected."), _('Write {"title": …}.'))
            return None
        self._names(version, ("title", "summary", "sections"), language, "")
        sections = version.get("sections")
        if not isinstance(sections, list) or not 1 <= len(sections) <= MOST_SECTIONS:
            self._problem(
                language, "sections", _("1 to %d sections are expected.") % MOST_SECTIONS, _("Write a list of them.")
            )
            return None
        read = [self._section(language, number, section) for number, section in enumerate(sections)]
        texts = texts_of(version.get("title", ""), version.get("summary", ""), [parts for parts, _sources in read])
        for one in named_fields(len(sections), longer=1 if language == GERMAN else LONGER):
            place = _place(one.name)
            self._text(language, place, texts[one.name], one.lines, one.most, empty=one.lines)
        for number, (parts, _slugs_of_it) in enumerate(read):
            if not parts["paragraphs"] and not parts["points"]:
                self._problem(language, f"sections[{number}]", _("It says nothing."), _("Write a paragraph or points."))
        return {name: value for name, value in texts.items() if value}, tuple(one[1] for one in read)

    def _section(self, language: str, number: int, section: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
        place = f"sections[{number}]"
        if not isinstance(section, dict):
            self._problem(
                language, place, _("Heading, paragraphs and points are expected."), _('Write {"heading": …}.')
            )
            section = {}
        self._names(section, ("heading", "paragraphs", "points", "sources"), language, place)
        parts = {part: section.get(part, "" if part == "heading" else []) for part in PARTS}
        return parts, self._sources(section.get("sources", []), language, f"{place}.sources")

    def _text(self, language: str, place: str, value: Any, lines: bool, most: int, *, empty: bool) -> None:
        if lines and not isinstance(value, list):
            self._problem(language, place, _("A list of texts is expected."), _('Write ["…"].'))
            return
        parts = value if lines else [value]
        if not parts and not empty:
            self._problem(language, place, _("A text is missing."), _("Write one."))
        for number, text in enumerate(parts):
            at = f"{place}[{number}]" if lines else place
            message, remedy = _wrong(text, most)
            if message:
                self._problem(language, at, message, remedy)

    def _sources(self, value: Any, language: str, place: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value) or len(value) > MOST_SOURCES:
            self._problem(language, place, _("A list of addresses of entries is expected."), _('Write ["kaoa", …].'))
            return ()
        for slug in value:
            if slug not in self.known:
                self._problem(
                    language, place, _("No entry has the address “%s”.") % slug[:100], _("Mend it or leave it out.")
                )
        return tuple(dict.fromkeys(value))

    def _compare(self, read: Mapping[str, Any]) -> None:
        """Every version has the sections of the German, each with what it has there."""
        german = read.get(GERMAN)
        if german is None:
            return
        for language, version in read.items():
            if version is None or language == GERMAN:
                continue
            number, wanted = len(version[1]), len(german[1])
            if number != wanted:
                message = _("%(number)d sections, but %(wanted)d in German.") % {"number": number, "wanted": wanted}
                self._problem(language, "sections", message, _("Write the same sections in the same order."))
                continue
            for name in german[0]:
                if name not in version[0]:
                    self._problem(language, _place(name), _("The German has a text here."), _("Translate it, too."))
            for at, (own, of_german) in enumerate(zip(version[1], german[1], strict=True)):
                if own and own != of_german:
                    self._problem(
                        language, f"sections[{at}].sources", _("These are not the sources of the German."),
                        _("Give the same, or leave them out: sources belong to the page."),
                    )  # fmt: skip

    def _names(self, found: dict[str, Any], known: tuple[str, ...], language: str, place: str) -> None:
        for name in found:
            if name not in known:
                at = f"{place}.{name}" if place else name
                self._problem(language, at, _("This field is not known."), _("Use only: %s.") % ", ".join(known))

    def _problem(self, language: str, place: str, message: str, remedy: str) -> None:
        # What stands in the file may be anything, and very long.
        self.problems.append(Problem(self.file.name, language[:20], place[:100], message, remedy))


def _wrong(text: Any, most: int) -> tuple[str, str]:
    """What is wrong with a text, and what to do; twice nothing where it is fine."""
    if not isinstance(text, str):
        return _("A text is expected."), _("Put it into quotation marks.")
    if not text.strip() or text != text.strip():
        return _("The text is empty or has blanks around it."), _("Write it without blanks at its ends.")
    if len(text) > most:
        return _("%(number)d characters are too many.") % {"number": len(text)}, _("Write at most %d.") % most
    if _HTML.search(text):
        return _("There is HTML in it."), _("Write plain text: pages do their own layout.")
    if any(not sign.isprintable() and sign not in "\u200c\u200d" for sign in text):
        return _("There are line breaks or characters in it that nobody sees."), _(
            "Delete them; begin a new paragraph."
        )
    return "", ""


def _place(name: str) -> str:
    """`s0_points` as the file calls it: `sections[0].points`."""
    match = re.match(r"s(\d+)_(\w+)$", name)
    return f"sections[{match[1]}].{match[2]}" if match else name


def _write(page: Page, report: Report) -> None:
    row = Information.objects.select_for_update().filter(slug=page.slug).first()
    brought = _fingerprint(page)
    if row is None:
        row = Information(slug=page.slug)
        _set_german(row, page, brought)
        report.made.append(f"{page.slug} ({TONGUES[GERMAN].name})")
    elif row.loaded == brought or (not row.loaded and _says(row, page)):
        report.unchanged += 1
    elif not row.loaded:
        report.kept.append(_("%s (Deutsch): somebody has changed it here") % page.slug)
    else:
        _set_german(row, page, brought)
        report.changed.append(f"{page.slug} ({TONGUES[GERMAN].name})")
    for language, texts in page.texts.items():
        if language != GERMAN:
            _write_version(row, page, language, texts, report)


def _says(row: Information, page: Page) -> bool:
    return kinds.fingerprint(kinds.german(row)) == kinds.fingerprint(page.german)


def _set_german(row: Information, page: Page, brought: str) -> None:
    row.title, row.summary, row.position = str(page.german["title"]), str(page.german["summary"]), page.order
    row.sections, row.loaded = sections_of(page.german), brought
    row.full_clean()
    row.save()
    row.source_links.all().delete()
    entries = {entry.slug: entry for entry in Entry.objects.filter(slug__in=list(_slugs(page)))}
    per_section = [(number, slug) for number, slugs in enumerate(page.section_sources) for slug in slugs]
    links = [(None, slug) for slug in page.sources] + per_section
    for position, (section, slug) in enumerate(links):
        SourceLink.objects.create(information=row, entry=entries[slug], section=section, position=position)


def _write_version(row: Information, page: Page, language: str, texts: dict[str, Value], report: Report) -> None:
    name, brought = f"{page.slug} ({TONGUES[language].name})", kinds.fingerprint(texts)
    version = Version.objects.of(row).select_for_update().filter(language=language).first()
    if version is None:
        version = Version(
            content_type=kinds.content_type(KIND), object_id=row.pk, language=language, state=Version.State.UNCONFIRMED
        )
        report.made.append(name)
    elif kinds.fingerprint(version.texts) == brought:
        # Where only its German has changed it is outdated now, until somebody has compared the two.
        report.unchanged += 1
        return
    elif version.state == Version.State.CONFIRMED:
        report.kept.append(_("%s: somebody has confirmed it") % name)
        return
    elif version.loaded != kinds.fingerprint(version.texts):
        report.kept.append(_("%s: somebody has changed it here") % name)
        return
    else:
        report.changed.append(name)
    version.texts, version.loaded = texts, brought
    version.made_from, version.fingerprint = page.german, kinds.fingerprint(page.german)
    version.source_seen_on = timezone.localdate()
    version.save()


def _fingerprint(page: Page) -> str:
    """Of everything that a file says in German, its sources included."""
    return kinds.fingerprint(
        {**page.german, "order": str(page.order), "sources": [f"{number}:{slug}" for number, slug in _numbered(page)]}
    )


def _numbered(page: Page) -> Iterator[tuple[int, str]]:
    for slug in page.sources:
        yield -1, slug
    for number, slugs in enumerate(page.section_sources):
        for slug in slugs:
            yield number, slug


def _slugs(page: Page) -> Iterator[str]:
    for _number, slug in _numbered(page):
        yield slug
