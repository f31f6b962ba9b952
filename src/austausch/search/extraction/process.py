"""The process in which one file is read: `python -I -m austausch.search.extraction.process TYPE SECONDS BYTES`.

The file comes on standard input, the extract goes as JSON to standard output. Before the first byte is read, the
process gives away what it does not need.
"""

from __future__ import annotations

# What is otherwise loaded only when it is needed, when no file can be opened any more.
import encodings.cp437
import encodings.cp1252
import encodings.iso8859_15
import encodings.utf_16_be
import encodings.utf_16_le  # noqa: F401
import sys

import pypdfium2.raw  # noqa: F401

from austausch.core.confinement import give_away
from austausch.search.extraction.extract import LARGEST_ANSWER
from austausch.search.extraction.readers import read_here


def main(media_type: str, seconds: int, memory: int) -> None:
    give_away(seconds=seconds, memory=memory, answer=LARGEST_ANSWER)
    extract = read_here(sys.stdin.buffer.read(), media_type)
    sys.stdout.buffer.write(extract.to_json())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
