"""A search server that fails, is slow or answers nonsense; and what the database knows of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from austausch.core import generation
from austausch.search import index
from austausch.search.engines import EngineError, Lookup, Text, engine, opensearch
from austausch.search.models import IndexedEntry
from austausch.search.rebuilding import rebuild
from tests.factories import EntryFactory
from tests.search.opensearch_server import STAMP, server

pytestmark = pytest.mark.django_db

Answer = tuple[int, Any]
SHARDS = {"total": 1, "successful": 1, "skipped": 0, "failed": 0}
IN_USE = {f"portal-{kind}-{STAMP}": {"aliases": {f"portal-{kind}": {}}} for kind in ("text", "word")}
ASKED = [Lookup(("les",), "title")]


class Answering:
    """Answers by what is asked for, and remembers what was."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.by_path: dict[str, Answer | Callable[[dict[str, Any]], Answer]] = {
            "/_msearch": lambda asked: (200, {"responses": [hits() for _ in asked["body"][::2]]}),
            "_search": (200, hits()),
            "_bulk": taken,
            "_alias": (200, IN_USE),
            "": (200, {"acknowledged": True}),
        }

    def answer(self, request: dict[str, Any]) -> tuple[int, bytes]:
        self.asked.append(request)
        path = request["path"].partition("?")[0]
        found = next(answer for end, answer in self.by_path.items() if path.endswith(end))
        status, body = found(request) if callable(found) else found
        return status, body if isinstance(body, bytes) else json.dumps(body).encode()


def hits(*keys: int) -> dict[str, Any]:
    found = [{"_id": str(key), "_score": None, "fields": {"key": [key]}, "sort": [key]} for key in keys]
    return {"took": 1, "timed_out": False, "_shards": SHARDS, "hits": {"hits": found}, "status": 200}


def taken(request: dict[str, Any]) -> Answer:
    actions = [next(iter(line.items())) for line in request["body"] if {"index", "create", "delete"} & line.keys()]
    return 200, {"errors": False, "items": [{action: {**about, "status": 201}} for action, about in actions]}


@pytest.fixture
def there(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Answering]:
    answering = Answering()
    with server(answering, settings, monkeypatch):
        yield answering


