"""What the tests of catalogue files share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from austausch.catalogue.loading import loader
from austausch.catalogue.loading.errors import CatalogueError, Problem

REAL = Path(__file__).parent.parent.parent / "content" / "nrw" / "catalogue.yaml"

ENTRY = """
bodies:
  stadt-muster: {name: "Stadt Musterstadt", kind: municipality}
entries:
  - slug: lernwerkstatt
    title: "Lernwerkstatt"
    body: stadt-muster
    approach: integrative
    kind: pilot
"""


def write(folder: Path, content: str | bytes | dict[str, Any], name: str = "katalog.yaml") -> Path:
    path = folder / name
    if isinstance(content, dict):
        content = json.dumps(content, ensure_ascii=False, default=str)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def load(folder: Path, content: str | bytes | dict[str, Any], name: str = "katalog.yaml", **options: Any) -> Any:
    return loader.load(write(folder, content, name), **{"apply": True, **options})


def problems(folder: Path, content: str | bytes | dict[str, Any], name: str = "katalog.yaml") -> list[Problem]:
    """What is wrong with a file that must be refused."""
    with pytest.raises(CatalogueError) as caught:
        load(folder, content, name)
    return caught.value.problems
