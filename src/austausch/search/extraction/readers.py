"""One reader for each kind of file: bytes in, pieces of text out.

A reader is a generator and is asked for no more than we keep. It may raise whatever its library raises. None builds a
tree, so nesting costs nothing; none follows a link or resolves an entity.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from xml.parsers import expat

from austausch.search.extraction.extract import MOST_CHARACTERS, MOST_PAGES, Extract, Problem, State, broken
from austausch.search.extraction.running_heads import without_running_heads
from austausch.search.extraction.tidying import tidy

MEGABYTE = 1024 * 1024
# Unpacked XML of one file, counted while it is unpacked: 400,000 characters with all their formatting take a tenth.
LARGEST_XML = 50 * MEGABYTE
# Parts of an archive: long office files have some hundred, mostly pictures.
MOST_PARTS = 10_000
CHUNK = 64 * 1024
PASSWORD_NEEDED = 4  # FPDF_ERR_PASSWORD


class UnreadableError(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


@dataclass(frozen=True)
class Piece:
    """A part of the text. `page`: whether it is a page; `last`: whether the reader left out what comes after it."""

    text: str
    page: bool = False
    last: bool = False


def read_here(content: bytes, media_type: str) -> Extract:
    """Reads in this process. Any content gives an extract; only a crash of a library's C code is another matter."""
    try:
        return _collected(READERS[media_type](content))
    except UnreadableError as error:
        return broken(error.problem)
    except MemoryError:
        return broken(Problem.CRASHED)
    except Exception:
        # The libraries let dozens of errors through; each means that the file is not as it should be.
        return broken(Problem.DAMAGED)


def _collected(pieces: Iterator[Piece]) -> Extract:
    texts: list[str] = []
    size = pages = 0
    cut = False
    for piece in pieces:
        texts.append(piece.text)
        size += len(piece.text)
        pages += piece.page
        if piece.last or size > MOST_CHARACTERS:
            cut = True
            break
    text = tidy("".join(texts))[:MOST_CHARACTERS]
    state = State.EMPTY if not text else State.CUT if cut else State.READ
    return Extract(state, text, pages)


# ── PDF ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _pdf(content: bytes) -> Iterator[Piece]:
    # Not at the top: only the reading process shall load the library.
    import pypdfium2

    if b"%PDF-" not in content[:1024]:
        raise UnreadableError(Problem.OTHER)
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(Problem.LOCKED if error.err_code == PASSWORD_NEEDED else Problem.DAMAGED) from None
    pages: list[str] = []
    size = 0
    last = False
    for number in range(len(document)):
        try:
            pages.append(_page(document, number))
        except pypdfium2.PdfiumError:
            continue
        size += len(pages[-1])
        last = number + 1 < len(document)
        if len(pages) == MOST_PAGES or size > MOST_CHARACTERS:
            break
    if not pages:
        raise UnreadableError(Problem.DAMAGED)
    for number, text in enumerate(without_running_heads(pages), 1):
        yield Piece(f"{text}\n\n", page=True, last=last and number == len(pages))


def _page(document: object, number: int) -> str:
    page = document[number]  # type: ignore[index]
    try:
        text_page = page.get_textpage()
        text: str = text_page.get_text_range(0, min(text_page.count_chars(), MOST_CHARACTERS + 1))
    finally:
        # A page keeps everything it is made of in memory.
        page.close()
    # The library's mark for a hyphen at a line's end, which takes the line's end with it.
    return text.replace("\ufffe", "-\n")


# ── Office formats: XML in an archive ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Layout:
    """Where a format keeps its text. Elements by their local names: `holding` text, `ending` a line, `spacing` words,
    and `skipped` with all they hold: deleted and moved passages, remarks, what is said a second time.
    """

    parts: str
    holding: frozenset[str]
    ending: frozenset[str]
    spacing: frozenset[str]
    skipped: frozenset[str] = frozenset()


_WORD = Layout(
    parts=r"word/(?:document|footnotes|endnotes)\.xml",
    holding=frozenset({"t"}),
    ending=frozenset({"p", "br", "cr"}),
    spacing=frozenset({"tab"}),
    skipped=frozenset({"del", "moveFrom", "Fallback"}),
)
_SLIDES = Layout(
    parts=r"ppt/slides/slide\d+\.xml",
    holding=frozenset({"t"}),
    ending=frozenset({"p", "br"}),
    spacing=frozenset({"tab"}),
    skipped=frozenset({"Fallback"}),
)
_SHEETS = Layout(
    parts=r"xl/sharedStrings\.xml",
    holding=frozenset({"t"}),
    ending=frozenset({"si"}),
    spacing=frozenset(),
    skipped=frozenset({"rPh"}),
)
_OPEN_DOCUMENT = Layout(
    parts=r"content\.xml",
    holding=frozenset({"p", "h"}),
    ending=frozenset({"p", "h", "line-break"}),
    spacing=frozenset({"s", "tab"}),
    skipped=frozenset({"tracked-changes", "annotation", "notes"}),
)


