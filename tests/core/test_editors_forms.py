"""Forms on the editors' side: each has one heading of the first level, seen or not."""

from __future__ import annotations

import re

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from wagtail.snippets.models import get_snippet_models

from austausch.core.viewsets import PolicyViewSet
from tests.factories import DocumentFactory, EntryFactory, OfficeFactory, OrganisationFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db


def headings(client: Client, address: str) -> list[str]:
    page = client.get(address)
    assert page.status_code == 200, address
    return [" ".join(found.split()) for found in re.findall(r"<h1[^>]*>(.*?)</h1>", page.content.decode(), re.DOTALL)]


@pytest.fixture
def team(client: Client) -> Client:
    user = UserFactory(portal_team=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_every_form_for_something_new_has_a_heading(team: Client) -> None:
    viewsets = [model.snippet_viewset for model in get_snippet_models()]
    ours = [one for one in viewsets if isinstance(one, PolicyViewSet) and "add" not in one.left_out]
    assert len(ours) > 8
    for viewset in ours:
        address = reverse(viewset.get_url_name("add"))
        assert len(headings(team, address)) == 1, address


@pytest.mark.parametrize("factory", [OfficeFactory, EntryFactory, DocumentFactory, OrganisationFactory, TopicFactory])
def test_every_form_for_a_change_has_a_heading(team: Client, factory: type) -> None:
    row: Model = factory()
    address = reverse(type(row).snippet_viewset.get_url_name("edit"), args=[row.pk])
    (heading,) = headings(team, address)
    assert str(row) in heading
