"""Who took what from whom: a picture, the same as a list, and nothing of what the reader may not see."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from austausch.catalogue.adoption import actions, lineage
from austausch.catalogue.models import Adoption, Entry
from austausch.people.models import User
from tests.factories import EntryFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> User:
    return UserFactory.create(portal_team=True)


def copied(source: Entry, team: User, *, published: bool = True) -> Entry:
    adoption = actions.adapt(source, OrganisationFactory.create(), team, ["summary"])
    assert adoption.copy is not None
    if published:
        adoption.copy.get_latest_revision_as_object().save_revision().publish()
    return Entry.objects.get(pk=adoption.copy.pk)


def chain(team: User, length: int) -> list[Entry]:
    line = [EntryFactory.create(published=True)]
    while len(line) <= length:
        line.append(copied(line[-1], team))
    return line


def test_copies_of_copies_keep_their_line(team: User) -> None:
    first, second, third = chain(team, 2)
    beside = copied(first, team)
    for entry in (first, second, third, beside):
        steps = lineage.steps(entry, AnonymousUser())
        assert [step.entry for step in steps] == [first, second, third, beside]
        assert [step.source.number if step.source else None for step in steps] == [None, 1, 2, 1]
        assert [step.entry for step in steps if step.is_here] == [entry]
    assert set(Adoption.objects.values_list("root", flat=True)) == {first.pk}


def test_what_is_in_preparation_is_nobody_elses(team: User) -> None:
    first = EntryFactory.create(published=True)
    draft = copied(first, team, published=False)
    assert len(lineage.steps(first, AnonymousUser())) == 1
    assert [step.entry for step in lineage.steps(first, team)] == [first, draft]


def test_a_withdrawn_copy_in_the_middle_stands_there_without_a_name(team: User) -> None:
    first, second, third = chain(team, 2)
    Entry.objects.get(pk=second.pk).unpublish()
    steps = lineage.steps(third, AnonymousUser())
    assert [(step.entry, step.organisation) for step in steps] == [
        (first, first.lead),
        (None, None),
        (third, third.lead),
    ]
    html = Client().get(f"/massnahmen/{third.slug}/weitergabe/").content.decode()
    assert second.title in html.replace(third.title, "") or second.title == third.title
    assert second.lead.name not in html
    assert "nicht öffentlich" in html


def test_a_confirmed_adoption_without_a_copy_stands_in_the_line(team: User) -> None:
    first = EntryFactory.create(published=True)
    body = OrganisationFactory.create()
    actions.confirm(actions.take_over(first, body, team), team)
    _root, step = lineage.steps(first, AnonymousUser())
    assert (step.organisation, step.entry, step.confirmed) == (body, None, True)


def test_the_picture_and_the_list_say_the_same_and_fit_the_frame(team: User) -> None:
    first, *_copies = chain(team, 4)
    steps = lineage.steps(first, AnonymousUser())
    picture = lineage.picture(steps)
    assert [dot.step for dot in picture.dots] == steps
    assert len({dot.y for dot in picture.dots}) == len(steps)
    assert all(lineage.LABELS < dot.x < lineage.WIDTH and dot.y < picture.height for dot in picture.dots)
    html = Client().get(f"/massnahmen/{first.slug}/weitergabe/").content.decode()
    for step in steps:
        assert step.organisation is not None
        assert len(re.findall(re.escape(step.organisation.name) + r"\b", html)) >= 2


def queries(path: str) -> int:
    client = Client()
    client.cookies["messages"] = ""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_a_chain_of_fifty_costs_as_many_queries_as_one_of_two(team: User) -> None:
    line = chain(team, 2)
    path = f"/massnahmen/{line[0].slug}/weitergabe/"
    few = queries(path)
    while len(line) <= 50:
        line.append(copied(line[-1], team))
    assert queries(path) == few
    assert len(lineage.steps(line[0], AnonymousUser())) == 51
    assert queries(line[25].get_absolute_url()) == queries(line[1].get_absolute_url())


def test_nobody_yet_is_said(team: User) -> None:
    entry = EntryFactory.create(published=True)
    assert "Noch niemand" in Client().get(f"/massnahmen/{entry.slug}/weitergabe/").content.decode()