def _office(layout: Layout) -> Callable[[bytes], Iterator[Piece]]:
    def reader(content: bytes) -> Iterator[Piece]:
        if not content.startswith(b"PK\x03\x04"):
            raise UnreadableError(Problem.OTHER)
        archive = zipfile.ZipFile(io.BytesIO(content))
        if len(archive.infolist()) > MOST_PARTS:
            raise UnreadableError(Problem.LARGE)
        parts = [part for part in archive.infolist() if re.fullmatch(layout.parts, part.filename)]
        if not parts:
            raise UnreadableError(Problem.OTHER)
        if any(part.flag_bits & 1 for part in parts):
            raise UnreadableError(Problem.LOCKED)
        left = LARGEST_XML
        for part in sorted(parts, key=lambda part: (len(part.filename), part.filename)):
            text = _Text(layout)
            with archive.open(part) as packed:
                while chunk := packed.read(CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise UnreadableError(Problem.LARGE)
                    yield Piece(text.feed(chunk))
            yield Piece(text.feed(b"", final=True))

    return reader


class _Text:
    """The text of one XML part, as far as it was fed. A document type is refused, and with it every entity."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.found: list[str] = []
        self.holding = self.skipping = 0
        # Local names come after the space.
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def feed(self, chunk: bytes, *, final: bool = False) -> str:
        self.parser.Parse(chunk, final)
        text = "".join(self.found)
        self.found.clear()
        return text

    def _doctype(self, *ignored: object) -> None:
        raise UnreadableError(Problem.DAMAGED)

    def _start(self, name: str, attributes: object) -> None:
        local = name.rpartition(" ")[2]
        self.skipping += local in self.layout.skipped
        self.holding += local in self.layout.holding
        if local in self.layout.spacing:
            self.found.append(" ")

    def _end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        self.skipping -= local in self.layout.skipped
        self.holding -= local in self.layout.holding
        if local in self.layout.ending:
            self.found.append("\n")

    def _characters(self, text: str) -> None:
        if self.holding and not self.skipping:
            # A line's end in XML is only a space.
            self.found.append(text.replace("\n", " "))


# ── HTML and plain text ─────────────────────────────────────────────────────────────────────────────────────

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# What pages in our languages declare; browsers, too, read Latin-1 as Windows-1252. Others are taken for UTF-8.
_DECLARED = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "windows-1252": "cp1252", "cp1252": "cp1252",
    "iso-8859-15": "iso8859-15", "latin-9": "iso8859-15",
}  # fmt: skip
_CHARSET = re.compile(rb"""<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
# These begin on a line of their own; others, such as <b>, stand in the middle of words.
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q"}
    | {"s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
_NO_TEXT = frozenset({"script", "style", "template", "title"})


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.skipping = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "body":
            # An element of the head that nobody closed ends here.
            self.skipping = ""
        elif tag in _NO_TEXT:
            self.skipping = self.skipping or tag
        self._line(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self.skipping:
            self.skipping = ""
        self._line(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self._line(tag)

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.found.append(re.sub(r"\s", " ", data))

    def _line(self, tag: str) -> None:
        if tag not in _INLINE:
            self.found.append("\n")


def _html(content: bytes) -> Iterator[Piece]:
    declared = _CHARSET.search(content[:1024])
    text = _decoded(content, declared[1].decode().lower() if declared else "")
    page = _Page()
    for start in range(0, len(text), CHUNK):
        page.feed(text[start : start + CHUNK])
        yield Piece("".join(page.found))
        page.found.clear()
    page.close()
    yield Piece("".join(page.found))


def _plain(content: bytes) -> Iterator[Piece]:
    # No character takes more than four bytes.
    start = content[: 4 * (MOST_CHARACTERS + 1)]
    yield Piece(_decoded(start, ""), last=len(start) < len(content))


def _decoded(content: bytes, declared: str) -> str:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    if declared in _DECLARED:
        return content.decode(_DECLARED[declared], "replace")
    # Cut in the middle of a character, it is still UTF-8.
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        return decoder.decode(content)
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
READERS: dict[str, Callable[[bytes], Iterator[Piece]]] = {
    "application/pdf": _pdf,
    f"{_OOXML}wordprocessingml.document": _office(_WORD),
    f"{_OOXML}presentationml.presentation": _office(_SLIDES),
    f"{_OOXML}spreadsheetml.sheet": _office(_SHEETS),
    **dict.fromkeys([f"{_ODF}text", f"{_ODF}presentation", f"{_ODF}spreadsheet"], _office(_OPEN_DOCUMENT)),
    "text/html": _html,
    "application/xhtml+xml": _html,
    "text/plain": _plain,
}
