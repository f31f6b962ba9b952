"""Both sites are asked the same, and each run asks the same."""

from __future__ import annotations

from bench.words import queries, stock_pages

TEXTS = [
    "Städtebauliche Missstände beseitigen und Wohnraum stärken",
    "Beratung von Beschäftigten in der Grenzregion",
    "Bildung und Teilhabe: Sprachförderung in Kindertagesstätten",
]


def test_the_same_distinct_queries_in_every_run() -> None:
    first = queries(TEXTS, 60)
    assert first == queries(TEXTS, 60)
    assert len(set(first)) == 60


def test_stock_pages_have_addresses_of_their_own_and_text() -> None:
    pages = list(stock_pages(TEXTS, 20))
    assert len({page.slug for page in pages}) == 20
    assert all(page.title and page.summary and len(page.paragraphs) == 5 for page in pages)
