"""Reading files: whatever is given, there is an answer, and of a sound file its text."""

from __future__ import annotations

import io
import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from austausch.search import extraction
from austausch.search.extraction import Extract, Problem, State, extract, readers
from austausch.search.extraction.readers import READERS, read_here
from austausch.search.extraction.running_heads import without_running_heads
from austausch.search.extraction.tidying import UNWANTED, tidy
from tests.catalogue import files
from tests.catalogue.files import ODT
from tests.search import document_files as made
from tests.search.document_files import DOCX, PDF, PPTX, XLSX

HTML = "text/html"
PLAIN = "text/plain"


def read(content: bytes, media_type: str) -> Extract:
    """In a process of its own, as the portal reads."""
    return extraction.read(io.BytesIO(content), media_type)


def lines(content: bytes, media_type: str) -> list[str]:
    found = read_here(content, media_type)
    assert found.state is State.READ
    return [line for line in found.text.split("\n") if line]


# ── Broken and hostile files ────────────────────────────────────────────────────────────────────────────────

LAUGHS = '<!DOCTYPE x [<!ENTITY a "haha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip
FOREIGN = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("content", "media_type", "problem"),
    [
        (b"", PDF, Problem.OTHER),
        (b"<html><p>doch HTML</p></html>", PDF, Problem.OTHER),
        (b"%PDF-1.7\nabgebrochen", PDF, Problem.DAMAGED),
        (made.locked(made.pdf("geheim"), to_open="geheim"), PDF, Problem.LOCKED),
        (b"", DOCX, Problem.OTHER),
        (made.pdf("doch ein PDF"), DOCX, Problem.OTHER),
        (made.odt("<text:p>doch ODT</text:p>"), DOCX, Problem.OTHER),
        (made.docx("<w:p/>")[:-40], DOCX, Problem.DAMAGED),
        (files.encrypted(made.docx("<w:p/>")), DOCX, Problem.LOCKED),
        (made.docx("<w:p>"), DOCX, Problem.DAMAGED),
        (made.docx("<w:p>&i;</w:p>", before=LAUGHS), DOCX, Problem.DAMAGED),
        (made.docx("<w:p>&a;</w:p>", before=FOREIGN), DOCX, Problem.DAMAGED),
        (made.odt("<text:p>&i;</text:p>", before=LAUGHS), ODT, Problem.DAMAGED),
        (files.archive({f"{n}": b"" for n in range(10_001)} | {"content.xml": b"<a/>"}), ODT, Problem.LARGE),
        (made.docx("x" * 60_000_000), DOCX, Problem.LARGE),
    ],
    ids=range(15),
)
def test_what_cannot_be_read_is_marked_with_the_reason(content: bytes, media_type: str, problem: Problem) -> None:
    assert read_here(content, media_type) == extraction.broken(problem)


