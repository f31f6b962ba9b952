"""Times of many requests of one kind, and what they come to."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

Answer = TypeVar("Answer")

SHARES = (50, 95, 99)


def timed(act: Callable[[], Answer]) -> tuple[float, Answer]:
    """What the act takes, in milliseconds, and gives."""
    began = time.perf_counter()
    answer = act()
    return (time.perf_counter() - began) * 1000, answer


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99: times that so many percent of the requests did not exceed."""
    ordered = sorted(times)
    return {f"p{share}": ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)] for share in SHARES}


def resident() -> float:
    """Memory of this process in megabytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
