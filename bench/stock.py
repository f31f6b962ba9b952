"""A stock Wagtail site: what `wagtail start` makes, plus a page type with a text, an index of pages and the API.

Nothing that `wagtail start` wrote is changed except by a settings file beside its own. The additions follow
Wagtail's tutorial: `wagtail start` alone has no page with a text, no list and no API to measure against. The
database settings are the portal's (write-ahead log, kept connections): both sides get the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from bench.driver import Request
from bench.site import Site, command
from bench.words import queries, stock_pages

PAGES = 1000
PER_PAGE = 25
MEASURED_PAGES = 200

_SETTINGS = """
import json, os
from .production import *

SECRET_KEY = "bench"
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
DATABASES = json.loads(os.environ["BENCH_DATABASES"])
INSTALLED_APPS += ["content", "wagtail.api.v2", "rest_framework"]
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    INSTALLED_APPS += ["django.contrib.postgres"]
ROOT_URLCONF = "mysite.bench_urls"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5000}}}
if os.environ.get("BENCH_PAGE_CACHE") == "on":
    MIDDLEWARE = [
        "django.middleware.cache.UpdateCacheMiddleware",
        *MIDDLEWARE,
        "django.middleware.cache.FetchFromCacheMiddleware",
    ]
"""
_URLS = """
from django.urls import path
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from mysite.urls import urlpatterns as stock

api = WagtailAPIRouter("wagtailapi")
api.register_endpoint("pages", PagesAPIViewSet)
urlpatterns = [path("api/v2/", api.urls), *stock]
"""
_MODELS = """
from django.core.paginator import Paginator
from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index


class IndexPage(Page):
    def get_context(self, request):
        context = super().get_context(request)
        pages = self.get_children().live().specific().order_by("title")
        context["pages"] = Paginator(pages, PER_PAGE).get_page(request.GET.get("page"))
        return context


class ContentPage(Page):
    intro = models.CharField(max_length=250)
    body = RichTextField()
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
"""
_INDEX = """{% extends "base.html" %}
{% load wagtailcore_tags %}
{% block content %}
<h1>{{ page.title }}</h1>
<p>{{ pages.paginator.count }}</p>
{% for child in pages %}<h2><a href="{% pageurl child %}">{{ child.title }}</a></h2><p>{{ child.intro }}</p>{% endfor %}
{% if pages.has_next %}<a href="?page={{ pages.next_page_number }}">Next</a>{% endif %}
{% endblock %}
"""
_CONTENT = """{% extends "base.html" %}
{% load wagtailcore_tags %}
{% block content %}
<h1>{{ page.title }}</h1>
<p>{{ page.intro }}</p>
{{ page.body|richtext }}
{% endblock %}
"""
_FILL = """
import json, sys
from html import escape
from django.core.management import call_command
from wagtail.models import Site
from content.models import ContentPage, IndexPage

home = Site.objects.get(is_default_site=True).root_page.specific
index = home.add_child(instance=IndexPage(title="Seiten", slug="seiten"))
for page in json.load(sys.stdin):
    body = "".join(f"<p>{escape(text)}</p>" for text in page["paragraphs"])
    index.add_child(instance=ContentPage(
        title=page["title"], slug=page["slug"], intro=page["summary"], body=body, search_description=page["summary"]))
call_command("update_index", verbosity=0)
"""


def build(folder: Path, *, databases: Mapping[str, Any], texts: list[str], query_count: int) -> tuple[Site, Site]:
    """Makes the project in an empty folder, fills its database, and says which pages stand for what.

    As `wagtail start` leaves it, and with Django's own cache of whole pages, which is two lines in its settings.
    """
    folder.mkdir(parents=True)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "mysite.settings.bench"}
    environment["BENCH_DATABASES"] = json.dumps(databases, default=str)
    environment["PYTHONPATH"] = str(folder)
    _write_project(folder, environment)
    command(["manage.py", "makemigrations", "content"], folder=folder, environment=environment)
    command(["manage.py", "migrate", "--verbosity", "0"], folder=folder, environment=environment)
    command(["manage.py", "collectstatic", "--noinput", "--verbosity", "0"], folder=folder, environment=environment)
    pages = list(stock_pages(texts, PAGES))
    content = json.dumps([asdict(page) for page in pages])
    command(["-c", f"import django\ndjango.setup()\n{_FILL}"], folder=folder, environment=environment, stdin=content)
    wanted = [(query, quote_plus(query)) for query in queries(texts, query_count)]
    step = max(1, PAGES // MEASURED_PAGES)
    plain = Site(
        name="stock Wagtail",
        application="mysite.wsgi:application",
        folder=folder,
        environment=environment,
        pages={
            "home": (Request("/", "Welcome to your new Wagtail site!"),),
            "list": tuple(Request(f"/seiten/?page={n}", "<p>1000</p>") for n in range(1, PAGES // PER_PAGE + 1)),
            "entry": tuple(Request(f"/seiten/{page.slug}/", f"<h1>{page.title}</h1>") for page in pages[::step]),
            "search": tuple(Request(f"/search/?query={word}", f'value="{query}"') for query, word in wanted),
            "API": tuple(Request(f"/api/v2/pages/?search={word}&limit=20", '"total_count"') for _, word in wanted),
        },
    )
    return plain, replace(plain, page_cache=True, environment={**environment, "BENCH_PAGE_CACHE": "on"})


def _write_project(folder: Path, environment: Mapping[str, str]) -> None:
    start = "import sys; from wagtail.bin.wagtail import main; sys.argv = ['wagtail', 'start', 'mysite', '.']; main()"
    command(["-c", start], folder=folder, environment={**environment, "DJANGO_SETTINGS_MODULE": ""})
    templates = folder / "content" / "templates" / "content"
    (folder / "content" / "migrations").mkdir(parents=True)
    templates.mkdir(parents=True)
    files = {
        folder / "mysite" / "settings" / "bench.py": _SETTINGS,
        folder / "mysite" / "bench_urls.py": _URLS,
        folder / "content" / "__init__.py": "",
        folder / "content" / "migrations" / "__init__.py": "",
        folder / "content" / "models.py": _MODELS.replace("PER_PAGE", str(PER_PAGE)),
        templates / "index_page.html": _INDEX,
        templates / "content_page.html": _CONTENT,
    }
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
