"""What the figures of the relevance benchmark mean, and that nothing of the half held out is given away."""

from __future__ import annotations

from math import log2

import pytest

from bench.relevance.measures import figures, ndcg, recall, reciprocal_rank
from bench.relevance.noise import texts
from bench.relevance.plain import trigrams
from bench.relevance.queries import HELD_OUT, TUNING, Judged
from bench.relevance.report import Aim, blocks, differing, misses, noise_table, tables

RELEVANT = {"meant": 3, "helps": 2, "worth": 1}


def judged(text: str, half: str = TUNING) -> Judged:
    return Judged(text, "topic", RELEVANT, half)


def test_only_the_best_order_has_the_full_gain() -> None:
    assert ndcg(RELEVANT, ["meant", "helps", "worth", "other"]) == pytest.approx(1)
    assert 0 < ndcg(RELEVANT, ["worth", "helps", "meant"]) < ndcg(RELEVANT, ["meant", "worth", "helps"]) < 1


def test_gain_is_that_of_the_textbook() -> None:
    best = 7 + 3 / log2(3) + 1 / log2(4)
    assert ndcg(RELEVANT, ["other", "meant"]) == pytest.approx(7 / log2(3) / best)


def test_nothing_counts_but_judged_entries_among_the_first_ten() -> None:
    others = [f"other-{number}" for number in range(10)]
    for found in ([], others, [*others, "meant"]):
        assert ndcg(RELEVANT, found) == reciprocal_rank(RELEVANT, found) == recall(RELEVANT, found) == 0


def test_what_is_only_worth_a_look_is_no_first_hit() -> None:
    assert reciprocal_rank(RELEVANT, ["worth", "other", "helps", "meant"]) == pytest.approx(1 / 3)


def test_recall_counts_what_there_is_room_for() -> None:
    many = {f"entry-{number}": 3 for number in range(20)}
    assert recall(many, list(many)) == 1
    assert recall(RELEVANT, ["meant", "other"]) == pytest.approx(1 / 3)


def test_zero_hits_are_queries_that_find_nothing_at_all() -> None:
    of = figures([judged("a"), judged("b")], {"a": [], "b": ["other"]})
    assert (of.zero, of.count, of.ndcg) == (1, 2, 0)


def test_nothing_printed_names_a_query_held_out() -> None:
    queries = [judged("for tuning"), judged("set aside", HELD_OUT)]
    nothing: dict[str, list[str]] = {"for tuning": [], "set aside": []}
    found = {"ours": nothing}
    printed = [
        *misses(queries, nothing, below=1),
        *(line for title, chosen in blocks(queries, "") for line in tables(title, chosen, found)),
        *(
            line
            for title, chosen in blocks(queries, HELD_OUT)
            for line in noise_table(title, chosen, quiet=found, noisy=found, count=9)
        ),
    ]
    assert any("for tuning" in line for line in printed)
    assert not any("set aside" in line for line in printed)


def test_only_one_half_is_counted_when_only_one_is_wanted() -> None:
    queries = [judged("for tuning"), judged("set aside", HELD_OUT)]
    assert [(title, len(chosen)) for title, chosen in blocks(queries, TUNING)] == [(TUNING, 1)]
    assert [title for title, _chosen in blocks(queries, "")] == ["all queries", TUNING, HELD_OUT]


def test_a_different_order_is_noticed_within_the_first_ten_only() -> None:
    queries = [judged("a"), judged("b")]
    ten = [f"entry-{number}" for number in range(10)]
    one, other = {"a": [*ten, "x"], "b": ten}, {"a": [*ten, "y"], "b": ten[::-1]}
    assert [query.text for query in differing(queries, one, other)] == ["b"]


def test_an_aim_says_whether_it_is_met() -> None:
    assert [str(Aim("aim", "0.9", met)).split(" – ")[1] for met in (True, False, None)] == [
        "met",
        "**missed**",
        "not measured",
    ]


def test_noise_is_the_same_each_time_and_each_text_is_another_one() -> None:
    first = list(texts(300))
    assert first == list(texts(300))
    assert first != list(texts(300, seed=1))
    assert len({text.slug for text in first}) == len({text.title for text in first}) == 300


def test_noise_is_not_about_our_field() -> None:
    for text in texts(1000):
        said = " ".join((text.title, text.summary, *text.points)).lower()
        for word in ("prostitution", "menschenhandel", "immobilie", "zwangs", "krankenversicherung", "sozialleistung"):
            assert word not in said


@pytest.mark.parametrize("query", ["", "x", '"', "NEAR(a b)", "a-b:c* ^d", "\x00abc"])
def test_trigrams_survive_any_query(query: str) -> None:
    text = {"slug": "a", "title": "Beratung", "keywords": "", "body": ""}
    assert trigrams([text], [query], 10)[query] in ([], ["a"])