def test_a_pdf_that_ends_too_early_is_read_as_far_as_possible_or_marked() -> None:
    whole = made.pdf("#lorem(2000)")
    for part in range(1, 10):
        found = read_here(whole[: len(whole) * part // 10], PDF)
        assert found.state in {State.READ, State.EMPTY, State.BROKEN}


@pytest.mark.parametrize("media_type", sorted(READERS))
@settings(max_examples=40)
@given(content=st.binary(max_size=300))
@example(content=b"\0" * 100)
@example(content=b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj trailer<</Root 1 0 R>>%%EOF")
@example(content=b"<!" * 100)
@example(content=b"\xff\xfe\x00\xd8")
def test_any_bytes_give_an_answer_that_can_be_stored(media_type: str, content: bytes) -> None:
    for start in (b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html><body>"):
        found = read_here(start + content, media_type)
        assert not UNWANTED.search(found.text)
        assert Extract.from_json(found.to_json()) == found


def test_deep_nesting_costs_nothing() -> None:
    deep = 100_000
    assert lines(b"<div>" * deep + b"unten" + b"</div>" * deep, HTML) == ["unten"]
    nested = "<w:p>" * deep + "<w:t>unten</w:t>" + "</w:p>" * deep
    assert lines(made.docx(nested), DOCX) == ["unten"]


def test_of_ten_thousand_pages_the_first_five_hundred_are_read() -> None:
    found = read_here(made.pdf_of_pages(10_000), PDF)
    assert (found.state, found.pages, found.text.count("Seite")) == (State.CUT, 500, 500)


@pytest.mark.parametrize("media_type", [PLAIN, HTML])
def test_of_a_long_text_the_beginning_is_read(media_type: str) -> None:
    found = read_here(b"Wort " * 500_000, media_type)
    assert found.state is State.CUT
    assert extract.MOST_CHARACTERS - 10 < len(found.text) <= extract.MOST_CHARACTERS


def test_a_picture_of_text_holds_none() -> None:
    assert read_here(made.pdf("#rect()"), PDF) == Extract(State.EMPTY, pages=1)
    assert read_here(b" \0\n", PLAIN) == Extract(State.EMPTY)


# ── The process ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (made.pdf("Häuser in München"), PDF),
        (made.docx("<w:p><w:t>Häuser in München</w:t></w:p>"), DOCX),
        (made.odt("<text:p>Häuser in München</text:p>"), ODT),
        ('<meta charset="iso-8859-15"><p>Häuser in München'.encode("latin-1"), HTML),
        ("Häuser in München".encode("utf-16"), PLAIN),
    ],
    ids=["pdf", "docx", "odt", "html", "plain"],
)
def test_every_format_is_read_by_a_process_that_can_open_no_file(content: bytes, media_type: str) -> None:
    found = read(content, media_type)
    assert (found.state, found.text) == (State.READ, "Häuser in München")


CURIOUS = """
import os
import socket
from austausch.search.extraction import process
from austausch.search.extraction.extract import Extract, State

def reader(content, media_type):
    reached = []
    # So that the number of standard input is free again.
    os.close(0)
    for attempt in (lambda: open("/etc/passwd"), lambda: open("neu", "w"), socket.socket):
        try:
            attempt()
            reached.append("reached")
        except OSError:
            reached.append("refused")
    return Extract(State.READ, " ".join(reached))

process.read_here = reader
process.main("text/plain", 30, 2**30)
"""


def test_whoever_takes_the_process_over_reaches_neither_files_nor_network(tmp_path: Path) -> None:
    taken_over = subprocess.run(
        [sys.executable, "-I", "-c", CURIOUS], input=b"", capture_output=True, cwd=tmp_path, check=True
    )
    assert Extract.from_json(taken_over.stdout).text == "refused refused refused"
    assert list(tmp_path.iterdir()) == []


def test_a_type_without_a_reader_is_said_so() -> None:
    assert read(b"GIF89a", "image/gif") == Extract(State.UNKNOWN)


def test_a_file_that_is_too_large_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "LARGEST_FILE", 1000)
    assert read(b"x" * 1000, PLAIN).state is State.READ
    assert read(b"x" * 1001, PLAIN) == extraction.broken(Problem.LARGE)


def test_a_process_that_does_not_come_to_an_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "WALL_SECONDS", 0)
    assert read(b"x", PLAIN) == extraction.broken(Problem.SLOW)


def test_a_file_that_keeps_the_processor_busy_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "CPU_SECONDS", 1)
    # Every piece begins a remark anew, and looks for its end through everything so far.
    assert read(b"<!--" * 10_000_000, HTML) == extraction.broken(Problem.SLOW)


def test_a_file_that_needs_too_much_memory_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "MEMORY", 128 * extraction.MEGABYTE)
    assert read(b"x" * (49 * extraction.MEGABYTE), HTML) == extraction.broken(Problem.CRASHED)


def test_a_process_that_dies_is_a_marked_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    assert read(b"x", PLAIN) == extraction.broken(Problem.CRASHED)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        json.dumps({"state": "fine", "text": "", "pages": 0, "problem": ""}).encode(),
        json.dumps({"state": "read", "text": "a\0b", "pages": 0, "problem": ""}).encode(),
        json.dumps({"state": "read", "text": "\ud800", "pages": 0, "problem": ""}).encode(),
        json.dumps({"state": "read", "text": "x" * 400_001, "pages": 0, "problem": ""}).encode(),
        json.dumps({"state": "read", "text": ["x"], "pages": 0, "problem": ""}).encode(),
        json.dumps({"state": "read", "text": "x", "pages": -1, "problem": ""}).encode(),
        json.dumps({"state": "read", "text": "x", "pages": "viele", "problem": ""}).encode(),
        json.dumps({"state": "broken", "text": "", "pages": 0, "problem": "<script>"}).encode(),
    ],
    ids=range(13),
)
def test_an_answer_of_another_form_is_not_believed(answer: bytes) -> None:
    assert Extract.from_json(answer) == extraction.broken(Problem.CRASHED)


# ── Sound files ─────────────────────────────────────────────────────────────────────────────────────────────


