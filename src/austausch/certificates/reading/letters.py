"""The letters of DIN 91379 (2022-08), datatype C, for names and addresses of people in Germany.

Latin letters with every diacritic that registers use, some as a sequence of letter and combining signs, and the
signs of written text. Greek and Cyrillic letters are datatypes D and E: registers hold them transcribed.
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS = (
    "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017e\u0187\u0188\u018f\u0197\u01a0\u01a1\u01af\u01b0\u01b7"
    "\u01cd-\u01dc\u01de\u01df\u01e2-\u01f0\u01f4\u01f5\u01f8-\u01ff\u0212\u0213\u0218-\u021b\u021e\u021f"
    "\u0227-\u0233\u0259\u0268\u0292\u1e02\u1e03\u1e06\u1e07\u1e0a-\u1e11\u1e17\u1e1c-\u1e2b\u1e2f-\u1e37\u1e3a\u1e3b"
    "\u1e40-\u1e49\u1e52-\u1e5b\u1e5e-\u1e63\u1e6a-\u1e6f\u1e80-\u1e87\u1e8c-\u1e97\u1e9e\u1ea0-\u1ef9"
)
_MODIFIERS = "\u02b9\u02ba\u02be\u02bf\u02c8\u02cc"
# Letter → the combining signs it may carry where Unicode has no single sign for both.
_SEQUENCES = {
    "Aa": "\u030b", "Cc": "\u0300\u0304\u0306\u0308\u0315\u0323\u0326", "Dd": "\u0302", "Ff": "\u0300\u0304",
    "Gg": "\u0300", "H": "\u0304\u0326\u0331", "h": "\u0304\u0326", "J": "\u0301\u030c", "j": "\u0301",
    "Kk": "\u0300\u0302\u0304\u0307\u0315\u031b\u0326", "Ll": "\u0302\u0325\u0326", "Mm": "\u0300\u0302\u0306\u0310",
    "Nn": "\u0302\u0304\u0306\u0326", "Pp": "\u0300\u0304\u0315\u0323", "Rr": "\u0306\u0325",
    "Ss": "\u0300\u0304\u0331", "T": "\u0300\u0304\u0308\u0315\u031b", "t": "\u0300\u0304\u0315\u031b", "Uu": "\u0307",
    "Zz": "\u0300\u0304\u0306\u0308\u0327", "\u00c7\u00e7": "\u0306", "\u00db\u00fb": "\u0304", "\u00ff": "\u0301",
    "\u010c\u010d": "\u0315\u0323", "\u0113": "\u030d", "\u012a\u012b": "\u0301", "\u014d": "\u030d",
    "\u017d\u017e": "\u0326\u0327", "\u1e32\u1e33\u1e62\u1e63\u1e6c\u1e6d": "\u0304",
    "\u1ea0\u1ea1\u1ecc\u1ecd": "\u0308", "\u1ee4\u1ee5": "\u0304\u0308",
}  # fmt: skip
_TRIPLES = (
    "C\u0328\u0306", "c\u0328\u0306", "K\u035fH", "K\u035fh", "k\u035fh", "L\u0325\u0304", "l\u0325\u0304",
    "R\u0325\u0304", "r\u0325\u0304", "S\u031b\u0304", "s\u031b\u0304",
)  # fmt: skip
# What stands in names besides letters.
_IN_NAMES = " '’‘`´.,\\-‐–·"
_SIGNS = r"\x20-\x7e\xa1-\xac\xae-\xb7\xb9-\xbf\xd7\xf7‘’‚“”„†‡…‰‹›€™∞≤≥⁰⁴-⁹ⁿ-₉" + "\u2013\u2014\u2010"

_SEQUENCE = "|".join([*_TRIPLES, *(f"[{letters}][{signs}]" for letters, signs in _SEQUENCES.items())])
_ALLOWED = re.compile(f"(?:{_SEQUENCE}|[{_LETTERS}{_MODIFIERS}{_SIGNS}])*")
_OF_NAMES = re.compile(f"(?:{_SEQUENCE}|[{_LETTERS}{_MODIFIERS}{_IN_NAMES}])*")


def composed(text: str) -> str:
    """The text in normal form C, as the standard demands, with single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def first_outside(text: str) -> tuple[int, str] | None:
    """Position (from 1) and letter of the first one that datatype C does not have; None: all are fine."""
    found = _ALLOWED.match(text)
    at = found.end() if found else 0
    return (at + 1, text[at]) if at < len(text) else None


def looks_like_a_name(text: str) -> bool:
    """Whether only letters and the few signs of names are used. Digits or brackets are no error, but worth a look."""
    return _OF_NAMES.fullmatch(text) is not None
