"""Starting, watching and ending the gunicorn processes that are measured: the same command line for every site."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.driver import HOST

WORKERS = 2
THREADS = 4
START_SECONDS = 120
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Memory:
    """Kilobytes per worker process: resident, and resident with shared pages divided among their users."""

    resident: int
    proportional: int


def gunicorn(application: str, port: int) -> list[str]:
    """The command line, with what `austausch serve` sets (operation/server.py)."""
    options = ["--workers", str(WORKERS), "--worker-class", "gthread", "--threads", str(THREADS)]
    quiet = ["--log-level", "warning", "--keep-alive", "15", "--no-control-socket", "--preload"]
    return [sys.executable, "-m", "gunicorn", application, "--bind", f"{HOST}:{port}", *options, *quiet]


@contextmanager
def serving(
    application: str, port: int, *, folder: Path, environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A running server, ended with all its workers at the end. Raises RuntimeError where it does not come up."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            gunicorn(application, port),
            cwd=folder,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
    try:
        _wait_until_listening(process, port, log)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)


def memory_of_workers(process: subprocess.Popen[bytes]) -> list[Memory]:
    """One value per worker, from /proc; empty where the system has none."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [_memory(int(child)) for child in children.read_text().split()] if children.exists() else []


def _memory(pid: int) -> Memory:
    lines = (line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    values = {name: int(value.split()[0]) for name, value in lines}
    return Memory(values["Rss"], values["Pss"])


def _wait_until_listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server on port {port} ended:\n{log.read_text()[-2000:]}")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server on port {port} does not listen after {START_SECONDS} seconds")


def _end_with_parent() -> None:
    """A killed benchmark leaves no server behind (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
