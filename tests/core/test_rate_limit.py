"""Limits that hold across processes, and that keep nobody's address."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import RequestFactory

from austausch.core.rate_limit import Limit, client_address
from austausch.core.shared_cache import SQLiteCache

LIMIT = Limit("test", amount=3, seconds=60)


@pytest.fixture(autouse=True)
def _in_one_window() -> Any:
    with time_machine.travel("2026-01-01T12:00:10Z", tick=False):
        yield


def test_the_request_after_the_last_allowed_one_is_refused(rf: RequestFactory) -> None:
    verdicts = [LIMIT.take(rf.get("/")) for _number in range(5)]
    assert [verdict.allowed for verdict in verdicts] == [True, True, True, False, False]
    assert [verdict.remaining for verdict in verdicts] == [2, 1, 0, 0, 0]
    assert verdicts[0].seconds == 50


def test_a_new_window_begins_anew(rf: RequestFactory) -> None:
    for _number in range(4):
        LIMIT.take(rf.get("/"))
    with time_machine.travel("2026-01-01T12:01:00Z", tick=False):
        assert LIMIT.take(rf.get("/")).allowed


def test_addresses_and_limits_count_apart(rf: RequestFactory) -> None:
    for _number in range(4):
        LIMIT.take(rf.get("/", REMOTE_ADDR="192.0.2.1"))
    assert LIMIT.take(rf.get("/", REMOTE_ADDR="192.0.2.2")).allowed
    assert Limit("other", amount=3).take(rf.get("/", REMOTE_ADDR="192.0.2.1")).allowed


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (2, "198.51.100.7", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "nonsense", "unknown"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_only_trusted_proxies_may_say_who_asks(
    rf: RequestFactory, settings: Any, proxies: int, forwarded: str, expected: str
) -> None:
    settings.AUSTAUSCH_TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == expected


def test_one_household_of_ipv6_addresses_counts_as_one(rf: RequestFactory) -> None:
    for number in range(3):
        LIMIT.take(rf.get("/", REMOTE_ADDR=f"2001:db8::{number + 1}"))
    assert not LIMIT.take(rf.get("/", REMOTE_ADDR="2001:db8::ffff")).allowed


def test_the_address_is_nowhere_in_the_cache(rf: RequestFactory, tmp_path: Path, monkeypatch: Any) -> None:
    cache = SQLiteCache(tmp_path / "cache.sqlite3", {})
    monkeypatch.setitem(caches._connections.__dict__, "shared", cache)
    LIMIT.take(rf.get("/", REMOTE_ADDR="192.0.2.77"))
    with sqlite3.connect(tmp_path / "cache.sqlite3") as connection:
        rows = connection.execute("SELECT key, value FROM cache").fetchall()
    connection.close()
    assert len(rows) == 1
    assert "192.0.2.77" not in str(rows)


# ── The cache behind it ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def shared(tmp_path: Path) -> SQLiteCache:
    return SQLiteCache(tmp_path / "cache.sqlite3", {})


@pytest.mark.parametrize("value", [1, -5, 2**70, "ä", b"bytes", None, True, [1, {"a": 2.5}], 1.5])
def test_what_is_set_is_what_is_got(shared: SQLiteCache, value: Any) -> None:
    shared.set("key", value)
    got = shared.get("key", "absent")
    assert (got, type(got)) == (value, type(value))


def test_add_only_sets_what_is_absent_or_over(shared: SQLiteCache) -> None:
    assert shared.add("key", "first", timeout=10)
    assert not shared.add("key", "second", timeout=10)
    with time_machine.travel("2026-01-01T12:00:21Z", tick=False):
        assert shared.get("key") is None
        assert shared.add("key", "third", timeout=10)
        assert shared.get("key") == "third"


def test_counting_keeps_the_time_it_ends(shared: SQLiteCache) -> None:
    shared.add("key", 0, timeout=10)
    assert [shared.incr("key"), shared.incr("key", 5)] == [1, 6]
    with time_machine.travel("2026-01-01T12:00:21Z", tick=False), pytest.raises(ValueError, match="key"):
        shared.incr("key")


def test_counting_what_is_no_number_is_refused(shared: SQLiteCache) -> None:
    shared.set("key", "text")
    with pytest.raises(ValueError, match="key"):
        shared.incr("key")


def test_delete_touch_and_clear(shared: SQLiteCache) -> None:
    shared.set_many({"a": 1, "b": 2})
    assert shared.delete("a")
    assert not shared.delete("a")
    assert shared.touch("b", 100)
    assert not shared.touch("a", 100)
    assert shared.get_many(["a", "b"]) == {"b": 2}
    shared.clear()
    assert shared.get("b") is None


def test_what_is_over_is_swept_away(shared: SQLiteCache, monkeypatch: Any) -> None:
    monkeypatch.setattr("austausch.core.shared_cache._SWEEP_EVERY", 10)
    for number in range(9):
        shared.set(f"key{number}", number, timeout=1)
    with time_machine.travel("2026-01-01T12:01:00Z", tick=False):
        for number in range(10):
            shared.set("other", number)
        assert shared._run("SELECT count(*) FROM cache", ()).fetchone() == (1,)


def _count(path: Path) -> None:
    cache = SQLiteCache(path, {})
    for _number in range(200):
        cache.incr("hits")


def test_processes_count_together_and_lose_nothing(shared: SQLiteCache, tmp_path: Path) -> None:
    shared.set("hits", 0, timeout=None)
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_count, args=(tmp_path / "cache.sqlite3",)) for _number in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert shared.get("hits") == 400
