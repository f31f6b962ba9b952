"""Embedded settings on throw-away storage; PostgreSQL where DATABASE_URL says so."""

import os
import tempfile

os.environ["AUSTAUSCH_DATA"] = tempfile.mkdtemp(prefix="austausch-test-")

from austausch.settings.embedded import *
from austausch.settings.embedded import DATABASES, INSTALLED_APPS, STATIC_ROOT, STORAGES
from austausch.settings.environment import database

if url := os.environ.get("DATABASE_URL"):
    postgresql = database(url)
    # What a test commits may be lost with the machine: nobody waits for its disk.
    postgresql["OPTIONS"].setdefault("options", "-c synchronous_commit=off")
    DATABASES["default"] = postgresql
    INSTALLED_APPS += ["django.contrib.postgres"]

# pytest shows what a failed test has logged.
LOGGING = {}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "shared": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "shared"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# WhiteNoise warns about a missing folder, and warnings are errors.
STATIC_ROOT.mkdir()
# Tests write what was counted when they want to see it.
AUSTAUSCH_COUNT_SEARCHES_AFTER = 0
# Its own tests switch it on: it costs each page a question to the database.
AUSTAUSCH_DEMONSTRATION_ALLOWED = False
# The tests of the extras switch them on themselves.
AUSTAUSCH_SEARCH_MEANING = "off"
AUSTAUSCH_CHECK_LINKS = "off"
AUSTAUSCH_SEARCH_ENGINE = "database"
