"""Every fact of the state's catalogue stands on its entry's page, in its PDF and in its JSON.

What is expected is read from the file itself and put into words here, not by the code under test.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from babel.dates import get_month_names
from django.conf import settings
from django.test import Client

from tests.catalogue.pdf_text import squeezed, text_of

FILE = settings.PROJECT / "content" / "nrw" / "catalogue.yaml"
MONTHS = get_month_names("wide", locale="de")
DOCUMENT_KINDS = {"brochure": "Broschüre", "decree": "Erlass", "report": "Bericht", "law": "Gesetz"}


def catalogue() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return loaded


def facts(entry: dict[str, Any], bodies: dict[str, Any]) -> Iterator[str]:
    """Everything the file says about an entry, as words that must be found."""
    yield entry["title"]
    yield bodies[entry["body"]]["name"]
    for name in ("partners", "goals", "facts", "topics"):
        yield from entry.get(name, [])
    yield from (entry[name] for name in ("place", "format") if name in entry)
    period = entry.get("period", {})
    yield from (words(period[name]) for name in ("from", "to") if name in period and not shared_month(period, name))
    if "from" in period and shared_month(period, "from"):
        yield f"{period['from'].day}."
    if period.get("open_end"):
        yield "laufend"
    if "funding" in entry:
        yield f"{entry['funding']['amount_eur']:,} Euro".replace(",", ".")
        yield {"total": "insgesamt", "year": "pro Jahr"}[entry["funding"]["per"]]
    for document in entry.get("documents", []):
        yield document["title"]
        yield DOCUMENT_KINDS[document["kind"]]
        if "date" in document:
            yield words(document["date"])
    for action in entry.get("actions", []):
        yield from action["places"]
        yield words(action["to"])
        yield f"{action['from'].day}."
        yield action.get("district", "")
    for office in entry.get("offices", []):
        yield from office.values()
    yield from entry.get("links", [])


def shared_month(period: dict[str, Any], name: str) -> bool:
    """Whether this is the first of two days of one month: "16. bis 17. August 2022"."""
    first, last = period.get("from"), period.get("to")
    days = isinstance(first, dt.date) and isinstance(last, dt.date)
    return name == "from" and days and first != last and (first.year, first.month) == (last.year, last.month)


def words(date: Any) -> str:
    """A date of the file in German."""
    if isinstance(date, dt.date):
        return f"{date.day}. {MONTHS[date.month]} {date.year}"
    return str(date)


def on_page(client: Client, slug: str) -> str:
    text = client.get(f"/massnahmen/{slug}/").text
    main = text[text.index("<main") : text.index("</main>")]
    # Addresses stand in the links; everything else must be text that people see.
    addresses = " ".join(re.findall(r'href="([^"]*)"', main))
    return html.unescape(re.sub(r"<[^>]+>", " ", main)) + " " + html.unescape(addresses)


def in_pdf(client: Client, slug: str) -> str:
    return text_of(client.get(f"/massnahmen/{slug}.pdf").content)


def in_json(client: Client, slug: str) -> str:
    def values(data: Any) -> Iterator[str]:
        if isinstance(data, dict | list):
            for item in data.values() if isinstance(data, dict) else data:
                yield from values(item)
        elif data is not None:
            yield str(data) if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(data)) else words(dt.date.fromisoformat(data))

    return "\n".join(values(client.get(f"/massnahmen/{slug}.json").json()))


@pytest.mark.parametrize("shown", [on_page, in_pdf, in_json])
def test_every_fact_of_every_entry_is_shown(portal: None, client: Client, shown: Callable[[Client, str], str]) -> None:
    read = catalogue()
    assert len(read["entries"]) == 32
    missing = []
    for entry in read["entries"]:
        text = squeezed(shown(client, entry["slug"])).casefold()
        missing += [
            f"{entry['slug']}: {fact}" for fact in facts(entry, read["bodies"]) if squeezed(fact).casefold() not in text
        ]
    assert missing == []
