"""The languages in which a text can exist beside German.

Not to be confused with the languages that are spoken in an office (counselling/languages.py): these here are written.
Names are those that the readers themselves use; a language has no flag.
"""

from __future__ import annotations

from dataclasses import dataclass

GERMAN = "de"


@dataclass(frozen=True)
class Tongue:
    """`code` stands in addresses and rows, `lang` in HTML, `tag` (BCP 47) where a variant can be said."""

    code: str
    name: str
    lang: str
    tag: str
    dir: str = "ltr"

    @property
    def is_rtl(self) -> bool:
        return self.dir == "rtl"


TONGUES: dict[str, Tongue] = {
    tongue.code: tongue
    for tongue in (
        Tongue("de", "Deutsch", "de", "de"),
        # German under rules of its own, for people who read with difficulty: the same language for voices.
        Tongue("leicht", "Leichte Sprache", "de", "de-simple"),
        Tongue("en", "English", "en", "en"),
        Tongue("ro", "Română", "ro", "ro"),
        Tongue("bg", "Български", "bg", "bg"),
        Tongue("tr", "Türkçe", "tr", "tr"),
        Tongue("ar", "العربية", "ar", "ar", "rtl"),
    )
}
# What can be written beside the German source.
OTHERS = tuple(code for code in TONGUES if code != GERMAN)
CHOICES = [(code, TONGUES[code].name) for code in OTHERS]
