"""What the tests of seals share: the made-up world, and the folder of facts beside the project."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from vdseal import vectors

FACTS = Path(__file__).parents[4] / "shared" / "facts"
LIBRARY = "/usr/lib/softhsm/libsofthsm2.so"


@cache
def world() -> vectors.World:
    """Made once: its keys, lists and certificates do not change."""
    return vectors.world()


def foreign() -> dict[str, Any]:
    """Seals that others made; not ours to hand on."""
    file = FACTS / "vds_vectors.json"
    if not file.exists():
        pytest.skip(f"not run: the foreign vectors are not there ({file.name} in ../shared/facts)")
    data: dict[str, Any] = json.loads(file.read_bytes())
    return data


def schema(name: str) -> Path:
    file = FACTS / "schemas" / name
    if not file.exists():
        pytest.skip(f"not run: {name} is not there (../shared/facts/schemas)")
    return file
