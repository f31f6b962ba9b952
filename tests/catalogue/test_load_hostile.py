"""Files made to do harm, or broken by accident: refused with a message, before anything is touched."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from austausch.catalogue.loading import loader, reading
from austausch.catalogue.loading.errors import CatalogueError
from austausch.catalogue.models import Entry
from tests.catalogue.catalogue_files import ENTRY, problems, write

pytestmark = pytest.mark.django_db


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(content: bytes, member: str, data: bytes) -> bytes:
    """The workbook with one of its files exchanged."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, data if name == member else old.read(name))
    return file.getvalue()


HEADING = ["slug", "title", "body", "approach", "kind"]
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{key}: &{key} [{','.join([f'*{previous}'] * 9)}]\n" for previous, key in zip("abcdefgh", "bcdefghi", strict=True)
)
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>'
)


@pytest.mark.parametrize(
    ("name", "content", "where", "said"),
    [
        ("a.yaml", BOMB, "line 1", "Anchors"),
        ("a.yaml", "entries: !!python/object/apply:os.system ['true']", "line 1", "Tags"),
        ("a.yaml", "entries:\n  - !include /etc/passwd", "line 2", "Tags"),
        ("a.yaml", "entries: " + "[" * 5000, "line 1", "nested"),
        ("a.yaml", "\n".join(" " * depth + "a:" for depth in range(500)), "line 13", "nested"),
        ("a.yaml", "entries: []\nentries: []", "line 2", "twice"),
        ("a.yaml", "entries: []\n--- \nentries: []", "line 2", "several"),
        ("a.yaml", "entries: [\n  a: b: c\n", "line 2", "not valid YAML"),
        ("a.yaml", "? [a, b]\n: c", "line 1", "key"),
        ("a.yaml", "- slug: a", "line 1", "sections"),
        ("a.yaml", "", "", "empty"),
        ("a.yaml", b"entries:\n  - title: \x00", "line 2", "control character U+0000"),
        ("a.yaml", b"entries:\n  - title: \xff\xfe", "line 2", "UTF-8"),
        ("a.yaml", "entries: " + "9" * 5000, "line 1", "too long"),
        ("a.json", '{"entries": ' + "[" * 100_000, "line 1", "nested"),
        ("a.json", '{"entries": [],\n "entries": []}', "line 2", "twice"),
        ("a.json", '{"entries": [NaN]}', "line 1", "not valid JSON"),
        ("a.json", '{"entries": [Infinity]}', "line 1", "not valid JSON"),
        ("a.json", '{"entries": 1e999999999}', "line 1", "exponent"),
        ("a.json", '{"entries": [],}', "line 1", "not valid JSON"),
        ("a.json", '{"entries": "\\ud800"}', "line 1", "control character"),
        ("a.json", '{"entries": []} x', "line 1", "after the end"),
        ("a.json", "[]", "line 1", "begin with"),
        ("a.json", "", "line 1", "begin with"),
        ("a.csv", "slug,title,slug\na,b,c", "row 1", "twice"),
        ("a.csv", "slug,,title\na,b,c", "row 1", "no heading"),
        ("a.csv", "slug,title\na,b,c", "row 2", "more cells"),
        ("a.csv", 'slug,title\n"a,b\n', "line 2", "not valid CSV"),
        ("a.csv", 'slug,title\na,"' + "x" * 100_001 + '"', "line 2", "not valid CSV"),
        ("a.csv", ",".join(f"c{n}" for n in range(300)), "row 1", "too many columns"),
        ("a.csv", "", "", "empty"),
        ("a.xlsx", b"no workbook", "", "not a readable"),
        ("a.xlsx", b"PK\x05\x06" + b"\x00" * 18, "", "not a readable"),
        ("a.xlsx", workbook(HEADING, ["=1+1", "b", "c", "d", "e"]), "row 2", "A2 holds a formula"),
        ("a.xlsx", repacked(workbook(HEADING, ["a"]), "xl/worksheets/sheet1.xml", ENTITIES), "", "entities"),
        ("a.exe", "entries: []", "", "type is not known"),
    ],
)
def test_it_is_refused_before_anything_is_touched(
    tmp_path: Path, name: str, content: str | bytes, where: str, said: str
) -> None:
    with django_english():
        (problem,) = problems(tmp_path, content, name)
    assert said in problem.message
    assert where in problem.where
    assert problem.file == name
    assert problem.remedy
    assert not Entry.objects.exists()


