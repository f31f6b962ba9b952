"""No more than modelsearch needs; everything about search is its default."""

import json
import os

SECRET_KEY = "bench"
DATABASES = json.loads(os.environ["BENCH_DATABASES"])
INSTALLED_APPS = ["django.contrib.contenttypes", "modelsearch", "bench.relevance.stock"]
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    INSTALLED_APPS += ["django.contrib.postgres"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "de"
USE_TZ = True
