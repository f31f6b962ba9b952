"""Headless Chromium for tests that look at pages as a person does.

A page fails its test at the end if it logged an error, broke the content policy or asked any other host.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.conftest import set_up_portal

# What a busy machine may take; what is expected must come all the same.
expect.set_options(timeout=30_000)
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("The browser tests need Debian's package chromium: apt-get install chromium")
    if not (settings.PROJECT / "var" / "frontend" / "kern" / "kern.min.css").exists():
        pytest.fail("The front end is not built: austausch build_frontend")
    # Playwright's event loop runs in the thread in which tests talk to the database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()
    if _kept is not None:
        _kept.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


_kept: sqlite3.Connection | None = None


@pytest.fixture
def portal(transactional_db: None) -> None:
    """The portal, made once and then copied back: the tests of a live server empty all tables behind them.

    Only SQLite can copy a whole database in a moment; on PostgreSQL the portal is made anew.
    """
    global _kept
    connection.ensure_connection()
    if _kept is not None:
        _kept.backup(connection.connection)
        return
    set_up_portal()
    if connection.vendor == "sqlite":
        _kept = sqlite3.connect(":memory:")
        connection.connection.backup(_kept)


class Visitors:
    """Opens pages and writes down what must not happen. Call it with Playwright's options of a context."""

    def __init__(self, browser: Browser, host: str) -> None:
        self._browser = browser
        self._host = host
        self._contexts: list[BrowserContext] = []
        self._expected: list[str] = []
        self.problems: list[str] = []

    def __call__(self, **options: Any) -> Page:
        options = {"viewport": {"width": 1280, "height": 900}, "locale": "de-DE", **options}
        context = self._browser.new_context(**options)
        self._contexts.append(context)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))
        context.on("request", self._asked)
        return context.new_page()

    def expect(self, text: str) -> None:
        """What the console says with this text is the point of the test. Say it before it can happen: what a page asks
        for may still be failing while the test ends."""
        self._expected.append(text)

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in self._expected):
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != self._host:
            self.problems.append(f"asked another host: {request.url}")


@pytest.fixture
def visitors(browser: Browser, live_server: LiveServer) -> Iterator[Visitors]:
    """Makes pages with options of their own (colour scheme, width, without scripts); all of them are watched."""
    made = Visitors(browser, urlsplit(live_server.url).netloc)
    yield made
    made.close()
    assert made.problems == []


@pytest.fixture
def page(visitors: Visitors) -> Page:
    """A page as most see it: 1280 px, light, with scripts."""
    return visitors()