def test_words_that_a_typesetter_divided_are_whole_again() -> None:
    words = "Die Wohnungsaufsichtsbehörde prüft offiziell Problemimmobilienbewirtschaftungsgesellschaften"
    text = (
        f"{words} in Nordrhein-Westfalen, Wohnungs- und Gewerbeaufsicht der Kindergeldkasse sowie Stadt- und Landkreis."
    )
    content = made.pdf(text, setup="#set page(width: 5cm)\n#set par(justify: true)\n#set text(hyphenate: true)")
    raw = "".join(piece.text for piece in READERS[PDF](content))
    assert raw.count("-\n") > 3, "the test needs divided words"
    assert " ".join(read_here(content, PDF).text.split()) == text


def test_the_pages_of_a_pdf_are_counted() -> None:
    found = read_here(made.pdf("Eins\n#pagebreak()\nZwei\n#pagebreak()\nDrei"), PDF)
    assert (found.pages, found.text.split()) == (3, ["Eins", "Zwei", "Drei"])


def test_a_pdf_that_only_must_not_be_changed_is_read() -> None:
    assert read_here(made.locked(made.pdf("lesbar"), to_open=""), PDF).text == "lesbar"


def test_of_a_word_file_counts_what_its_readers_see() -> None:
    body = (
        "<w:p><w:r><w:t>Über</w:t></w:r><w:r><w:t>schrift</w:t><w:tab/><w:t>2</w:t></w:r></w:p>"
        "<w:p><w:del><w:r><w:t>gestrichen</w:t><w:delText>gestrichen</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>eingefügt</w:t></w:r></w:ins><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    footnotes = "<w:p><w:r><w:t>Fußnote</w:t></w:r></w:p>"
    assert lines(made.docx(body, footnotes=footnotes), DOCX) == ["Überschrift 2", "eingefügt", "Fußnote"]


def test_of_an_open_document_counts_what_its_readers_see() -> None:
    body = (
        "<text:tracked-changes><text:p>gestrichen</text:p></text:tracked-changes>"
        "<text:h>Über<text:span>schrift</text:span><text:s/>2</text:h>"
        "<text:p>Ein\n  Absatz<office:annotation><text:p>Bemerkung</text:p></office:annotation>"
        "<text:line-break/>mehr</text:p>"
    )
    assert lines(made.odt(body), ODT) == ["Überschrift 2", "Ein Absatz", "mehr"]


def test_slides_and_tables_are_read_in_order() -> None:
    assert lines(made.pptx(*map(str, range(1, 12))), PPTX) == [str(number) for number in range(1, 12)]
    assert lines(made.xlsx("Stadt", "Kreis"), XLSX) == ["Stadt", "Kreis"]


def test_of_a_page_only_its_text_counts() -> None:
    page = """<!doctype html><html><head><title>Titel</title><style>p {}</style><script>"<p>nein</p>"</script></head>
    <body><h1>Häu<b>ser</b></h1><p>Wohnen&nbsp;&amp;
    Leben<!-- nein --><br>Ende<template>nein</template></body></html>"""
    assert lines(page.encode(), HTML) == ["Häuser", "Wohnen & Leben", "Ende"]
    assert lines(b"<title>nie zu<body><p>Inhalt", HTML) == ["Inhalt"]


@pytest.mark.parametrize(
    "content",
    [
        "Größe".encode(),
        "Größe".encode("utf-8-sig"),
        "Größe".encode("utf-16"),
        "Größe".encode("latin-1"),
        '<meta charset="windows-1252">Größe'.encode("cp1252"),
        '<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">Größe'.encode("latin-1"),
        '<?xml version="1.0" encoding="iso-8859-15"?>Größe'.encode("iso8859-15"),
        '<meta charset="idna">Größe'.encode(),
    ],
    ids=range(8),
)
def test_umlauts_are_read_in_every_usual_encoding(content: bytes) -> None:
    assert lines(content, HTML) == ["Größe"]


# ── Tidying ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "tidied"),
    [
        ("Wohnungs-\naufsicht", "Wohnungsaufsicht"),
        ("Wohnungs- \r\n aufsicht", "Wohnungsaufsicht"),
        ("Wohnungs\xad\naufsicht", "Wohnungsaufsicht"),
        ("Wohnungs\xadaufsicht", "Wohnungsaufsicht"),
        ("Wohnungs- und", "Wohnungs- und"),
        ("Wohnungs-\nund Gewerbe", "Wohnungs-\nund Gewerbe"),
        ("Unter-\nundurchsichtig", "Unterundurchsichtig"),
        ("Nordrhein-\nWestfalen", "Nordrhein-Westfalen"),
        ("2014-\n2020", "2014-\n2020"),
        ("– Punkt\n- Punkt", "– Punkt\n- Punkt"),
        ("o\ufb03ziell, P\ufb02ege", "offiziell, Pflege"),
        ("Gro\u0308ße", "Größe"),
        ("a\u00a0b\u2009c\td", "a b c d"),
        ("W\0o\0h\0n", "Wohn"),
        ("\uf0b7Punkt\uf0b7", "Punkt"),
        ("Woh\u200bnung\u202e", "Wohnung"),
        ("eins \n \n\n zwei\n drei ", "eins\n\nzwei\ndrei"),
    ],
)
def test_running_text_is_made_of_lines(raw: str, tidied: str) -> None:
    assert tidy(raw) == tidied


