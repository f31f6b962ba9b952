"""Pages of questions and experience, as people use them without a script."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from austausch.catalogue.models import Entry
from austausch.exchange import moderation, post_actions
from austausch.exchange.models import Follow, Post, PostReport
from austausch.people.models import Membership, User
from tests.exchange.people import lead_of, member, organisation_of, signed_in
from tests.factories import (
    EntryFactory,
    InterestFactory,
    MembershipFactory,
    PostFactory,
    SupportRequestFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def entry() -> Entry:
    return EntryFactory.create(published=True)


def text_of(response: Any) -> str:
    return response.content.decode()


def test_the_public_page_only_leads_there_and_says_the_same_to_everybody(entry: Entry) -> None:
    post = PostFactory.create(entry=entry, text="Vertrauliche Frage")
    visitor = text_of(Client().get(entry.get_absolute_url()))
    link = f'href="/netz/massnahmen/{entry.slug}/"'
    assert link in visitor
    assert post.text not in visitor
    assert post.text not in text_of(signed_in(member()).get(entry.get_absolute_url()))
    post.delete()
    assert visitor == text_of(Client().get(entry.get_absolute_url()))


def test_the_link_of_a_mail_survives_signing_in() -> None:
    question = PostFactory.create()
    user = member()
    user.set_password("sehr-langes-kennwort")
    user.save()
    client = Client()
    path = f"/netz/fragen/{question.pk}/"
    to_sign_in = client.get(path)
    assert to_sign_in.url == f"{reverse('account_login')}?next={path}"
    answer = client.post(to_sign_in.url, {"login": user.email, "password": "sehr-langes-kennwort", "next": path})
    assert answer.url == path
    page = text_of(client.get(path))
    assert question.text in page
    assert 'id="antwort"' in page
    assert "<textarea" in page


def test_asking_answering_and_reporting_experience_work_on_their_pages(entry: Entry) -> None:
    user = member()
    client = signed_in(user)
    own = {"organisation": organisation_of(user).pk}
    base = f"/netz/massnahmen/{entry.slug}/"
    assert "<textarea" in text_of(client.get(base))
    wrong = client.post(f"{base}frage/", {**own, "text": " "})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (200, {"text"})
    asked = client.post(f"{base}frage/", {**own, "text": "Erster Absatz\n\n<script>x</script>"})
    question = Post.objects.get(kind="question", entry=entry)
    assert asked.url == f"/netz/fragen/{question.pk}/#beitrag-{question.pk}"
    client.post(f"/netz/fragen/{question.pk}/", {**own, "text": "Meine eigene Antwort"})
    client.post(
        f"{base}erfahrung/", {**own, "text": "Wir haben gebaut", "worked": "Der Plan", "failed": "", "again": "changed"}
    )
    page = text_of(client.get(base))
    for word in ("<p>Erster Absatz</p>", "&lt;script&gt;x", "Meine eigene Antwort", "Wir haben gebaut", "Der Plan"):
        assert word in page
    assert "Wir haben gebaut" not in text_of(client.get(f"{base}?art=fragen"))
    assert "Erster Absatz" not in text_of(client.get(f"{base}?art=erfahrungen"))
    assert "Erster Absatz" in text_of(client.get("/netz/fragen/"))


def test_nobody_writes_for_the_organisation_of_others_on_a_page(entry: Entry) -> None:
    client = signed_in(member())
    answer = client.post(
        f"/netz/massnahmen/{entry.slug}/frage/", {"organisation": organisation_of(member()).pk, "text": "Frage"}
    )
    assert "organisation" in answer.context["form"].errors


def test_who_belongs_to_several_organisations_chooses(entry: Entry) -> None:
    user = member()
    second = MembershipFactory.create(user=user).organisation
    client = signed_in(user)
    page = text_of(client.get(f"/netz/massnahmen/{entry.slug}/"))
    assert f'<option value="{second.pk}">{second.name}</option>' in page
    client.post(f"/netz/massnahmen/{entry.slug}/frage/", {"organisation": second.pk, "text": "Frage"})
    assert Post.objects.get(entry=entry).organisation == second


def test_too_many_posts_are_refused_with_a_reason(entry: Entry) -> None:
    user = member()
    for _number in range(9):
        PostFactory.create(author=user, organisation=organisation_of(user), entry=entry)
    answer = signed_in(user).post(
        f"/netz/massnahmen/{entry.slug}/frage/", {"organisation": organisation_of(user).pk, "text": "Noch eine"}
    )
    assert answer.status_code == 429
    assert "Noch eine" in text_of(answer)


def test_somebody_without_a_role_is_told_what_to_do_and_sees_nothing(entry: Entry) -> None:
    post = PostFactory.create(entry=entry, text="Nur im Netz")
    client = signed_in(UserFactory.create())
    page = client.get(f"/netz/massnahmen/{entry.slug}/")
    assert page.status_code == 200
    assert "<textarea" not in text_of(page)
    assert post.text not in text_of(page)
    assert client.get(f"/netz/fragen/{post.pk}/").status_code == 404
    for path in ("frage", "erfahrung", "interesse"):
        assert client.post(f"/netz/massnahmen/{entry.slug}/{path}/", {"text": "x"}).status_code == 403


def test_changing_withdrawing_and_reporting_work_on_their_pages(entry: Entry) -> None:
    user, other = member(), member()
    mine = PostFactory.create(entry=entry, experience=True, author=user, organisation=organisation_of(user))
    client, others = signed_in(user), signed_in(other)
    path = f"/netz/beitraege/{mine.pk}/"
    assert others.get(f"{path}aendern/").status_code == 403
    assert others.post(f"{path}zurueckziehen/").status_code == 403
    client.post(f"{path}aendern/", {"text": "Neu geschrieben", "worked": "", "failed": "Der Ort", "again": "no"})
    mine.refresh_from_db()
    assert (mine.text, mine.worked, mine.failed, mine.again) == ("Neu geschrieben", "", "Der Ort", "no")
    assert "Neu geschrieben" in text_of(others.get(f"{path}melden/"))
    others.post(f"{path}melden/", {"reason": "Werbung"})
    assert PostReport.objects.get().reason == "Werbung"
    assert others.get(path).status_code == 404
    assert client.get(path).status_code == 200
    assert client.get(f"{path}zurueckziehen/").status_code == 200
    client.post(f"{path}zurueckziehen/")
    mine.refresh_from_db()
    assert mine.state == Post.State.WITHDRAWN


def test_deciding_works_on_its_page_and_only_for_those_who_may(entry: Entry) -> None:
    publisher, team = lead_of(entry, Role.PUBLISHER), UserFactory.create(portal_team=True)
    author = member(trusted=False)
    waiting = PostFactory.create(waiting=True, entry=entry, author=author, organisation=organisation_of(author))
    assert signed_in(member()).get("/netz/freigaben/").status_code == 403
    assert waiting.text not in text_of(signed_in(member(role=Role.PUBLISHER)).get("/netz/freigaben/"))
    for user in (publisher, team):
        assert waiting.text in text_of(signed_in(user).get("/netz/freigaben/"))
    client = signed_in(publisher)
    path = f"/netz/beitraege/{waiting.pk}/"
    assert signed_in(author).post(f"{path}zeigen/").status_code == 403
    client.post(f"{path}zeigen/")
    waiting.refresh_from_db()
    assert waiting.state == Post.State.PUBLIC
    assert signed_in(author).get(f"{path}ausblenden/").status_code == 403
    assert client.post(f"{path}ausblenden/", {"reason": ""}).status_code == 200
    client.post(f"{path}ausblenden/", {"reason": "Nennt eine Person"})
    assert "Nennt eine Person" in text_of(signed_in(author).get(path))
    assert signed_in(member()).get(path).status_code == 404


def test_who_decides_reads_why_a_post_was_reported_until_it_is_settled(entry: Entry) -> None:
    publisher, post = lead_of(entry, Role.PUBLISHER), PostFactory.create(entry=entry)
    post_actions.report(post, member(), "Nennt einen Bewohner")
    client = signed_in(publisher)
    assert "Nennt einen Bewohner" in text_of(client.get("/netz/freigaben/"))
    client.post(f"/netz/beitraege/{post.pk}/zeigen/")
    post_actions.report(post, member(), "Immer noch")
    page = text_of(client.get("/netz/freigaben/"))
    assert "Immer noch" in page
    assert "Nennt einen Bewohner" not in page


def test_following_is_one_click_and_so_is_the_end_of_it(entry: Entry) -> None:
    user = member()
    client = signed_in(user)
    client.post(f"/netz/massnahmen/{entry.slug}/folgen/")
    assert Follow.objects.filter(user=user, entry=entry).exists()
    assert "nicht-folgen" in text_of(client.get(f"/netz/massnahmen/{entry.slug}/"))
    client.post(f"/netz/massnahmen/{entry.slug}/nicht-folgen/")
    assert not Follow.objects.exists()


def test_a_withdrawn_question_stands_only_where_an_answer_hangs_on_it(entry: Entry) -> None:
    lonely, answered = (PostFactory.create(entry=entry) for _number in range(2))
    reply = PostFactory.create(answer=True, answer_to=answered)
    for question in (lonely, answered):
        post_actions.withdraw(question, User.objects.get(pk=question.author_id))
    page = text_of(signed_in(member()).get(f"/netz/massnahmen/{entry.slug}/"))
    assert f"beitrag-{lonely.pk}" not in page
    assert f"beitrag-{answered.pk}" in page
    assert reply.text in page


def test_pages_ask_the_database_no_more_often_when_there_is_more_to_show(entry: Entry) -> None:
    user = lead_of(entry, Role.PUBLISHER)
    client = signed_in(user)
    paths = [f"/netz/massnahmen/{entry.slug}/", "/netz/fragen/", "/netz/freigaben/", "/netz/", "/netz/interesse/"]

    def queries() -> list[int]:
        counted = []
        for path in paths:
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                client.get(path)
            counted.append(len(captured))
        return counted

    def fill(times: int) -> None:
        for _number in range(times):
            question = PostFactory.create(entry=entry)
            PostFactory.create(answer=True, answer_to=question)
            PostFactory.create(entry=entry, experience=True)
            PostFactory.create(entry=entry, waiting=True)
            post_actions.report(PostFactory.create(entry=entry), member(), "x")
            InterestFactory.create(entry=entry)
            SupportRequestFactory.create(asker=user, organisation=entry.lead)

    fill(2)
    few = queries()
    fill(3)
    assert queries() == few


def test_the_home_names_what_waits_for_the_user(entry: Entry) -> None:
    lead = lead_of(entry)
    question = PostFactory.create(entry=entry)
    answered = PostFactory.create(entry=entry)
    PostFactory.create(answer=True, answer_to=answered)
    interest = InterestFactory.create(entry=entry)
    request = SupportRequestFactory.create(asker=lead, organisation=entry.lead, subject="Unser Anliegen")
    page = text_of(signed_in(lead).get("/netz/"))
    assert f"/netz/fragen/{question.pk}/#antwort" in page
    assert f"/netz/fragen/{answered.pk}/" not in page
    assert f"#interesse-{interest.pk}" in page
    assert request.subject in page
    stranger = text_of(signed_in(member()).get("/netz/"))
    for word in (f"/netz/fragen/{question.pk}/", f"#interesse-{interest.pk}", request.subject):
        assert word not in stranger
    team = text_of(signed_in(UserFactory.create(portal_team=True)).get("/netz/"))
    assert reverse("exchange:board") in team


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_stands_empty_in_both_languages(entry: Entry, prefix: str) -> None:
    client = signed_in(UserFactory.create(portal_team=True))
    for path in ("fragen/", "freigaben/", "anfragen/", "anfragen/alle/", "interesse/", f"massnahmen/{entry.slug}/"):
        answer = client.get(f"{prefix}/netz/{path}")
        assert answer.status_code == 200
        assert "private" in answer.headers["Cache-Control"]


def test_nothing_changes_by_looking(entry: Entry) -> None:
    team = UserFactory.create(portal_team=True)
    post = PostFactory.create(entry=entry)
    interest = InterestFactory.create(entry=entry)
    client = signed_in(team)
    for path in (
        f"/netz/beitraege/{post.pk}/zeigen/",
        f"/netz/massnahmen/{entry.slug}/folgen/",
        f"/netz/massnahmen/{entry.slug}/nicht-folgen/",
        f"/netz/interesse/{interest.pk}/annehmen/",
        f"/netz/interesse/{interest.pk}/ablehnen/",
        f"/netz/interesse/{interest.pk}/zurueckziehen/",
    ):
        assert client.get(path).status_code == 405
    moderation.hide(post, team, "x")
