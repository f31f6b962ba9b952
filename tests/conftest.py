"""What all tests share."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator

import pytest
import time_machine
from django.conf import settings
from django.core.cache import caches
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from wagtail.models import Collection, Locale, Page

from austausch.core import page_cache
from austausch.operation.installation import steps
from austausch.search import meaning, snapshot, synonyms

# A busy machine is no failed test.
hypothesis_settings.register_profile("without time limit", deadline=None)
hypothesis_settings.load_profile("without time limit")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-database", action="store_true", help="only tests that ask the database (for a second one)")
    parser.addoption("--at", type=dt.datetime.fromisoformat, help="begin at this time, such as 2027-01-31T23:40+01:00")


def pytest_configure(config: pytest.Config) -> None:
    if at := config.getoption("--at"):
        travel = time_machine.travel(at)
        travel.start()
        config.add_cleanup(travel.stop)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--only-database"):
        return
    asking = [item for item in items if _asks_the_database(item)]
    others = set(items).difference(asking)
    config.hook.pytest_deselected(items=[item for item in items if item in others])
    items[:] = asking


def _asks_the_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "live_server"}
    return bool(item.get_closest_marker("django_db")) or not fixtures.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end. Looking through it for garbage took a sixth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def _empty_caches() -> Iterator[None]:
    yield
    for cache in caches.all(initialized_only=True):
        cache.clear()
    page_cache.memory.clear()
    snapshot.forget()
    meaning.forget()
    synonyms.forget()
    # A page in English leaves its language behind: Django ends it with the next request only.
    translation.deactivate()


@pytest.fixture
def portal(db: None) -> None:
    """The portal as a newcomer finds it after the first start: places, pages, workflow and the real catalogue."""
    set_up_portal()


def set_up_portal() -> None:
    # What Wagtail's own migrations make, and a flushed database (tests with a live server) has lost.
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    if not Page.objects.exists():
        Page.add_root(instance=Page(title="Root", slug="root"))
    if not Collection.objects.exists():
        Collection.add_root(instance=Collection(name="Root"))
    for name, step in steps(catalogue=settings.AUSTAUSCH_FIRST_CATALOGUE):
        if name not in {"database", "assets"}:
            step()
