"""The process in which one file is read: `python -I -m austausch.search.extraction.process TYPE SECONDS BYTES`.

The file comes on standard input, the extract goes as JSON to standard output. Before the first byte is read, the
process gives away what it does not need: from then on it can open no file and no connection, start no process and
touch no other.
"""

from __future__ import annotations

# What is otherwise loaded only when it is needed, when no file can be opened any more.
import encodings.cp437
import encodings.cp1252
import encodings.iso8859_15
import encodings.utf_16_be
import encodings.utf_16_le  # noqa: F401
import os
import resource
import sys

import pypdfium2.raw  # noqa: F401

from austausch.core.confinement import confine
from austausch.search.extraction.extract import LARGEST_ANSWER
from austausch.search.extraction.readers import read_here

LOWER_PRIORITY = 10


def main(media_type: str, seconds: int, memory: int) -> None:
    os.nice(LOWER_PRIORITY)
    # First the soft limit, whose signal says what happened, then the hard one.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        # The answer goes to a file.
        (resource.RLIMIT_FSIZE, LARGEST_ANSWER),
        (resource.RLIMIT_CORE, 0),
        # Binds every account but root, which should run no portal.
        (resource.RLIMIT_NPROC, 0),
        # What is open stays so, and nothing new is opened, not even in the place of standard input once that is closed.
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    # After the limits, which it could no longer set.
    confine()
    extract = read_here(sys.stdin.buffer.read(), media_type)
    sys.stdout.buffer.write(extract.to_json())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