@given(st.text(alphabet=st.characters(codec=None)))
def test_every_tidied_text_can_be_stored(text: str) -> None:
    tidied = tidy(text)
    assert not UNWANTED.search(tidied)
    assert tidied.encode().decode() == tidied


def test_the_reader_and_its_limits_agree() -> None:
    assert extract.LARGEST_ANSWER > 6 * extract.MOST_CHARACTERS
    assert readers.LARGEST_XML > extract.MOST_CHARACTERS


_CONFINED = """
import ctypes, os, resource, signal
from austausch.core.confinement import confine
assert confine()
me, parent = os.getpid(), os.getppid()
tries = {
    "signal to the parent": lambda: os.kill(parent, 0),
    "signal to the group": lambda: os.killpg(0, signal.SIGTERM),
    "a process": lambda: os.fork(),
    "a program": lambda: os.execv("/bin/true", ["true"]),
    "a priority": lambda: os.setpriority(os.PRIO_PROCESS, parent, 19),
    "a limit": lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE),
    "a processor": lambda: os.sched_setaffinity(parent, {0}),
    "a handle": lambda: os.pidfd_open(parent),
}
for name, attempt in tries.items():
    try:
        attempt()
    except PermissionError:
        continue
    raise SystemExit(name)
assert ctypes.CDLL(None).ptrace(16, parent, 0, 0) == -1
print("confined")
"""


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
    reason="there is a filter of system calls for Linux on these processors only; docs/search.md says what that means",
)
def test_a_reading_process_that_was_taken_over_touches_no_other_process() -> None:
    done = subprocess.run([sys.executable, "-c", _CONFINED], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("confined", "")


# ── What is printed on every page ───────────────────────────────────────────────────────────────────────────


def test_what_stands_at_the_edge_of_every_page_interrupts_no_sentence() -> None:
    words = ["Anfang", "Fortsetzung", "Mitte", "Ende"]
    pages = [f"Jahresbericht 2024\n{word} im Text\nweiter {word}\nSeite {n} von 4" for n, word in enumerate(words, 1)]
    assert without_running_heads(pages) == [f"{word} im Text\nweiter {word}" for word in words]


def test_even_and_odd_pages_may_have_heads_of_their_own() -> None:
    pages = [f"{'Ministerium' if n % 2 else 'Leitfaden'}\nAbsatz {'abcdefgh'[n]} beginnt hier" for n in range(8)]
    assert without_running_heads(pages) == [f"Absatz {letter} beginnt hier" for letter in "abcdefgh"]


def test_a_page_of_nothing_else_stays_as_it_is() -> None:
    pages = [f"Seite {number}" for number in range(9)]
    assert without_running_heads(pages) == pages


def test_of_a_short_document_nothing_is_taken() -> None:
    pages = ["Antrag\nName", "Antrag\nOrt"]
    assert without_running_heads(pages) == pages


def test_a_line_that_is_repeated_within_the_text_stays() -> None:
    middle = "\n".join(["eins", "zwei", "drei", "Muster", "vier", "fünf", "sechs"])
    assert without_running_heads([middle.replace("zwei", f"{n}a") for n in "wxyz"])[0].count("Muster") == 1


@given(st.lists(st.text(max_size=60), max_size=6))
def test_no_page_gains_a_line_or_is_lost(pages: list[str]) -> None:
    kept = without_running_heads(pages)
    assert len(kept) == len(pages)
    for before, after in zip(pages, kept, strict=True):
        assert set(after.splitlines()) <= {*before.splitlines(), ""}
