"""The same words for both sites: text for the stock site's pages, and what visitors look for."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SEED = 20_260_101
_WORD = re.compile(r"[A-Za-zÄÖÜäöüß]{5,}")
_KEYS_WITHOUT_TEXT = {"slug", "body", "approach", "kind", "url", "checked_on", "level"}


@dataclass(frozen=True)
class StockPage:
    """A page of the stock site; `paragraphs` as plain text."""

    slug: str
    title: str
    summary: str
    paragraphs: tuple[str, ...]


def sentences(catalogue: Path) -> list[str]:
    """Every text of the catalogue's entries, in the file's order."""
    content = yaml.safe_load(catalogue.read_text(encoding="utf-8"))
    return list(dict.fromkeys(_texts(content["entries"])))


def queries(texts: list[str], count: int) -> list[str]:
    """Distinct things to look for: mostly one or two words of a text, one in ten mistyped."""
    chance = random.Random(SEED)
    words = sorted({word for text in texts for word in _WORD.findall(text)})
    pairs = [found for text in texts if len(found := _WORD.findall(text)) > 1]
    wanted: dict[str, None] = {}
    while len(wanted) < count:
        kind = chance.random()
        if kind < 0.5:
            query = chance.choice(words)
        elif kind < 0.9:
            query = " ".join(chance.sample(chance.choice(pairs), 2))
        else:
            query = _slip(chance.choice(words), chance)
        wanted[query.lower()] = None
    return list(wanted)


def stock_pages(texts: list[str], count: int) -> Iterator[StockPage]:
    """Pages about as long as a catalogue entry: a title, a summary and five paragraphs of three texts."""
    chance = random.Random(SEED + 1)
    for number in range(1, count + 1):
        title = f"{' '.join(_WORD.findall(' '.join(chance.sample(texts, 2)))[:4])} {number}"
        paragraphs = tuple(" ".join(f"{text.rstrip('.')}." for text in chance.sample(texts, 3)) for _ in range(5))
        yield StockPage(f"seite-{number}", title, chance.choice(texts)[:250], paragraphs)


def _texts(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, key)
    elif isinstance(value, str) and key not in _KEYS_WITHOUT_TEXT and " " in value:
        yield value


def _slip(word: str, chance: random.Random) -> str:
    """The word with two neighbouring letters swapped."""
    position = chance.randrange(1, len(word) - 1)
    return word[:position] + word[position + 1] + word[position] + word[position + 2 :]
