"""The typefaces of the PDF: the portal's Fira Sans from the front-end build, and those that typst brings along.

Nothing is taken from the machine: the same text looks the same everywhere, also where no font is installed.
"""

from __future__ import annotations

import atexit
import json
import logging
import shutil
import tempfile
import threading
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import typst
from django.conf import settings

# Those in the typst package, for what Fira lacks: Greek, Hebrew, phonetic letters; Arabic, symbols.
BUNDLED = ("Libertinus Serif", "DejaVu Sans Mono")
WEIGHTS = ("fira-sans-400", "fira-sans-400-italic", "fira-sans-500", "fira-sans-600")
PROBE = Path(__file__).resolve().parent / "typst" / "probe.typ"
# A compiler must not be used by two threads at once.
_lock = threading.Lock()


def families() -> list[str]:
    """Names of the families, in the order in which a letter is looked for."""
    portal = ["Austausch Sans", "Austausch Sans Extended"] if directories() else []
    return [*portal, *BUNDLED]


@cache
def directories() -> list[Path]:
    """Where the portal's own typeface lies as TrueType; empty without a front-end build.

    The build makes files for browsers, which typst cannot read, in an everyday and an extended part. They are
    unpacked once per process, each part as a family of its own, because typst takes one file per family and weight.
    """
    sources = [Path(folder) / "fonts" for folder in settings.STATICFILES_DIRS]
    found = [folder for folder in sources if (folder / f"{WEIGHTS[0]}.woff2").exists()]
    if not found:
        return []
    target = Path(tempfile.mkdtemp(prefix="austausch-fonts-"))
    atexit.register(shutil.rmtree, target, ignore_errors=True)
    for name in WEIGHTS:
        for suffix, family in (("", "Austausch Sans"), ("-extended", "Austausch Sans Extended")):
            source = found[0] / f"{name}{suffix}.woff2"
            if source.exists():
                _unpack(source, target / f"{name}{suffix}.ttf", family)
    return [target]


def covers(character: str) -> bool:
    """Whether one of the fonts has the character, found out by setting it."""
    return character.isascii() or _covers(character)


@lru_cache(maxsize=8192)
def fits(text: str, widest: float) -> bool:
    """Whether the text is sure to fit on a line of so many em in the portal's typeface. Not where a letter comes from
    another one."""
    widths = _widths()
    try:
        # Kerning and a line's last space are not counted: a small part is kept free for them.
        return sum(widths[character] for character in text) <= 0.98 * widest
    except KeyError:
        return False


@cache
def _widths() -> dict[str, float]:
    """Of each letter of the portal's typeface, in em; none without a front-end build."""
    from fontTools.ttLib import TTFont

    if not directories():
        return {}
    with TTFont(directories()[0] / f"{WEIGHTS[0]}.ttf") as font:
        advances, em = font["hmtx"], font["head"].unitsPerEm
        return {chr(code): advances[name][0] / em for code, name in font.getBestCmap().items()}


@lru_cache(maxsize=8192)
def _covers(character: str) -> bool:
    content = json.dumps({"text": character, "families": families()}, ensure_ascii=False)
    try:
        with _lock:
            _prober().compile(format="pdf", sys_inputs={"content": content}, pdf_standards="ua-1")
    except typst.TypstError:
        return False
    return True


def written_out(character: str) -> str:
    """The character's Unicode name: "[GRINNING FACE]"; nothing for marks that only change another character."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return ""
    return f"[{unicodedata.name(character, f'U+{ord(character):04X}')}]"


@cache
def _prober() -> typst.Compiler:
    return typst.Compiler(PROBE, root=PROBE.parent, font_paths=directories(), ignore_system_fonts=True)


def _unpack(source: Path, target: Path, family: str) -> None:
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    with TTFont(source) as font:
        font.flavor = None
        names = font["name"]
        style = names.getBestSubFamilyName() or "Regular"
        names.names = [record for record in names.names if record.nameID not in {1, 3, 4, 6, 16, 17, 21, 22}]
        for identifier, text in ((1, family), (4, f"{family} {style}"), (6, f"{family} {style}".replace(" ", ""))):
            names.setName(text, identifier, 3, 1, 0x409)
        font.save(target)
