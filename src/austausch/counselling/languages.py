"""The languages an office may name, with their names in the reader's language (Unicode CLDR, by way of Babel)."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext as _

# What offices in Germany offer; ISO 639-1, or 639-3 where there is no short code. German Sign Language is one of them.
CODES = (
    "de", "gsg", "ar", "bg", "bs", "cs", "el", "en", "es", "fa", "fr", "hr", "hu", "it", "ka", "ku", "lt", "lv", "mk",
    "nl", "pl", "ps", "pt", "ro", "rom", "ru", "sk", "sl", "so", "sq", "sr", "ti", "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip


def name(code: str) -> str:
    """What the language is called in the active language; the code itself where nobody knows."""
    if code == "gsg":
        return _("German Sign Language")
    return _names(get_language() or "de").get(code, code)


def choices() -> list[tuple[str, str]]:
    """Code and name, by name."""
    return sorted(((code, name(code)) for code in CODES), key=lambda choice: choice[1])


@lru_cache(maxsize=4)
def _names(language: str) -> dict[str, str]:
    known = Locale.parse(language, sep="-").languages
    return {code: str(known[code]) for code in CODES if code in known}
