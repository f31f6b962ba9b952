"""CPU time of one query: this process's and, where the database is a server on this machine, its backend's.

What else runs on a machine makes a query wait, not work: CPU times can be compared where other programs are busy.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psycopg

# Asked before and after a query; the difference is what the query took, in milliseconds.
Clock = Callable[[], float]


def own() -> float:
    return time.process_time_ns() / 1e6


def with_backend(connection: psycopg.Connection) -> Clock | None:
    """Of this process and the connection's backend; None where the backend is not on this machine or hides."""
    schedule = Path(f"/proc/{connection.info.backend_pid}/schedstat")
    try:
        name = schedule.with_name("comm").read_text().strip()
        schedule.read_text()
    except OSError:
        return None
    # The first number is the nanoseconds on a CPU.
    return (lambda: own() + int(schedule.read_text().split()[0]) / 1e6) if name.startswith("postgres") else None
