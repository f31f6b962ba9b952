"""`austausch analyse "TEXT"`: what the search makes of a text, and what else it would look for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from austausch.search import analysis, asking, snapshot
from austausch.search.ranking import Ranking
from austausch.search.ways import NEAR, SYNONYM, Asked


class Command(BaseCommand):
    help = "Prints what the search makes of a text: words, terms, parts of compounds, phrases, exclusions, synonyms."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, text: str, **options: Any) -> None:
        found = analysed(text)
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            for line in _lines(found):
                self.stdout.write(line)


def analysed(text: str) -> dict[str, Any]:
    """The analysis as plain values. Synonyms and near words are those of the database in use."""
    known = snapshot.current()
    question = asking.asked(text, known)
    asked = Ranking(question, known, visible=known.public).asked
    return {
        "text": text,
        "words": [
            {
                "shown": one.part.shown,
                "term": one.part.terms[0],
                "beginning": one.part.prefix,
                "parts": list(analysis.spans(one.part.shown)),
                **_ways(one),
            }
            for one in asked
            if not one.part.is_phrase
        ],
        "phrases": [
            {"shown": one.part.shown, "terms": list(one.part.terms), **_ways(one)}
            for one in asked
            if one.part.is_phrase
        ],
        "without": [{"shown": part.shown, "terms": list(part.terms)} for part in question.without],
        "fields": [{"name": name, "value": value} for name, value in question.fields],
    }


def _ways(asked: Asked) -> dict[str, list[str]]:
    """The synonyms and the near words by which the search would also look for this word."""
    found: dict[str, dict[str, None]] = {SYNONYM: {}, NEAR: {}}
    for source in asked.all():
        if source.channel in found:
            found[source.channel][" ".join(source.terms)] = None
    return {"synonyms": list(found[SYNONYM]), "near": [near for near in found[NEAR] if near not in found[SYNONYM]]}


def _lines(found: dict[str, Any]) -> Iterator[str]:
    for one in (*found["words"], *found["phrases"]):
        yield one["shown"]
        yield from _named("phrase", " ".join(one.get("terms", [])))
        yield from _named("term", one.get("term", ""))
        yield from _named("also what begins with", one.get("beginning", ""))
        yield from _named("parts", ", ".join(one.get("parts", [])))
        yield from _named("synonyms", ", ".join(one["synonyms"]))
        yield from _named("words like it", ", ".join(one["near"]))
    for one in found["without"]:
        yield f"not: {one['shown']} ({' '.join(one['terms'])})"
    for one in found["fields"]:
        yield f"{one['name']}: {one['value']}"
    if not any(found[name] for name in ("words", "phrases", "without", "fields")):
        yield "Nothing to look for."


def _named(name: str, value: str) -> Iterator[str]:
    if value:
        yield f"  {name + ':':<24}{value}"
