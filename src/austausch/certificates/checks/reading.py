"""Seals in files that offices hand in. The file is read in a process of its own, which can do nothing else."""

from __future__ import annotations

import json
import subprocess
import sys

from austausch.certificates.checks.code_reader import MOST_SEALS

SECONDS = 60
MEMORY = 2 * 1024 * 1024 * 1024
# The process ends itself at its seconds of computing; this is for one that only waits.
PATIENCE = 3 * SECONDS
PROBLEMS = frozenset({"locked", "damaged", "large", "slow"})


class FileError(Exception):
    """The file cannot be read; `code` says why: one of PROBLEMS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def seals_in(content: bytes) -> list[bytes]:
    """The seals in an image or PDF, each once. Raises FileError."""
    command = [sys.executable, "-I", "-m", "austausch.certificates.checks.code_reader", str(SECONDS), str(MEMORY)]
    try:
        done = subprocess.run(  # noqa: S603 - no word of it comes from outside
            command, input=content, capture_output=True, timeout=PATIENCE, check=False, env={}, close_fds=True
        )
    except subprocess.TimeoutExpired:
        raise FileError("slow") from None
    if done.returncode < 0:
        raise FileError("slow")
    return _believed(done.stdout)


def _believed(answer: bytes) -> list[bytes]:
    """An answer only as far as its form: a process that a file has taken over could write anything."""
    try:
        found = json.loads(answer)
        if problem := found.get("problem"):
            raise FileError(problem if problem in PROBLEMS else "damaged")
        return [bytes.fromhex(seal) for seal in found["seals"][:MOST_SEALS]]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise FileError("damaged") from None
