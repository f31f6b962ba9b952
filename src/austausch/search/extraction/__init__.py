"""Reading the text of a document's file: PDF, office formats, HTML, plain text.

Files come from outside, and the libraries that read them have had holes. So each is read in a process of its own
(`process`), with limits, without an environment and with nothing but the file; whatever happens to it, the caller
gets an extract. Nothing in this package knows Django: the process starts in a fraction of a second.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from typing import IO

from austausch.search.extraction.extract import LARGEST_ANSWER, Extract, Problem, State, broken
from austausch.search.extraction.readers import READERS

__all__ = ["Extract", "Problem", "State", "broken", "read"]

MEGABYTE = 1024 * 1024
# What an upload may have, too.
LARGEST_FILE = 50 * MEGABYTE
# Of processor time: a report of 500 pages takes a few.
CPU_SECONDS = 30
# More than that: a busy machine is not the file's fault.
WALL_SECONDS = 60
# Several times what the largest file needs, and a small server does not start to swap.
MEMORY = 1024 * MEGABYTE
CHUNK = 256 * 1024


def read(file: IO[bytes], media_type: str) -> Extract:
    """Reads a file from its present position on, in a process of its own. Errors of `file` itself are raised."""
    if media_type not in READERS:
        return Extract(State.UNKNOWN)
    with tempfile.TemporaryFile() as copy, tempfile.TemporaryFile() as answer:
        # A file in an object storage has no descriptor, and the process shall have neither its name nor its folder.
        if not _copied(file, copy):
            return broken(Problem.LARGE)
        problem = _run(media_type, copy, answer)
        if problem:
            return broken(problem)
        answer.seek(0)
        return Extract.from_json(answer.read(LARGEST_ANSWER))


def _copied(source: IO[bytes], target: IO[bytes]) -> bool:
    """Whether it could be copied within the limit."""
    size = 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > LARGEST_FILE:
            return False
        target.write(chunk)
    # Also writes what is still in our buffer: the process gets the descriptor.
    target.seek(0)
    return True


def _run(media_type: str, file: IO[bytes], answer: IO[bytes]) -> Problem:
    process = subprocess.Popen(  # noqa: S603 our own module, with our own arguments
        # -I: neither the working directory nor an environment has a say in what is run.
        [sys.executable, "-I", "-m", f"{__name__}.process", media_type, str(CPU_SECONDS), str(MEMORY)],
        stdin=file,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        env={},
        # Ctrl-C at the console stops the worker and is no fault of the file.
        start_new_session=True,
    )
    try:
        code = process.wait(WALL_SECONDS)
    except subprocess.TimeoutExpired:
        return Problem.SLOW
    finally:
        process.kill()
        process.wait()
    if code == -signal.SIGXCPU:
        return Problem.SLOW
    return Problem.CRASHED if code else Problem.NONE
