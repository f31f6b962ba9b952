"""From bytes to text. What is valid UTF-8 is that; everything else is Windows-1252, as SchILD writes it.

The two cannot be confused where it matters: text with letters beyond ASCII is practically never valid UTF-8 by
accident. Other code pages cannot be told from Windows-1252 by looking, so they are not guessed: whoever uploads may
say which one it is, and names that look wrong are asked about.
"""

from __future__ import annotations

import codecs

from austausch.certificates.reading.records import FileError, Kind

# What an uploader may say; "" is: find out.
CHOICES = ("utf-8", "cp1252", "cp1250", "cp1254", "cp850", "mac-roman")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decoded(content: bytes, encoding: str = "") -> tuple[str, str]:
    """The text and the name of its encoding. Raises FileError."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _without_nulls(_strictly(content, name)), name.removesuffix("-sig")
    if encoding in CHOICES:
        return _without_nulls(_strictly(content, encoding)), encoding
    try:
        return _without_nulls(content.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        # The five bytes without a meaning become C1 controls: the names with them are asked about.
        return _without_nulls(content.decode("cp1252", errors="c1")), "cp1252"


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding, errors="c1" if encoding.startswith("cp12") else "strict")
    except UnicodeError as error:
        raise FileError(Kind.NOT_TEXT, detail=encoding) from error


def _without_nulls(text: str) -> str:
    if "\0" in text:
        raise FileError(Kind.NOT_TEXT, detail="NUL")
    return text


def _as_control(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("c1", _as_control)
