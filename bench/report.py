"""The figures of one run as tables in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import mean

from bench.results import Figure, Results
from bench.site import PAGES

STOCK = "stock Wagtail"
# What stands in for a page the stock site does not have.
STAND_IN = {"filtered list": "list"}
AIMS = {"home": 5.0, "search": 3.0}


def markdown(results: Results) -> str:
    """All tables; the ratio of each cell is to the stock site without page cache in the same row."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Results) -> Iterator[str]:
    yield from table(("run", ""), list(results.facts.items()))
    yield from table(("setting", ""), ((name, str(value)) for name, value in results.settings.items()))
    for database in results.databases:
        labels = [label for label in results.labels(database) if label != "ceiling"]
        yield f"### {database}\n"
        yield from _aims(results, database, labels)
        yield "Answers per second, and in brackets how many times the stock site's:\n"
        yield from _by_page(results, database, labels, lambda figure: _speed(results, figure))
        yield "Milliseconds to the whole answer, p50 / p95 / p99:\n"
        yield from _by_page(results, database, labels, _latencies)
        yield "Size of an answer's body, and how far the windows lie apart (largest less smallest, of the median):\n"
        yield from _by_page(results, database, labels, lambda f: f"{f.kilobytes:.1f} kB, ±{f.scatter:.0%}")
        yield from _sites(results, database, labels)
        if ceiling := results.figure(database, "ceiling", "home"):
            yield (
                f"Ceiling: a WSGI application that always gives the same {ceiling.kilobytes:.0f} kB, served alike, "
                f"gives {ceiling.per_second:,.0f} answers per second; "
                f"the driver uses {ceiling.driver_share:.0%} of a core.\n"
            )


def _aims(results: Results, database: str, labels: Sequence[str]) -> Iterator[str]:
    """The aims hold for the portal as it is shipped, which is with its page cache; without it is said beside."""
    rows = []
    for page, aim in AIMS.items():
        for label in labels:
            figure = results.figure(database, label, page)
            if figure and figure.site.page_cache and label.startswith("portal") and (times := _times(results, figure)):
                bare = results.figure(database, figure.site.name, page)
                without = f"{_times(results, bare) or 0:.1f}×" if bare else "–"
                verdict = "met" if times >= aim else "**not met**"
                rows.append((page, figure.site.name, f"{aim:.0f}×", f"{times:.1f}×", verdict, without))
    yield from table(("aim", "site", "at least", "as shipped", "", "without page cache"), rows)


def _by_page(results: Results, database: str, labels: Sequence[str], cell: Callable[[Figure], str]) -> Iterator[str]:
    def row(page: str) -> list[str]:
        figures = [results.figure(database, label, page) for label in labels]
        return [page, *(cell(figure) if figure else "–" for figure in figures)]

    yield from table(("page", *labels), (row(page) for page in PAGES))


def _speed(results: Results, figure: Figure) -> str:
    times = _times(results, figure)
    speed = f"{figure.per_second:,.0f}" if figure.per_second >= 100 else f"{figure.per_second:.1f}"
    return speed if times is None or figure.site.label == STOCK else f"{speed} ({times:.1f}×)"


def _times(results: Results, figure: Figure) -> float | None:
    stock = results.figure(figure.database, STOCK, STAND_IN.get(figure.page, figure.page))
    return figure.per_second / stock.per_second if stock else None


def _latencies(figure: Figure) -> str:
    return " / ".join(f"{figure.latency(share):.1f}" for share in (0.50, 0.95, 0.99))


def _sites(results: Results, database: str, labels: Sequence[str]) -> Iterator[str]:
    def row(label: str) -> Sequence[str]:
        workers = results.memory.get(database, {}).get(label, [])
        resident = f"{mean(w.resident for w in workers) / 1024:.0f} MB" if workers else "–"
        proportional = f"{mean(w.proportional for w in workers) / 1024:.0f} MB" if workers else "–"
        return label, resident, proportional, str(results.found.get(database, {}).get(label, "–"))

    head = (
        "site",
        "resident per worker",
        "shared pages divided",
        f"of {results.settings['queries']} queries found something",
    )
    yield from table(head, (row(label) for label in labels))


def table(head: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> Iterator[str]:
    """A table in Markdown, line by line, with an empty line at its end."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
