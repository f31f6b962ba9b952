"""Reading lists of synonyms: OpenThesaurus text, MyThes (`th_de_DE_v2.dat`) and our own YAML.

A list that cannot be read raises `ListError` with up to MOST_PROBLEMS problems, each with its line and what to do.
Lists of others hold what is no use here (a single word, a whole sentence): that is left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from austausch.catalogue.loading.reading import yaml_file
from austausch.catalogue.loading.reading.tree import CONTROL, Map, ReadingError, Seq, line
from austausch.search import analysis
from austausch.search.synonym_editing import (
    LONGEST_EXPRESSION,
    MOST_EXPRESSIONS,
    Problem,
    SynonymError,
    Wording,
    check,
    clean,
)

LARGEST = 50 * 1024 * 1024
LONGEST_LINE = 20_000
MOST_GROUPS = 200_000
MOST_PROBLEMS = 50
SECTION = "synonyms"
FIELDS = ("words", "means", "both_ways", "note")
# What the first line of a MyThes file calls its encoding, and Python's name for it.
ENCODINGS = {
    "UTF-8": "utf-8",
    "ISO8859-1": "latin-1",
    "ISO-8859-1": "latin-1",
    "ISO8859-15": "iso8859-15",
    "ISO-8859-15": "iso8859-15",
    "MICROSOFT-CP1252": "cp1252",
}
# "Energie (Oberbegriff)" among the synonyms of "Strom" is no synonym.
_OTHER_RELATION = re.compile(r"\b(?:Oberbegriff|Unterbegriff|Antonym|Assoziation|antonym|generic term|related term)\b")
_ANNOTATION = re.compile(r"\([^()]*\)")


class ListError(ValueError):
    """The list was not loaded; nothing has changed. `problems`: one sentence or two each, in the order of the file."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


@dataclass
class Reading:
    """What a file holds.

    Fields: `groups`; `left_out`, how many groups are of no use here; `too_large`, the lines of those among them that
    hold too many expressions.
    """

    groups: list[Wording] = field(default_factory=list)
    left_out: int = 0
    too_large: list[int] = field(default_factory=list)


