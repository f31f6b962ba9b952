"""The portal as it is shipped, on the database that the benchmark names and with the page cache on or off."""

import os

from austausch.settings.embedded import *  # noqa: F403
from austausch.settings.embedded import DATABASES, INSTALLED_APPS, MIDDLEWARE
from austausch.settings.environment import database

if url := os.environ.get("BENCH_DATABASE_URL"):
    DATABASES["default"] = database(url)
    INSTALLED_APPS += ["django.contrib.postgres"]
# One address asks for everything here. Requests are still counted.
AUSTAUSCH_API_REQUESTS_PER_MINUTE = 1_000_000_000
if os.environ.get("BENCH_PAGE_CACHE") == "off":
    # Only whole pages: what the portal keeps in smaller pieces is its own way of making a page.
    MIDDLEWARE.remove("austausch.core.page_cache.PublicPageCache")
if meaning := os.environ.get("BENCH_MEANING"):
    AUSTAUSCH_SEARCH_MEANING = meaning
