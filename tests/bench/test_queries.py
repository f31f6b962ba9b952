"""The judged queries are enough, sound, and split so that nobody can choose what is set aside."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bench.relevance.queries import HELD_OUT, TUNING, Judged, load

KINDS = {"name", "topic", "compound", "synonym", "typo", "question", "place", "abbreviation", "english"}
CATALOGUE = Path(__file__).parents[2] / "content" / "nrw" / "catalogue.yaml"


@pytest.fixture(scope="module")
def queries() -> list[Judged]:
    return load()


def test_enough_of_every_kind(queries: list[Judged]) -> None:
    counts = Counter(query.kind for query in queries)
    assert set(counts) == KINDS
    assert len(queries) >= 150
    assert min(counts.values()) >= 15


def test_no_query_twice_however_it_is_written(queries: list[Judged]) -> None:
    counts = Counter(" ".join(query.text.casefold().split()) for query in queries)
    assert [text for text, count in counts.items() if count > 1] == []


def test_every_query_has_an_answer_in_the_catalogue(queries: list[Judged]) -> None:
    slugs = {entry["slug"] for entry in yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))["entries"]}
    for query in queries:
        assert set(query.relevant) <= slugs, query.text
        assert set(query.relevant.values()) <= {1, 2, 3}, query.text
        assert 3 in query.relevant.values(), query.text


def test_every_entry_is_meant_by_somebody(queries: list[Judged]) -> None:
    slugs = {entry["slug"] for entry in yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))["entries"]}
    assert {slug for query in queries for slug, grade in query.relevant.items() if grade == 3} == slugs


def test_halves_are_alike(queries: list[Judged]) -> None:
    for kind in KINDS:
        halves = Counter(query.half for query in queries if query.kind == kind)
        assert set(halves) == {TUNING, HELD_OUT}
        assert abs(halves[TUNING] - halves[HELD_OUT]) <= 1, kind


def test_the_split_does_not_depend_on_the_order_in_the_file(tmp_path: Path, queries: list[Judged]) -> None:
    rows = [{"query": q.text, "kind": q.kind, "relevant": dict(q.relevant)} for q in reversed(queries)]
    file = tmp_path / "queries.yaml"
    file.write_text(yaml.safe_dump({"queries": rows}), encoding="utf-8")
    assert {q.text: q.half for q in load(file)} == {q.text: q.half for q in queries}