def read(path: Path) -> Reading:
    """The groups of a file. Raises ListError."""
    content = _content(path)
    if path.suffix.lower() in {".yaml", ".yml"}:
        reading = _from_yaml(content)
    elif (encoding := content.split(b"\n", 1)[0].strip().upper().decode("ascii", "replace")) in ENCODINGS:
        reading = _Foreign().take(_meanings(_lines(content, ENCODINGS[encoding])[1:]))
    else:
        reading = _Foreign().take(_rows(_lines(content, "utf-8-sig")))
    if not reading.groups:
        raise ListError([_("The file holds no group of synonyms. Write one group a line: “Kita; Kindergarten”.")])
    if len(reading.groups) > MOST_GROUPS:
        raise ListError([_("The file holds more than %(count)d groups. Split it.") % {"count": MOST_GROUPS}])
    return reading


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        message = _("%(file)s cannot be read. Check the path and that you may read the file.")
        raise ListError([message % {"file": path}]) from error
    if len(content) > LARGEST:
        raise ListError([_("The file is larger than %(size)d MB. Split it.") % {"size": LARGEST // 1024 // 1024}])
    return content


class _Problems(list[str]):
    """Collects problems, and stops the reading when there are more than anybody would mend at once."""

    def add(self, place: int | str, problem: str) -> None:
        where = place if isinstance(place, str) else line(place)
        self.append(f"{capfirst(where)}: {problem}" if where else problem)
        if len(self) >= MOST_PROBLEMS:
            self.append(_("There may be more problems; these are the first %(count)d.") % {"count": MOST_PROBLEMS})
            self.stop()

    def stop(self) -> None:
        if self:
            raise ListError(self)


def _lines(content: bytes, encoding: str) -> list[str]:
    """The file's lines as text without control characters. Raises ListError."""
    problems = _Problems()
    lines = []
    for number, raw in enumerate(content.split(b"\n"), start=1):
        try:
            text = raw.decode(encoding).rstrip("\r")
        except UnicodeDecodeError:
            name = encoding.removesuffix("-sig").upper()
            message = _("This is not %(encoding)s text. Save the file with this encoding.")
            problems.add(number, message % {"encoding": name})
            continue
        if found := CONTROL.search(text):
            message = _("The control character U+%(code)s stands here. Delete it.")
            problems.add(number, message % {"code": f"{ord(found[0]):04X}"})
        if len(text) > LONGEST_LINE:
            message = _("The line has more than %(count)d characters. One group belongs on a line.")
            problems.add(number, message % {"count": LONGEST_LINE})
        lines.append(text)
    problems.stop()
    return lines


def _rows(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Line and expressions of each group of an OpenThesaurus text."""
    for number, text in enumerate(lines, start=1):
        if text.strip() and not text.lstrip().startswith("#"):
            yield number, text.split(";")


def _meanings(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Line and expressions of each meaning of each word of a MyThes file, whose first line is not among `lines`."""
    problems = _Problems()
    word, expected = "", 0
    for number, text in enumerate(lines, start=2):
        if not text.strip():
            continue
        first, bar, rest = text.partition("|")
        if not bar:
            problems.add(number, _("There is no “|” here. Write “word|2” or “-|expression|expression”."))
        elif expected:
            expected -= 1
            yield number, [word, *rest.split("|")]
        elif not (rest.strip().isascii() and rest.strip().isdigit() and len(rest.strip()) < 5):
            message = _("After “%(word)s|”, the number of its meanings is expected.")
            problems.add(number, message % {"word": first[:40]})
        else:
            word, expected = first, int(rest)
    if expected:
        problems.add(len(lines) + 1, _("The file ends before the last word's meanings do. Fetch it again."))
    problems.stop()


class _Foreign:
    """Makes groups of what lists of others hold: each group once, annotations removed, what is no use left out."""

    def __init__(self) -> None:
        self.reading = Reading()
        self.known: set[frozenset[str]] = set()

    def take(self, rows: Iterator[tuple[int, list[str]]]) -> Reading:
        for number, expressions in rows:
            self._add(number, expressions)
        return self.reading

    def _add(self, number: int, expressions: list[str]) -> None:
        words: dict[str, str] = {}
        # Each writing once and no empty one: a line of nothing but semicolons has thousands of them.
        for expression in filter(None, dict.fromkeys(map(str.strip, expressions))):
            text = _plain(expression)
            if text and len(text) <= LONGEST_EXPRESSION and (key := analysis.key(text)):
                words.setdefault(key, text)
            if len(words) > MOST_EXPRESSIONS:
                break
        said = frozenset(words)
        if len(words) > MOST_EXPRESSIONS:
            self.reading.too_large.append(number)
        if not 2 <= len(words) <= MOST_EXPRESSIONS:
            self.reading.left_out += 1
        elif said not in self.known:
            self.known.add(said)
            self.reading.groups.append(Wording(words="\n".join(words.values()), means="", both_ways=True, note=""))


# A word with many meanings comes with each of them again.
@lru_cache(maxsize=1_000)
def _plain(expression: str) -> str:
    """The expression without annotations such as “(ugs.)”; empty where they say that it is no synonym."""
    if any(_OTHER_RELATION.search(said) for said in _ANNOTATION.findall(expression)):
        return ""
    # From the inside out, and never more often than anybody nests brackets.
    for _depth in range(3):
        expression = _ANNOTATION.sub(" ", expression)
    return clean(expression)


def _from_yaml(content: bytes) -> Reading:
    try:
        root = yaml_file.read(content)
    except ReadingError as error:
        problems = _Problems()
        problems.add(error.where, f"{error.message} {error.remedy}")
        raise ListError(problems) from error
    rows = root.get(SECTION)
    if not isinstance(rows, Seq) or len(root) > 1:
        raise ListError([_("The file must hold the one section “synonyms:” with a list below it.")])
    problems = _Problems()
    reading = Reading()
    for row, row_place in zip(rows, rows.places, strict=True):
        try:
            reading.groups.append(_group(row))
        except SynonymError as error:
            for problem in error.problems:
                place = row_place
                found = row.get(problem.field) if isinstance(row, Map) else None
                if isinstance(found, Seq) and problem.line:
                    place = found.places[problem.line - 1]
                problems.add(place, problem.message)
    problems.stop()
    return reading


def _group(row: object) -> Wording:
    """One group of our own format. Raises SynonymError."""
    if not isinstance(row, Map):
        raise SynonymError([Problem("", _("Each group begins with “- words:”."))])
    names = ", ".join(FIELDS)
    problems = [
        Problem("", _("The field “%(name)s” is not known; these are: %(names)s.") % {"name": name, "names": names})
        for name in row
        if name not in FIELDS
    ]
    both_ways, note = row.get("both_ways", "means" not in row), row.get("note", "")
    if not isinstance(both_ways, bool):
        problems.append(Problem("", _("“both_ways” must be true or false.")))
    if not isinstance(note, str):
        problems.append(Problem("", _("“note” must be text. Put it in quotes.")))
    known: set[str] = set()
    words, means = _texts(row, "words", known, problems), _texts(row, "means", known, problems)
    if problems:
        raise SynonymError(problems)
    return check(words="\n".join(words), means="\n".join(means), both_ways=bool(both_ways), note=str(note))


def _texts(row: Map, name: str, known: set[str], problems: list[Problem]) -> list[str]:
    """The expressions of a field. One that the analyser takes for another becomes an empty line: whether it does
    depends on the version of the software, and a list must load with the next one too."""
    found = row.get(name, Seq())
    if not isinstance(found, Seq) or not all(isinstance(text, str) for text in found):
        message = _("“%(name)s” must be a list of texts. Put numbers in quotes.")
        problems.append(Problem("", message % {"name": name}))
        return []
    texts = []
    for text in map(clean, map(str, found)):
        key = analysis.key(text)
        texts.append("" if key in known else text)
        known.update({key} - {""})
    return texts
