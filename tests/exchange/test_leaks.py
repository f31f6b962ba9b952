"""Nobody without the right gets a word of what was written, at any address, in any mail or log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import ModelLogEntry

from austausch.core import outbox
from austausch.core.policy import Action, policy
from austausch.exchange import moderation, post_actions
from austausch.exchange.models import Post, SupportMessage, SupportRequest
from austausch.people.models import Membership, User
from tests.catalogue.pdf_text import squeezed, text_of
from tests.exchange.people import BACKEND, lead_of, member, organisation_of
from tests.factories import EntryFactory, MembershipFactory, PostFactory, SupportRequestFactory, UserFactory

pytestmark = pytest.mark.django_db
Role = Membership.Role
State = Post.State
MARKER = "Quittenmarmelade"
# Stands beside it; pages repeat what is searched for.
SEARCHED = "Streuobst"
TEXT = f"Es geht um {SEARCHED} und {MARKER}."
PUBLIC_PATHS = (
    "/",
    "/massnahmen/",
    f"/massnahmen/?q={SEARCHED}",
    f"/massnahmen/liste.json?q={SEARCHED}",
    *(f"/massnahmen/liste.{form}" for form in ("atom", "csv", "ics", "json", "pdf", "xlsx")),
    "/massnahmen/vorschlaege/?q=Streu",
    "/massnahmen/{slug}/",
    "/en/massnahmen/{slug}/",
    "/massnahmen/{slug}.json",
    "/massnahmen/{slug}.pdf",
    "/massnahmen/{slug}.ics",
    "/dokumente/",
    "/sitemap.xml",
    f"/api/v1/measures?q={SEARCHED}",
    "/api/v1/measures/{slug}",
    "/api/v1/openapi.json",
    "/netz/",
    "/netz/fragen/",
    "/netz/massnahmen/{slug}/",
    "/netz/freigaben/",
    "/netz/anfragen/",
    "/netz/anfragen/alle/",
    "/netz/interesse/",
    "/verwaltung/",
    "/verwaltung/reports/site-history/",
)


def exchange_paths(keys: list[int], slug: str) -> Iterator[str]:
    """Every address of the room with every key, from the resolver: a new one is looked at, too."""
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver):
            for child in resolver.url_patterns:
                if isinstance(child, URLResolver) and child.app_name == "exchange":
                    for pattern in child.url_patterns:
                        assert isinstance(pattern, URLPattern)
                        yield from filled(pattern, keys, slug)


def filled(pattern: URLPattern, keys: list[int], slug: str) -> Iterator[str]:
    route = str(pattern.pattern)
    if any(isinstance(converter, IntConverter) for converter in pattern.pattern.converters.values()):
        for key in keys:
            yield "/" + route.replace("<int:pk>", str(key))
    else:
        yield "/" + route.replace("<slug:slug>", slug)


def everything_told(client: Client, slug: str, keys: list[int]) -> Iterator[tuple[str, str]]:
    for path in (*PUBLIC_PATHS, *exchange_paths(keys, slug)):
        answer = client.get(path.format(slug=slug), follow=True)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        yield path, readable(body)


def readable(body: bytes) -> str:
    """What a person reads in an answer, whatever it is packed in."""
    if body.startswith(b"%PDF"):
        return squeezed(text_of(body))
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as packed:
            return "".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    return body.decode(errors="replace")


def test_the_room_has_addresses_to_look_at() -> None:
    assert len(set(exchange_paths([1], "x"))) > 20


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    state=st.sampled_from([State.PUBLIC, State.WAITING, State.HIDDEN]),
    kind=st.sampled_from(["question", "answer", "experience"]),
    who=st.sampled_from(["visitor", "without role", "former member", "inactive", "foreign publisher"]),
    live=st.booleans(),
)
def test_no_address_tells_a_post_to_whom_the_policy_does_not(state: State, kind: str, who: str, live: bool) -> None:
    # All examples share the test's database.
    Post.objects.all().delete()
    post = a_post(state, kind, live)
    user = somebody(who)
    client = Client()
    if user is not None and user.is_active:
        client.force_login(user, backend=BACKEND)
    may = user is not None and policy.may(user, Action.VIEW, post)
    if not may:
        for path, body in everything_told(client, post.entry.slug, [post.pk, post.answer_to_id or post.pk]):
            assert MARKER not in body, path
    else:
        assert MARKER in client.get(post.get_absolute_url()).content.decode()
    assert may is (who == "foreign publisher" and state is State.PUBLIC and live)


def a_post(state: State, kind: str, live: bool) -> Post:
    entry = EntryFactory.create(published=live)
    traits: dict[str, Any] = {"experience": kind == "experience"}
    if kind == "answer":
        traits = {"answer": True, "answer_to": PostFactory.create(entry=entry)}
    more = {"worked": f"{MARKER} gelang"} if kind == "experience" else {}
    return PostFactory.create(entry=entry, state=state, text=TEXT, **traits, **more)


def somebody(who: str) -> User | None:
    if who == "visitor":
        return None
    if who == "foreign publisher":
        return member(role=Role.PUBLISHER, trusted=False)
    user = MembershipFactory.create().user if who != "without role" else UserFactory.create()
    if who == "former member":
        user.memberships.all().delete()
    if who == "inactive":
        user.is_active = False
        user.save()
    return User.objects.get(pk=user.pk)


def test_list_and_detail_agree() -> None:
    posts = [
        a_post(state, kind, live)
        for state in State
        if state != State.WITHDRAWN
        for kind in ("question", "answer", "experience")
        for live in (True, False)
    ]
    entry = posts[0].entry
    author = User.objects.get(pk=posts[1].author_id)
    users = [
        author,
        member(),
        lead_of(entry, Role.PUBLISHER),
        lead_of(entry, Role.READER),
        UserFactory.create(),
        UserFactory.create(portal_team=True),
    ]
    for user in users:
        for action in Action:
            listed = set(policy.which(user, action, Post.objects.all()))
            assert listed == {post for post in Post.objects.all() if policy.may(user, action, post)}


def test_neither_mails_nor_logs_repeat_what_was_written(caplog: pytest.LogCaptureFixture) -> None:
    entry = EntryFactory.create(published=True)
    team = UserFactory.create(portal_team=True)
    lead, asker, other = lead_of(entry, Role.PUBLISHER), member(), member(trusted=False)
    with caplog.at_level(logging.DEBUG):
        question = post_actions.ask(entry, asker, organisation=organisation_of(asker), text=TEXT)
        post_actions.change(question, asker, {"text": TEXT})
        reply = post_actions.answer(question, other, organisation=organisation_of(other), text=TEXT)
        moderation.show(reply, lead)
        post_actions.report(question, lead, TEXT)
        moderation.hide(question, team, "Nennt eine Person")
        moderation.show(question, team)
        post_actions.share_experience(
            entry, asker, organisation=organisation_of(asker), texts={"text": TEXT, "worked": TEXT}
        )
        post_actions.withdraw(question, asker)
        outbox.deliver()
    assert len(django_mail.outbox) > 4
    for mail in django_mail.outbox:
        assert MARKER not in str(mail.message())
    for line in ModelLogEntry.objects.all():
        assert MARKER not in f"{line.label} {line.data} {line.message}"
    assert not [record for record in caplog.records if MARKER in record.getMessage() and "sql" not in vars(record)]


def test_a_request_for_support_is_told_to_nobody_else() -> None:
    request = SupportRequestFactory.create(subject=TEXT)
    SupportMessage.objects.create(request=request, author=request.asker, text=TEXT)
    colleague = member(request.organisation, Role.ADMINISTRATOR, trusted=False)
    for user in (None, UserFactory.create(), colleague):
        client = Client()
        if user:
            client.force_login(user, backend=BACKEND)
            assert not policy.may(user, Action.VIEW, SupportRequest.objects.get())
        for path, body in everything_told(client, "gibt-es-nicht", [request.pk]):
            assert MARKER not in body, path
