"""What a site under measurement looks like to the command that measures it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.driver import Request

# The pages, in the order of the tables.
PAGES = ("home", "list", "filtered list", "entry", "search", "API")


@dataclass(frozen=True)
class Site:
    """A site that is built and can be served.

    Fields: `name` as in the tables; `application` (WSGI) to be served in `folder` with `environment`; `pages` maps a
    name of PAGES to the requests that stand for it; `page_cache`: whether whole pages are kept.
    """

    name: str
    application: str
    folder: Path
    environment: Mapping[str, str]
    pages: Mapping[str, tuple[Request, ...]]
    page_cache: bool = False

    @property
    def label(self) -> str:
        return f"{self.name}, page cache" if self.page_cache else self.name


def command(arguments: list[str], *, folder: Path, environment: Mapping[str, str], stdin: str = "") -> str:
    """Runs a Python command to its end and gives its output. Raises RuntimeError with what it said when it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=dict(environment),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=10_800,
        check=False,
    )
    if done.returncode:
        said = (done.stdout + done.stderr)[-3000:]
        raise RuntimeError(f"“python {' '.join(arguments)[:200]}” failed with {done.returncode}:\n{said}")
    return done.stdout
