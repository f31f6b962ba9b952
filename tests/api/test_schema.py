"""The API as its own document describes it: generated requests, in this process, the same ones each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from austausch.core.discretion import is_discreet
from tests.factories import DocumentFactory, EntryFactory, PlaceFactory, TopicFactory

pytestmark = pytest.mark.django_db
generated = hypothesis_settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def catalogue() -> None:
    from austausch.catalogue.models import Citation
    from austausch.figures.models import Statistic, Value

    topic, place = TopicFactory(key="wohnen"), PlaceFactory(ags="05112", name="Duisburg")
    for number in range(3):
        entry = EntryFactory(slug=f"massnahme-{number}", topics=[topic], running=True)
        entry.places.add(place)
        Citation.objects.create(entry=entry, document=DocumentFactory(slug=f"dokument-{number}"))
        entry.save()
        entry.save_revision().publish()
    statistic = Statistic.objects.create(title="Einwohner", unit="Personen")
    Value.objects.create(statistic=statistic, series="alle", year=2023, number=17)


@pytest.fixture
def operations(catalogue: None, settings: Any) -> Iterator[list[Any]]:
    """All operations, asked as a server would; as with Django's own test client, the test's transaction stays open."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    settings.ALLOWED_HOSTS = ["*"]
    settings.AUSTAUSCH_API_REQUESTS_PER_MINUTE = 1_000_000
    loaded = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    yield [result.ok() for result in loaded.get_all_operations()]
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_generated_requests_are_answered_as_the_document_says(operations: list[Any], mode: GenerationMode) -> None:
    """Requests that fit the document and requests that do not; every check that schemathesis has."""
    assert len(operations) >= 10
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @generated
        def asked(case: Any) -> None:
            # schemathesis' way into this process does not unpack what it says it understands.
            case.call_and_validate(headers={"Accept-Encoding": "identity"})

        with suppress(Unsatisfiable):
            asked()


def test_the_document_is_valid_openapi_3_1(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for name, shape in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(shape), name


def test_every_operation_documents_what_can_happen(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        assert set(methods) == {"get"}, path
        operation = methods["get"]
        assert {"200", "400", "422", "429"} <= operation["responses"].keys(), path
        # What is kept nowhere cannot be unchanged.
        assert ("304" in operation["responses"]) != is_discreet(path), path
        assert ("404" in operation["responses"]) == ("{" in path)
        assert operation["summary"], path
        assert operation["description"], path
        assert operation["tags"], path
        for parameter in operation["parameters"]:
            assert parameter.get("description") or parameter["in"] == "path", (path, parameter["name"])
