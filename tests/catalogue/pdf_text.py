"""The text of a PDF as its tags and character maps give it: what a screen reader or a search gets."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pikepdf


def text_of(content: bytes) -> str:
    """All text without headers, footers and other artifacts, in reading order of the page's content."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return "\n".join("".join(_pieces(page)) for page in pdf.pages)


def squeezed(text: str) -> str:
    """For comparing: without what typesetting adds or takes away (spaces, line ends, hyphens)."""
    return re.sub(r"[\s\u200b\u00ad\u2010-]", "", text)


def _pieces(page: pikepdf.Page) -> Iterator[str]:
    maps = {name: _to_unicode(font) for name, font in page.resources.Font.items()}
    current: dict[int, str] = {}
    nesting: list[bool] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in {"BMC", "BDC"}:
            nesting.append(operands[0] == "/Artifact")
        elif name == "EMC":
            nesting.pop()
        elif name == "Tf":
            current = maps[str(operands[0])]
        elif name in {"Tj", "TJ"} and not any(nesting):
            strings = operands[0] if name == "TJ" else [operands[0]]
            for string in strings:
                if isinstance(string, pikepdf.String):
                    yield from _decoded(bytes(string), current)
        elif name in {"Td", "Tm", "T*"}:
            yield " "


def _decoded(codes: bytes, known: dict[int, str]) -> Iterator[str]:
    for start in range(0, len(codes), 2):
        yield known.get(int.from_bytes(codes[start : start + 2], "big"), "")


def _to_unicode(font: pikepdf.Object) -> dict[int, str]:
    cmap = font.ToUnicode.read_bytes().decode("ascii")
    known: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            known[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            base = int.from_bytes(bytes.fromhex(text), "big")
            for offset, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                known[code] = chr(base + offset)
    return known