FAILURES: dict[str, Answer] = {
    "too busy": (429, {"error": {"type": "rejected_execution_exception"}, "status": 429}),
    "not available": (503, {"error": {"type": "cluster_block_exception"}, "status": 503}),
    "not allowed": (401, b"Unauthorized"),
    "no such index": (404, {"error": {"type": "index_not_found_exception"}, "status": 404}),
    "no JSON": (200, b"<html>maintenance</html>"),
    "cut off": (200, b'{"responses": [{"took"'),
    "empty": (200, b""),
    "null": (200, b"null"),
    "another shape": (200, {"responses": [{}]}),
    "too few answers": (200, {"responses": []}),
    "an error inside": (200, {"responses": [{"error": {"type": "search_phase_execution_exception"}, "status": 503}]}),
    "timed out": (200, {"responses": [{**hits(1), "timed_out": True}]}),
    "only some shards": (200, {"responses": [{**hits(1), "_shards": {**SHARDS, "failed": 1}}]}),
    "keys that are none": (200, {"responses": [{**hits(), "hits": {"hits": [{"fields": {"key": ["a"]}}]}}]}),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_whatever_the_server_answers_is_a_named_error_or_an_answer(there: Answering, failure: str) -> None:
    there.by_path["/_msearch"] = FAILURES[failure]
    with pytest.raises(EngineError):
        engine().find(ASKED)


@pytest.mark.parametrize("ask", [lambda: engine().near("lesen", 5), lambda: engine().beginning("les", 5)])
def test_the_vocabulary_fails_by_the_same_name(there: Answering, ask: Callable[[], object]) -> None:
    there.by_path["_search"] = FAILURES["not available"]
    with pytest.raises(EngineError):
        ask()


def test_a_server_that_is_not_there_or_too_slow_is_a_named_error(
    settings: Any, monkeypatch: pytest.MonkeyPatch, there: Answering
) -> None:
    from opensearchpy.exceptions import ConnectionTimeout

    def slow(*args: Any, **kwargs: Any) -> None:
        raise ConnectionTimeout("TIMEOUT", "https://user:password@host", TimeoutError())

    client, _prefix = opensearch._client(settings.AUSTAUSCH_OPENSEARCH_URL)
    monkeypatch.setattr(client, "msearch", slow)
    with pytest.raises(EngineError) as failed:
        engine().find(ASKED)
    assert "password" not in str(failed.value)
    settings.AUSTAUSCH_OPENSEARCH_URL = "http://127.0.0.1:9"
    with pytest.raises(EngineError):
        engine().find(ASKED)


def test_readers_are_told_politely_and_the_list_without_words_goes_on(there: Answering, client: Client) -> None:
    usual = there.by_path["/_msearch"]
    there.by_path["/_msearch"] = FAILURES["not available"]
    response = client.get("/massnahmen/", {"q": "lesen"})
    assert response.status_code == 503
    assert "Suche ist gerade nicht möglich" in response.content.decode()
    assert 'href="/massnahmen/?q=lesen">Noch einmal versuchen' in response.content.decode()
    assert response.headers["Retry-After"] == "30"
    assert client.get("/massnahmen/").status_code == 200
    there.by_path["/_msearch"] = usual
    assert client.get("/massnahmen/", {"q": "lesen"}).status_code == 200


def test_more_hits_than_a_page_are_fetched_page_by_page(there: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opensearch, "PAGE", 2)
    pages = [[hits(1, 2), hits(7)], [hits(5, 8)], [hits()]]
    there.by_path["/_msearch"] = lambda asked: (200, {"responses": pages.pop(0)})
    found = engine().find([*ASKED, Lookup(("schreib",), "body")])
    assert [keys.tolist() for keys in found] == [[1, 2, 5, 8], [7]]
    after = [[body.get("search_after") for body in request["body"][1::2]] for request in there.asked]
    assert after == [[None, None], [[2]], [[8]]]


# The transaction's boundary


def test_nothing_is_sent_before_the_transaction_is_committed(
    there: Answering, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        engine().store([Text(1, {"title": ["les"]})])
        assert there.asked == []
    assert [request["path"] for request in there.asked] == ["/_bulk?refresh=wait_for&require_alias=true"]


def test_what_was_sent_is_a_new_generation_so_that_no_older_answer_is_kept(
    there: Answering, django_capture_on_commit_callbacks: Any
) -> None:
    before = generation.current()
    with django_capture_on_commit_callbacks(execute=True):
        engine().store([Text(1, {"title": ["les"]})])
    assert generation.current() > before


@pytest.mark.parametrize(
    "failure",
    [
        FAILURES["too busy"],
        FAILURES["no JSON"],
        (200, {"errors": True, "items": [{"index": {"_id": "1", "status": 404, "error": {}}}]}),
    ],
    ids=["too busy", "no JSON", "refused in part"],
)
def test_a_publication_the_server_did_not_take_is_logged_marked_and_mended(
    there: Answering,
    django_capture_on_commit_callbacks: Any,
    caplog: pytest.LogCaptureFixture,
    failure: Answer,
) -> None:
    usual = there.by_path["_bulk"]
    there.by_path["_bulk"] = failure
    with django_capture_on_commit_callbacks(execute=True), caplog.at_level(logging.ERROR, "austausch"):
        entry = EntryFactory(title="Lesen", published=True)
    assert entry.live
    assert "austausch index" in caplog.text
    assert IndexedEntry.objects.get(pk=entry.pk).digest == ""
    there.by_path["/_msearch"] = (200, {"responses": [hits(entry.pk)]})
    with pytest.raises(CommandError, match="--apply"):
        call_command("index")
    there.by_path["_bulk"] = usual
    with django_capture_on_commit_callbacks(execute=True):
        call_command("index", apply=True)
    assert not index.compare()


def test_the_command_says_that_the_server_cannot_be_used(there: Answering) -> None:
    there.by_path["_alias"] = FAILURES["not available"]
    for options in ({}, {"apply": True}, {"rebuild": True}):
        with pytest.raises(CommandError, match="search server"):
            call_command("index", **options)


def test_a_word_that_is_known_and_a_text_that_is_gone_are_no_errors(
    there: Answering, django_capture_on_commit_callbacks: Any
) -> None:
    entry = EntryFactory(title="Lesen", published=True)
    there.by_path["_bulk"] = (
        200,
        {
            "errors": True,
            "items": [{"create": {"_id": "lesen", "status": 409}}, {"delete": {"_id": "1", "status": 404}}],
        },
    )
    with django_capture_on_commit_callbacks(execute=True):
        engine().remove([entry.pk])
    assert IndexedEntry.objects.get(pk=entry.pk).digest


# Rebuilding


def test_a_rebuild_switches_both_aliases_at_once_and_deletes_what_was_in_use(
    there: Answering, django_capture_on_commit_callbacks: Any
) -> None:
    entry = EntryFactory(title="Lesen", published=True)
    there.by_path["/_msearch"] = (200, {"responses": [hits(entry.pk)]})
    old = {name.replace(STAMP, "2025"): about for name, about in IN_USE.items()}
    there.by_path["_alias"] = (200, old)
    with django_capture_on_commit_callbacks(execute=True):
        assert rebuild() == 1
    (switch,) = [request for request in there.asked if request["path"] == "/_aliases"]
    assert switch["body"]["actions"] == [
        {"remove": {"index": "portal-text-2025", "alias": "portal-text"}},
        {"remove": {"index": "portal-word-2025", "alias": "portal-word"}},
        {"add": {"index": f"portal-text-{STAMP}", "alias": "portal-text"}},
        {"add": {"index": f"portal-word-{STAMP}", "alias": "portal-word"}},
    ]


def test_a_switch_the_server_refuses_leaves_every_entry_marked(
    there: Answering, django_capture_on_commit_callbacks: Any
) -> None:
    entry = EntryFactory(title="Lesen", published=True)
    there.by_path["/_msearch"] = (200, {"responses": [hits(entry.pk)]})
    there.by_path = {"/_aliases": FAILURES["not available"], **there.by_path}
    with pytest.raises(EngineError), django_capture_on_commit_callbacks(execute=True):
        rebuild()
    assert set(IndexedEntry.objects.values_list("digest", flat=True)) == {""}


def test_an_index_without_an_alias_is_deleted_and_no_other(there: Answering) -> None:
    there.by_path["_alias"] = (200, {**IN_USE, "portal-text-1": {"aliases": {}}, "portal-word-1": {"aliases": {}}})
    engine().tidy()
    assert [request["path"] for request in there.asked if request["method"] == "DELETE"] == [
        "/portal-text-1,portal-word-1"
    ]


def test_a_rebuild_that_fails_deletes_its_own_index_and_no_other(there: Answering) -> None:
    EntryFactory(title="Lesen", published=True)
    there.by_path["_alias"] = (200, {name.replace(STAMP, "2025"): about for name, about in IN_USE.items()})
    there.by_path = {"/_bulk": FAILURES["not available"], **there.by_path}
    with pytest.raises(EngineError):
        rebuild()
    assert [request["path"] for request in there.asked if request["method"] == "DELETE"] == [
        f"/portal-text-{STAMP},portal-word-{STAMP}"
    ]
