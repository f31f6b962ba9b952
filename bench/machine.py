"""What was measured on what: facts without which a figure says nothing."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("Django", "wagtail", "modelsearch", "gunicorn", "psycopg")


def facts(postgresql: str | None) -> dict[str, str]:
    """In the order in which they are printed."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _commit(),
        "machine": f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB memory",
        "system": f"{_system()}, Python {platform.python_version()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "databases": ", ".join(
            (f"SQLite {sqlite3.sqlite_version}", *([f"PostgreSQL {postgresql}"] if postgresql else []))
        ),
    }


def busy() -> str | None:
    """A warning where other programs use the machine; None where it is quiet."""
    load = os.getloadavg()[0]
    return f"other programs are running (load {load:.1f}); figures will scatter" if load > 0.5 else None


def _commit() -> str:
    def git(*arguments: str) -> str:
        folder = Path(__file__).parent
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    name = git("rev-parse", "--short", "HEAD")
    return f"{name}{' with changes' if git('status', '--porcelain') else ''}" if name else "unknown"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform()
