"""From the bytes of a file to records of pupils and named problems. Pure: no database, no web, no words.

Nothing in a file is ever executed, and whatever its bytes are, `read` answers with a `Reading`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from austausch.certificates.reading import svws, tables, workbook
from austausch.certificates.reading.records import (
    FileError,
    Kind,
    Limits,
    Problem,
    PupilRecord,
    Reading,
    Status,
)

__all__ = ["READERS", "FileError", "Kind", "Limits", "Problem", "PupilRecord", "Reading", "Status", "read"]

Reader = Callable[[bytes, Limits, str], Reading]
READERS: dict[str, Reader] = {
    ".csv": tables.read_csv,
    ".dat": tables.read_dat,
    ".json": svws.read_json,
    ".xlsx": workbook.read_xlsx,
}


def read(name: str, content: bytes, *, limits: Limits | None = None, encoding: str = "") -> Reading:
    """The records of a file; its name's ending says what it is. Never raises for what is in the file."""
    limits = limits or Limits()
    ending = PurePath(name).suffix.lower()
    try:
        if ending in {".xlsm", ".xltm", ".xlsb", ".xls"}:
            raise FileError(
                Kind.MACROS if "m" in ending else Kind.UNKNOWN_TYPE, value=ending, detail=", ".join(READERS)
            )
        if ending not in READERS:
            raise FileError(Kind.UNKNOWN_TYPE, value=ending or name, detail=", ".join(READERS))
        if len(content) > limits.bytes:
            raise FileError(Kind.TOO_LARGE, detail=limits.bytes // 1024 // 1024)
        if not content.strip():
            raise FileError(Kind.EMPTY)
        return READERS[ending](content, limits, encoding)
    except FileError as error:
        return Reading(problems=(error.problem,))
