"""The section `events` of catalogue files."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from austausch.catalogue.loading import exporting
from austausch.catalogue.loading.sections import Scope
from austausch.events.models import Event
from austausch.operation.installation import load_first_events
from tests.catalogue.catalogue_files import load, problems
from tests.factories import EventFactory, OrganisationFactory, PlaceFactory

pytestmark = pytest.mark.django_db
ONE = {
    "slug": "fachtag",
    "title": "Fachtag",
    "kind": "workshop",
    "from": "2026-05-01",
    "to": "2026-05-02",
    "body": "stadt",
}


def text(**changed: object) -> str:
    return yaml.safe_dump(
        {"events": [{name: value for name, value in {**ONE, **changed}.items() if value is not None}]}
    )


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"kind": "party"}, "events[1].kind"),
        ({"to": "2026-04-01"}, "events[1]"),
        ({"from": "irgendwann"}, "events[1].from"),
        ({"body": "niemand"}, "events[1].body"),
        ({"place": "Nirgendwo"}, "events[1].place"),
        ({"topics": ["nie-gehoert"]}, "events[1].topics"),
        ({"slug": "aktionen"}, "events[1].slug"),
        ({"capacity": 5}, "events[1].capacity"),
        ({"title": None}, "events[1].title"),
    ],
)
def test_what_is_wrong_is_named_by_its_place_and_nothing_is_loaded(
    tmp_path: Path, changed: dict[str, object], where: str
) -> None:
    OrganisationFactory(key="stadt")
    assert [problem.path for problem in problems(tmp_path, text(**changed))] == [where]
    assert not Event.objects.exists()


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    OrganisationFactory(key="stadt")
    PlaceFactory(ags="05999001", name="Musterdorf")
    content = text(
        place="Musterdorf", facts=["Erstens", "Zweitens"], series="Fachtage", format="hybrid", source="Quelle"
    )
    assert load(tmp_path, content).changes == 1
    event = Event.objects.get()
    assert (event.state, event.place_id, event.text) == ("published", "05999001", "Erstens\n\nZweitens")
    assert load(tmp_path, content).changes == 0
    assert load(tmp_path, text(title="Anders")).changes == 1
    event.refresh_from_db()
    assert (event.title, event.sequence) == ("Anders", 1)
    assert event.text, "what a file does not name stays"


def test_the_export_loads_again(tmp_path: Path) -> None:
    OrganisationFactory(key="stadt")
    load(tmp_path, text(facts=["Erstens"], venue="Nimwegen"))
    first = exporting.export("yaml", Scope(AnonymousUser()))
    Event.objects.all().delete()
    load(tmp_path, first)
    assert exporting.export("yaml", Scope(AnonymousUser())) == first


def test_an_installation_that_has_events_is_left_alone() -> None:
    EventFactory()
    assert load_first_events(settings.AUSTAUSCH_FIRST_CATALOGUE) is None
    assert Event.objects.count() == 1
