"""What comes of reading a file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from austausch.search.extraction.tidying import UNWANTED

# A book of 200 pages; what comes after that rarely decides whether somebody finds the document.
MOST_CHARACTERS = 400_000
# Long reports have 300 pages; more are collections in which everything is found and nothing meant.
MOST_PAGES = 500
# 400,000 characters, each as the six of a JSON escape, and room to spare.
LARGEST_ANSWER = 4 * 1024 * 1024


class State(StrEnum):
    READ = "read"
    CUT = "cut"  # there is more than we keep
    EMPTY = "empty"  # no text: a scan, for example
    BROKEN = "broken"  # see the problem
    UNKNOWN = "unknown"  # there is no reader for this type


class Problem(StrEnum):
    NONE = ""
    LOCKED = "locked"  # by a password
    DAMAGED = "damaged"
    OTHER = "other"  # the content is not what the type says
    LARGE = "large"  # as it is, or unpacked
    SLOW = "slow"
    CRASHED = "crashed"  # the reading process died or ran out of memory
    MISSING = "missing"  # the file is not in the storage


@dataclass(frozen=True)
class Extract:
    """What was read of a file. `pages`: how many were read, 0 where the format has none."""

    state: State
    text: str = ""
    pages: int = 0
    problem: Problem = Problem.NONE

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, answer: bytes) -> Extract:
        """Believes an answer only as far as its form: a process that a file has taken over could write anything."""
        try:
            found = json.loads(answer)
            extract = cls(State(found["state"]), found["text"], found["pages"], Problem(found["problem"]))
            if (
                len(extract.text) <= MOST_CHARACTERS
                and not UNWANTED.search(extract.text)
                and extract.pages in range(MOST_PAGES + 1)
            ):
                return extract
        except (ValueError, LookupError, TypeError, RecursionError):
            pass
        return broken(Problem.CRASHED)


def broken(problem: Problem) -> Extract:
    return Extract(State.BROKEN, problem=problem)