def django_english() -> translation.override:
    return translation.override("en")


def test_a_file_larger_than_the_limit_is_not_read_to_its_end(tmp_path: Path, settings: Any) -> None:
    settings.AUSTAUSCH_LOADING_LIMITS = {"bytes": 1000}
    (problem,) = problems(tmp_path, ENTRY + "#" * 1000)
    assert "0 MB" in problem.message


def test_a_workbook_that_unpacks_too_large_is_refused_unread(tmp_path: Path, settings: Any) -> None:
    settings.AUSTAUSCH_LOADING_LIMITS = {"unpacked_bytes": 1_000_000}
    content = repacked(workbook(HEADING), "xl/theme/theme1.xml", b" " * 1_000_000)
    with django_english():
        (problem,) = problems(tmp_path, content, "a.xlsx")
    assert "too large once unpacked" in problem.message


def test_more_values_or_entries_than_the_limit_are_refused(tmp_path: Path, settings: Any) -> None:
    many = "entries:\n" + "  - {slug: a}\n" * 30
    settings.AUSTAUSCH_LOADING_LIMITS = {"values": 40}
    assert problems(tmp_path, many)[0].where
    settings.AUSTAUSCH_LOADING_LIMITS = {"entries": 20}
    assert [problem.path for problem in problems(tmp_path, many)] == ["entries"]


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError):
        loader.load(tmp_path / "nichts.yaml")


NAMES = st.sampled_from(["a.yaml", "a.json", "a.csv", "a.xlsx"])
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=15,
)
PRINTABLE = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text('aä𝄞\n\\"\t{[,:', max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('aß "', max_size=5), inner, max_size=3),
    max_leaves=15,
)
FIELDS = st.sampled_from(
    ["slug", "title", "body", "kind", "period", "funding", "documents", "links", "offices", "actions", "places",
     "topics", "review", "effort", "legal_bases", "draft", "archived", "level", "goals", "summary"]
)  # fmt: skip
FILES = st.dictionaries(
    st.sampled_from(["bodies", "entries", "topics", "target_groups", "statistics", "background"]),
    TREES | st.lists(st.dictionaries(FIELDS, TREES, max_size=6), max_size=3),
    max_size=4,
)
RELAXED = hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def refused(path: Path) -> list[str] | None:
    """The messages with which a file was refused; None if it was loaded. Anything else fails the test."""
    try:
        loader.load(path, apply=True)
    except CatalogueError as error:
        return [problem.message for problem in error.problems]
    return None


@RELAXED
@given(name=NAMES, content=st.binary(max_size=300))
def test_arbitrary_bytes_are_read_or_refused_never_a_crash(tmp_path: Path, name: str, content: bytes) -> None:
    assert refused(write(tmp_path, content, name)) != []


@RELAXED
@given(name=st.sampled_from(["a.yaml", "a.json", "a.csv"]), text=st.text(max_size=200))
def test_arbitrary_text_is_read_or_refused_never_a_crash(tmp_path: Path, name: str, text: str) -> None:
    assert refused(write(tmp_path, text.encode("utf-8", "surrogatepass"), name)) != []


@RELAXED
@given(content=FILES)
def test_arbitrary_trees_are_loaded_or_refused_never_a_crash(tmp_path: Path, content: dict[str, object]) -> None:
    assert refused(write(tmp_path, content, "a.json")) != []


WORKBOOK = workbook(HEADING, ["lernwerkstatt", "Lernwerkstatt", "stadt-muster", "integrative", "pilot"])


@RELAXED
@given(source=st.sampled_from([("a.yaml", ENTRY.encode()), ("a.xlsx", WORKBOOK)]), data=st.data())
def test_a_damaged_file_is_loaded_or_refused_never_a_crash(
    tmp_path: Path, source: tuple[str, bytes], data: st.DataObject
) -> None:
    name, content = source
    at = data.draw(st.integers(0, len(content)))
    damaged = content[:at] + data.draw(st.binary(max_size=4)) + content[at + data.draw(st.integers(0, 4)) :]
    assert refused(write(tmp_path, damaged, name)) != []


@RELAXED
@given(tree=PRINTABLE)
def test_json_means_the_same_as_to_the_standard_library(tmp_path: Path, tree: object) -> None:
    path = write(tmp_path, {"entries": tree}, "a.json")
    assert reading.read(path) == json.loads(path.read_text())
