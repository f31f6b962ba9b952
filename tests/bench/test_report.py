"""The tables say what was measured, and against what."""

from __future__ import annotations

from pathlib import Path

from bench.driver import Request, Window
from bench.report import markdown
from bench.results import Figure, Results
from bench.server import Memory
from bench.site import Site


def _site(name: str, *, page_cache: bool = False) -> Site:
    pages = {page: (Request("/", ""),) for page in ("home", "search")}
    return Site(name, "x:y", Path(), {}, pages, page_cache)


def _results(speeds: dict[str, tuple[int, ...]]) -> Results:
    sites = {name: _site(name.split(",")[0], page_cache="," in name) for name in speeds}
    figures = [
        Figure("SQLite", sites[name], page, [Window(1.0, (1.0,) * count, count * 1024, 0.1) for count in counts])
        for name, counts in speeds.items()
        for page in ("home", "search")
    ]
    return Results({"date": "today"}, {"queries": 300}, figures)


def test_a_ratio_is_of_medians_and_to_the_stock_site() -> None:
    text = markdown(_results({"stock Wagtail": (90, 100, 900), "portal": (500, 600, 10)}))
    assert "| home | 100 | 500 (5.0×) |" in text


def test_an_aim_is_judged_on_the_portal_as_shipped_and_a_missed_one_is_said_so() -> None:
    text = markdown(_results({"stock Wagtail": (100,), "portal": (90,), "portal, page cache": (400,)}))
    assert "| home | portal | 5× | 4.0× | **not met** | 0.9× |" in text
    assert "| search | portal | 3× | 4.0× | met | 0.9× |" in text


def test_memory_is_the_mean_of_the_workers() -> None:
    results = _results({"stock Wagtail": (100,)})
    results.memory = {"SQLite": {"stock Wagtail": [Memory(100 * 1024, 50 * 1024), Memory(200 * 1024, 70 * 1024)]}}
    assert "| stock Wagtail | 150 MB | 60 MB | – |" in markdown(results)


def test_everything_that_was_measured_can_be_written_as_json() -> None:
    figure = _results({"portal, page cache": (5, 7)}).as_json()["figures"][0]
    assert (figure["site"], figure["page_cache"], figure["page"]) == ("portal", True, "home")
    assert figure["per_second_of_each_window"] == [5.0, 7.0]
    assert figure["requests"] == 12
