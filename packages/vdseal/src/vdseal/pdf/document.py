"""Finding objects of a PDF and adding new ones behind it (ISO 32000-1, 7.5: incremental updates)."""

from __future__ import annotations

import re
import zlib
from itertools import pairwise
from typing import Any, Final

from vdseal.errors import PdfError
from vdseal.pdf.objects import Dictionary, Name, Raw, Ref, integer, parse, write

_HEAD: Final = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+obj")
_STREAM: Final = re.compile(rb"[\0\t\n\f\r ]*stream\r?\n")
_SECTION: Final = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10})[\0\t\n\f\r ]+(\d{1,10})[\0\t\n\f\r ]+(?=\d{10} \d{5} [nf])")
_TRAILER: Final = re.compile(rb"[\0\t\n\f\r ]*trailer")
_MOST_UPDATES: Final = 100
_LARGEST_STREAM: Final = 64 * 1024 * 1024
# Three numbers of up to eight bytes each are a row of cross-references; predictors run over whole rows.
_LONGEST_ROW: Final = 32
_DIGITS: Final = 10
# What a trailer hands on to the next; the rest describes its own cross-reference section.
_KEPT: Final = ("/Root", "/Info", "/ID")


class PdfFile:
    """A PDF read just as far as signing needs; objects come out as copies that may be changed."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        # Number of the object: offset, or number of its object stream and place in it.
        self._places: dict[int, int | tuple[int, int]] = {}
        self._free: set[int] = set()
        self._streams: dict[int, list[Any]] = {}
        self.start = self._startxref()
        self.uses_streams = False
        self.trailer = self._read_sections()
        if "/Encrypt" in self.trailer:
            raise PdfError("The PDF is encrypted and cannot be signed.")
        # A size that is too small must not make new objects replace old ones.
        self.next_number = max(
            integer(self.trailer.get("/Size"), "/Size of the PDF"), *(n + 1 for n in self._places), 1
        )

    def get(self, value: Any) -> Any:
        """What a value is, following references (ISO 32000-1, 7.3.10)."""
        for _ in range(32):
            if not isinstance(value, Ref):
                return value
            value = self._load(value.number)
        raise PdfError("A reference in the PDF leads back to itself.")

    def dictionary(self, value: Any, what: str) -> Dictionary:
        """A dictionary, following references (ISO 32000-1, 7.3.7)."""
        found = self.get(value)
        if not isinstance(found, dict):
            raise PdfError(f"The PDF has no {what}.")
        return found

    def array(self, value: Any, what: str) -> list[Any]:
        """An array, following references (ISO 32000-1, 7.3.6)."""
        found = self.get(value)
        if not isinstance(found, list):
            raise PdfError(f"The PDF has no {what}.")
        return found

    def _startxref(self) -> int:
        at = self.data.rfind(b"startxref")
        if not self.data.startswith(b"%PDF-") or at < 0:
            raise PdfError("This is no PDF.")
        return integer(parse(self.data, at + 9)[0], "startxref of the PDF")

    def _read_sections(self) -> Dictionary:
        newest: Dictionary = {}
        offset, seen = self.start, set[int]()
        while True:
            if offset in seen or len(seen) > _MOST_UPDATES:
                raise PdfError("The cross-references of the PDF lead in a circle.")
            seen.add(offset)
            is_table = self.data.startswith(b"xref", offset)
            trailer = self._read_table(offset + 4) if is_table else self._read_stream_section(offset)
            if not newest:
                newest, self.uses_streams = trailer, not is_table
            if is_table and "/XRefStm" in trailer:
                self._read_stream_section(integer(trailer["/XRefStm"], "/XRefStm of the PDF"))
            if "/Prev" not in trailer:
                return newest
            offset = integer(trailer["/Prev"], "/Prev of the PDF")

    def _read_table(self, position: int) -> Dictionary:
        while match := _SECTION.match(self.data, position):
            first, count, position = int(match[1]), int(match[2]), match.end()
            for number in range(first, first + count):
                entry = self.data[position : position + 20]
                if len(entry) < 18 or not entry[:10].isdigit():
                    raise PdfError("The cross-references of the PDF are cut off.")
                self._remember(number, int(entry[:10]) if entry[17:18] == b"n" else None)
                position += 20
        match = _TRAILER.match(self.data, position)
        if match is None:
            raise PdfError("The cross-references of the PDF have no trailer.")
        trailer = parse(self.data, match.end())[0]
        if not isinstance(trailer, dict):
            raise PdfError("The cross-references of the PDF have no trailer.")
        return trailer

    def _read_stream_section(self, offset: int) -> Dictionary:
        header, body = self._stream_at(offset)
        widths = [integer(each, "/W of the PDF") for each in self.array(header.get("/W"), "/W")]
        if header.get("/Type") != "/XRef" or len(widths) != 3 or not 0 < sum(widths) <= _LONGEST_ROW:
            raise PdfError("The PDF has no cross-references where it says.")
        runs = self.array(header.get("/Index", [0, header.get("/Size")]), "/Index")
        index = [integer(each, "/Index of the PDF") for each in runs]
        position = 0
        for first, count in zip(index[::2], index[1::2], strict=False):
            for number in range(first, first + min(count, len(body))):
                row = body[position : position + sum(widths)]
                position += sum(widths)
                self._remember_row(number, row, widths)
        return header

    def _remember_row(self, number: int, row: bytes, widths: list[int]) -> None:
        first, second = widths[0], widths[0] + widths[1]
        kind = int.from_bytes(row[:first], "big") if first else 1
        place, extra = int.from_bytes(row[first:second], "big"), int.from_bytes(row[second:], "big")
        self._remember(number, {0: None, 1: place, 2: (place, extra)}.get(kind))

    def _remember(self, number: int, place: int | tuple[int, int] | None) -> None:
        """Sections are read from the newest on: the first word about an object counts."""
        if number in self._places or number in self._free:
            return
        if place is None:
            self._free.add(number)
        else:
            self._places[number] = place

    def _load(self, number: int) -> Any:
        place = self._places.get(number)
        if place is None:
            return Raw(b"null")
        if isinstance(place, tuple):
            return self._from_stream(*place)
        match = _HEAD.match(self.data, place)
        if match is None or int(match[1]) != number:
            raise PdfError(f"Object {number} of the PDF is not where it should be.")
        return parse(self.data, match.end())[0]

    def _from_stream(self, stream: int, index: int) -> Any:
        if stream not in self._streams:
            place = self._places.get(stream)
            if not isinstance(place, int):
                raise PdfError("An object stream of the PDF is missing.")
            # Until it is read it holds nothing: its own length, for one, cannot stand in it.
            self._streams[stream] = []
            self._streams[stream] = _objects(*self._stream_at(place))
        objects = self._streams[stream]
        if index >= len(objects):
            raise PdfError("An object stream of the PDF is cut off.")
        # Parsed again for each caller, because callers change what they get.
        return parse(objects[index], 0)[0]

    def _stream_at(self, offset: int) -> tuple[Dictionary, bytes]:
        match = _HEAD.match(self.data, offset)
        header, end = parse(self.data, match.end()) if match else (None, 0)
        begin = _STREAM.match(self.data, end)
        if not isinstance(header, dict) or begin is None:
            raise PdfError(f"The PDF has no stream at byte {offset}.")
        length = integer(self.get(header.get("/Length")), "/Length of a stream")
        return header, _unpack(header, self.data[begin.end() : begin.end() + length])


class Update:
    """New and changed objects that are written behind a PDF (ISO 32000-1, 7.5.6)."""

    def __init__(self, pdf: PdfFile) -> None:
        self._pdf = pdf
        self._objects: dict[int, Any] = {}
        self._next = pdf.next_number

    def add(self, value: Any) -> Ref:
        """A new object; it may still be changed until the update is written (ISO 32000-1, 7.5.6)."""
        ref = Ref(self._next)
        self._next += 1
        self._objects[ref.number] = value
        return ref

    def put(self, ref: Any, value: Any) -> None:
        """Another content for an object that the PDF has (ISO 32000-1, 7.5.6)."""
        if not isinstance(ref, Ref) or ref.generation:
            raise PdfError("An object of the PDF that has to be changed is not indirect, or of a later generation.")
        self._objects[ref.number] = value

    def write(self) -> tuple[bytes, dict[int, int]]:
        """What is appended, and where in the whole file each object begins (ISO 32000-1, 7.5.6)."""
        base = len(self._pdf.data)
        result = bytearray(b"" if self._pdf.data.endswith(b"\n") else b"\n")
        offsets: dict[int, int] = {}
        for number, value in self._objects.items():
            offsets[number] = base + len(result)
            result += b"%d 0 obj\n" % number + write(value) + b"\nendobj\n"
        start = base + len(result)
        result += self._stream(offsets, start) if self._pdf.uses_streams else self._table(offsets)
        result += b"startxref\n%d\n%%%%EOF\n" % start
        return bytes(result), offsets

    def _trailer(self, size: int) -> Dictionary:
        kept: Dictionary = {key: self._pdf.trailer[key] for key in _KEPT if key in self._pdf.trailer}
        return {"/Size": size, "/Prev": self._pdf.start, **kept}

    def _table(self, offsets: dict[int, int]) -> bytes:
        result = bytearray(b"xref\n")
        for run in _runs(sorted(offsets)):
            result += b"%d %d\n" % (run[0], len(run))
            for number in run:
                result += b"%010d 00000 n \n" % offsets[number]
        return bytes(result) + b"trailer\n" + write(self._trailer(self._next)) + b"\n"

    def _stream(self, offsets: dict[int, int], start: int) -> bytes:
        own = self._next
        places = {**offsets, own: start}
        index = [value for run in _runs(sorted(places)) for value in (run[0], len(run))]
        body = b"".join(b"\1" + places[number].to_bytes(8, "big") + b"\0\0" for number in sorted(places))
        header = {
            "/Type": Name("/XRef"),
            "/W": [1, 8, 2],
            "/Index": index,
            "/Length": len(body),
            **self._trailer(own + 1),
        }
        return b"%d 0 obj\n" % own + write(header) + b"\nstream\n" + body + b"\nendstream\nendobj\n"


def _runs(numbers: list[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _objects(header: Dictionary, body: bytes) -> list[Any]:
    """The bytes of each object in an object stream (ISO 32000-1, 7.5.7)."""
    count = integer(header.get("/N"), "/N of an object stream")
    first = integer(header.get("/First"), "/First of an object stream")
    numbers = body[:first].split()
    if len(numbers) < 2 * count or not all(number.isdigit() and len(number) <= _DIGITS for number in numbers):
        raise PdfError("An object stream of the PDF cannot be read.")
    starts = [first + int(number) for number in numbers[1 : 2 * count : 2]] + [len(body)]
    return [body[start:end] for start, end in pairwise(starts)]


def _unpack(header: Dictionary, data: bytes) -> bytes:
    filters = header.get("/Filter")
    if filters is None:
        return data
    if filters not in ("/FlateDecode", ["/FlateDecode"]):
        raise PdfError("A stream of the PDF is packed in a way that is not supported here.")
    unpacker = zlib.decompressobj()
    try:
        result = unpacker.decompress(data, _LARGEST_STREAM)
    except zlib.error:
        raise PdfError("A stream of the PDF cannot be unpacked.") from None
    parameters = header.get("/DecodeParms") or {}
    if isinstance(parameters, list):
        parameters = parameters[0]
    if not isinstance(parameters, dict) or integer(parameters.get("/Predictor", 1), "/Predictor") == 1:
        return result
    return _unpredict(result, integer(parameters.get("/Columns", 1), "/Columns"))


def _unpredict(data: bytes, columns: int) -> bytes:
    """Undo the PNG predictors that cross-references are written with: none, sub and up (ISO 32000-1, 7.4.4.4)."""
    if not 0 < columns <= _LONGEST_ROW:
        raise PdfError("Cross-references of the PDF are predicted in a way that is not supported here.")
    result = bytearray()
    above = bytes(columns)
    for start in range(0, len(data), columns + 1):
        kind, row = data[start], bytearray(data[start + 1 : start + 1 + columns])
        if kind == 1:
            for at in range(1, len(row)):
                row[at] = (row[at] + row[at - 1]) & 0xFF
        elif kind == 2:
            row = bytearray((byte + over) & 0xFF for byte, over in zip(row, above, strict=False))
        elif kind != 0:
            raise PdfError("Cross-references of the PDF are predicted in a way that is not supported here.")
        result += row
        above = bytes(row)
    return bytes(result)
