"""Making running text of what layout has left: hyphens at line ends, ligatures, odd spaces, control characters."""

from __future__ import annotations

import re
import unicodedata

# Nothing stands for these: control and format characters (not the line feed), halves of characters.
_NOTHING = "\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
# A symbol stood here, such as a bullet from a font of symbols, or nothing that Unicode knows.
_SYMBOL = "\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
# Databases refuse some of them, and nobody searches for any.
UNWANTED = re.compile(f"[{_NOTHING}{_SYMBOL}]")
_NOTHINGS = re.compile(f"[{_NOTHING}]")
_SYMBOLS = re.compile(f"[{_SYMBOL}]")

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_SOFT_HYPHEN = re.compile("\xad(?: ?\n ?)?")
_LETTER = r"[^\W\d_]"
_AND = r"(?!(?:und|oder|bzw|sowie|bis|als|wie|and|or)\b)"
# A hyphen at the end of a line, and what goes on in small letters: one word, unless it is "Wohnungs- und …".
_DIVIDED = re.compile(rf"(?<={_LETTER})[-‐] ?\n ?{_AND}(?=[a-zß-öø-ÿ])")
# What goes on otherwise was written with the hyphen: "Nordrhein-" and "Westfalen".
_COUPLED = re.compile(rf"(?<={_LETTER}[-‐]) ?\n ?{_AND}(?={_LETTER})")
_EMPTY_LINES = re.compile(r" ?\n(?: ?\n)+ ?")
_LINE_END = re.compile(r" ?\n ?")


def tidy(text: str) -> str:
    """Running text in composed characters, with single spaces, a line feed between lines, two between paragraphs."""
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text).translate(_LIGATURES))
    text = _SPACES.sub(" ", _SYMBOLS.sub(" ", text))
    text = _NOTHINGS.sub("", _SOFT_HYPHEN.sub("", text))
    text = _COUPLED.sub("", _DIVIDED.sub("", text))
    return _LINE_END.sub("\n", _EMPTY_LINES.sub("\n\n", text)).strip()
