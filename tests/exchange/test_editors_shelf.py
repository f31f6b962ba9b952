"""Open questions on the editors' board: those under own entries that nobody has answered."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from austausch.core.editors_board import Shelf
from austausch.exchange.editors_shelf import open_questions
from austausch.exchange.models import Post
from austausch.people.models import Membership, User
from tests.factories import EntryFactory, MembershipFactory, OrganisationFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db

Role = Membership.Role


def shelf(user: User) -> Shelf | None:
    request = RequestFactory().get("/verwaltung/")
    request.user = user
    return open_questions(request)


def test_questions_under_own_entries_wait_until_somebody_answers() -> None:
    town = OrganisationFactory()
    entry = EntryFactory(lead=town, live=True)
    author = MembershipFactory(organisation=town, role=Role.AUTHOR).user
    question = PostFactory(entry=entry, kind=Post.Kind.QUESTION, state=Post.State.PUBLIC, text="Was hat es gekostet?")
    PostFactory(entry=entry, kind=Post.Kind.QUESTION, state=Post.State.WAITING)
    PostFactory(entry=EntryFactory(live=True), kind=Post.Kind.QUESTION, state=Post.State.PUBLIC)
    found = shelf(author)
    assert found is not None
    assert (found.count, [row.label for row in found.rows]) == (1, ["Was hat es gekostet?"])
    PostFactory(entry=entry, kind=Post.Kind.ANSWER, answer_to=question, state=Post.State.PUBLIC)
    answered = shelf(author)
    assert answered is not None
    assert answered.count == 0


def test_readers_and_people_without_a_role_have_no_such_shelf() -> None:
    assert shelf(MembershipFactory(role=Role.READER).user) is None
    assert shelf(UserFactory()) is None
