"""The process in which one file is searched for codes: `python -I -m austausch.certificates.checks.code_reader S B`.

The file comes on standard input, the seals go as JSON to standard output. Files come from strangers: before the first
byte is read, the process gives away what it does not need, and ends at S seconds and B bytes of memory.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pypdfium2
import zxingcpp  # noqa: F401 - loaded while files can still be opened
from PIL import Image, ImageFile
from vdseal import carriers

from austausch.core.confinement import give_away

MOST_PAGES = 100
MOST_SEALS = 200
LARGEST_ANSWER = 1024 * 1024
# 100 megapixels; a page scanned at 600 dpi has 35.
MOST_PIXELS = 100_000_000
# The second only where the first finds nothing.
RESOLUTIONS = (200, 330)
LONGEST_SIDE = 4800


class UnreadableError(Exception):
    """The code of a problem: locked, damaged or large."""


def main(seconds: int, memory: int) -> None:
    Image.init()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    give_away(seconds=seconds, memory=memory, answer=LARGEST_ANSWER)
    try:
        answer: dict[str, Any] = {"seals": [seal.hex() for seal in seals_in(sys.stdin.buffer.read())]}
    except UnreadableError as error:
        answer = {"problem": str(error)}
    sys.stdout.write(json.dumps(answer))


def seals_in(content: bytes) -> list[bytes]:
    """All seals of an image or PDF, each once. Raises UnreadableError."""
    found: dict[bytes, None] = {}
    for attempts in _pages(content):
        for picture in attempts:
            if seals := carriers.read_image(picture):
                found.update(dict.fromkeys(seals))
                break
        if len(found) >= MOST_SEALS:
            break
    return list(found)[:MOST_SEALS]


def _pages(content: bytes) -> Iterator[Iterator[Image.Image]]:
    """For each page its pictures, a better one after each in which nothing was found."""
    if b"%PDF-" not in content[:1024]:
        yield _picture(content)
        return
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError("locked" if "password" in str(error).lower() else "damaged") from None
    for number in range(min(len(document), MOST_PAGES)):
        yield _rendered(document[number])


def _rendered(page: Any) -> Iterator[Image.Image]:
    for resolution in RESOLUTIONS:
        longest = max(page.get_size()) or 1
        yield page.render(scale=min(resolution / 72, LONGEST_SIDE / longest), grayscale=True).to_pil()


def _picture(content: bytes) -> Iterator[Image.Image]:
    try:
        with Image.open(BytesIO(content)) as image:
            image.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
            picture = image.convert("L")
    except Image.DecompressionBombError:
        raise UnreadableError("large") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning):
        raise UnreadableError("damaged") from None
    yield picture
    if max(picture.size) > LONGEST_SIDE // 2:
        yield picture.reduce(2)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
