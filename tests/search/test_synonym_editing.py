"""What editors can do to synonyms, what is refused and who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.test import Client
from django.utils import translation
from wagtail.models import ModelLogEntry

from austausch.core.policy import Action, policy
from austausch.people.models import Membership, User
from austausch.search import analysis, synonym_editing
from austausch.search.models import Synonym
from austausch.search.synonym_editing import SynonymError, check
from austausch.search.synonyms import START_LIST, alternatives
from tests.factories import EntryFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

Role = Membership.Role
LIST = "/verwaltung/suche/synonyme/"


def person(role: Role | None) -> User:
    """Somebody with this role in some organisation; None: the portal team."""
    user = UserFactory(portal_team=role is None)
    if role is not None:
        MembershipFactory(user=user, role=role)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def editor() -> User:
    return person(Role.PUBLISHER)


@pytest.fixture
def synonym(editor: User) -> Synonym:
    return synonym_editing.create(user=editor, wording=check(words="Kita\nKindergarten"))


def finds(text: str) -> set[str]:
    key = analysis.key(text)
    return {" ".join(alternative.terms) for alternative in alternatives([key]).get(key, ())}


def logged() -> QuerySet[ModelLogEntry]:
    return ModelLogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Synonym)).order_by("pk")


# What is refused


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"words": ""}, "words", "at least one"),
        ({"words": " \n\t\n"}, "words", "at least one"),
        ({"words": "Kita"}, "words", "Write at least two"),
        ({"words": "Kita", "both_ways": False}, "means", "or choose both directions"),
        ({"words": "", "means": "Kita", "both_ways": False}, "words", "at least one"),
        ({"words": "\n".join(f"Wort{n}" for n in range(101))}, "words", "101 expressions; 100 is the limit"),
        ({"words": "Kita\n\n—!—\nHort"}, "words", "Line 3: “—!—” has neither letters nor digits"),
        ({"words": "Kita\nund der"}, "words", "Line 2: “und der” is made only of words that the search leaves out"),
        ({"words": f"Kita\n{'x' * 121}"}, "words", "Line 2: The expression has 121 characters; 120 is the limit"),
        ({"words": "Fälschung\nBetrug\nFaelschungen"}, "words", "Line 3: For the search, “Faelschungen” is the same"),
        ({"words": "Kita", "means": "Hort\nKITA", "both_ways": False}, "means", "Line 2: For the search, “KITA”"),
        ({"words": "Kita\nHort", "note": "x" * 301}, "note", "more than 300 characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_with_its_line_and_what_to_do(
    wrong: dict[str, Any], field: str, said: str
) -> None:
    with translation.override("en"), pytest.raises(SynonymError) as refused:
        check(**wrong)
    (problem,) = refused.value.problems
    assert problem.field == field
    with translation.override("en"):
        assert said in str(problem)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SynonymError) as refused:
        check(words="!\nund\nKita\nKita", means="?", both_ways=False)
    assert [(problem.field, problem.line) for problem in refused.value.problems] == [
        ("words", 1),
        ("words", 2),
        ("words", 4),
        ("means", 1),
    ]


def test_invisible_characters_and_stray_spaces_are_taken_out() -> None:
    wording = check(words="  Kin\u00adder \x00 \u202e garten\r\n\u2028Ki\u0301ta ")
    assert wording.words == "Kinder garten\nKíta"


# What is done


def test_every_change_is_signed_and_stands_in_the_log(editor: User, synonym: Synonym) -> None:
    other = person(Role.PUBLISHER)
    before = Synonym.objects.get(pk=synonym.pk)
    assert before.changed_by == editor
    wording = check(words="Kita\nKindergarten\nHort", note="Alle meinen dasselbe.")
    synonym_editing.change(synonym, user=other, wording=wording, active=True)
    after = Synonym.objects.get(pk=synonym.pk)
    assert (after.changed_by, after.note) == (other, "Alle meinen dasselbe.")
    assert after.changed_at > before.changed_at
    synonym_editing.switch(synonym, user=other, active=False)
    synonym_editing.delete(synonym, user=other)
    assert list(logged().values_list("action", "user")) == [
        ("wagtail.create", editor.pk),
        ("wagtail.edit", other.pk),
        ("austausch.synonym_off", other.pk),
        ("wagtail.delete", other.pk),
    ]


def test_saving_what_is_there_already_changes_and_logs_nothing(editor: User, synonym: Synonym) -> None:
    before = Synonym.objects.values().get(pk=synonym.pk)
    other = person(None)
    wording = check(words="Kita\nKindergarten")
    synonym_editing.change(synonym, user=other, wording=wording, active=True)
    synonym_editing.switch(synonym, user=other, active=True)
    assert Synonym.objects.values().get(pk=synonym.pk) == before
    assert logged().count() == 1


def test_a_group_of_a_list_becomes_the_editors_own_once_its_wording_is_changed(editor: User, synonym: Synonym) -> None:
    Synonym.objects.filter(pk=synonym.pk).update(word_list=START_LIST)
    synonym_editing.switch(synonym, user=editor, active=False)
    assert Synonym.objects.get(pk=synonym.pk).word_list == START_LIST
    synonym_editing.change(synonym, user=editor, wording=check(words="Kita\nHort"), active=True)
    assert Synonym.objects.get(pk=synonym.pk).word_list == ""


def test_a_change_replaces_what_was_found_before(editor: User, synonym: Synonym) -> None:
    synonym_editing.change(synonym, user=editor, wording=check(words="Kita\nHort"), active=True)
    assert finds("Kita") == {analysis.key("Hort")}
    assert finds("Kindergarten") == set()


# Who may

TABLE = {
    # address: what a reader, an author, a publisher, an organisation's administrator and the portal team get
    "": (403, 200, 200, 200, 200),
    "results/": (403, 200, 200, 200, 200),
    "add/": (403, 302, 200, 200, 200),
    "edit/{pk}/": (403, 302, 200, 200, 200),
    "delete/{pk}/": (403, 302, 200, 200, 200),
    "history/{pk}/": (403, 302, 200, 200, 200),
    "usage/{pk}/": (403, 302, 200, 200, 200),
}
PEOPLE = (Role.READER, Role.AUTHOR, Role.PUBLISHER, Role.ADMINISTRATOR, None)


@pytest.mark.parametrize("address", TABLE)
def test_who_may_open_what(address: str, synonym: Synonym) -> None:
    path = LIST + address.format(pk=synonym.pk)
    assert Client().get(path).headers["Location"].startswith("/konto/login/")
    assert tuple(signed_in(person(role)).get(path).status_code for role in PEOPLE) == TABLE[address]


@pytest.mark.parametrize("role", [Role.READER, Role.AUTHOR])
def test_whoever_may_not_change_changes_nothing_by_a_request_made_by_hand(role: Role, synonym: Synonym) -> None:
    client = signed_in(person(role))
    sent = {"words": "Kita\nHort", "both_ways": "on", "means": "", "note": "", "active": "on"}
    client.post(f"{LIST}add/", sent)
    client.post(f"{LIST}edit/{synonym.pk}/", sent)
    client.post(f"{LIST}delete/{synonym.pk}/")
    for action in ("switch_on", "switch_off", "delete"):
        client.post(f"/verwaltung/bulk/search/synonym/{action}/?id={synonym.pk}")
    assert list(Synonym.objects.values_list("words", "active")) == [("Kita\nKindergarten", True)]


def test_the_actions_ask_the_policy_themselves(synonym: Synonym) -> None:
    author = person(Role.AUTHOR)
    assert policy.may(author, Action.VIEW, synonym)
    wording = check(words="Kita\nHort")
    for act in (
        lambda: synonym_editing.create(user=author, wording=wording),
        lambda: synonym_editing.change(synonym, user=author, wording=wording, active=True),
        lambda: synonym_editing.switch(synonym, user=author, active=False),
        lambda: synonym_editing.delete(synonym, user=author),
    ):
        with pytest.raises(PermissionDenied):
            act()


# The pages


def test_an_author_reads_the_list_and_finds_no_button_that_would_be_refused(synonym: Synonym) -> None:
    page = signed_in(person(Role.AUTHOR)).get(LIST).content.decode()
    assert "Kita, Kindergarten" in page
    assert f"edit/{synonym.pk}" not in page
    assert "synonyme/add" not in page
    assert LIST in signed_in(person(Role.AUTHOR)).get("/verwaltung/").content.decode()


def test_a_publisher_makes_changes_and_deletes_one(editor: User) -> None:
    client = signed_in(editor)
    sent = {"words": "Bulli\r\nTransporter", "means": "Fahrzeug", "note": "Alltag", "active": "on"}
    assert client.post(f"{LIST}add/", sent).status_code == 302
    made = Synonym.objects.get()
    assert (made.words, made.both_ways, made.changed_by) == ("Bulli\nTransporter", False, editor)
    assert finds("Bulli") == {analysis.key("Fahrzeug")}
    client.post(f"{LIST}edit/{made.pk}/", {**sent, "both_ways": "on"})
    assert finds("Fahrzeug") == {analysis.key("Bulli"), analysis.key("Transporter")}
    page = client.get(f"{LIST}edit/{made.pk}/").content.decode()
    assert str(editor) in page
    assert client.post(f"{LIST}delete/{made.pk}/").status_code == 302
    assert not Synonym.objects.exists()


def test_a_form_with_a_mistake_says_it_at_the_field_and_keeps_what_was_typed(editor: User) -> None:
    sent = {"words": "Kita\n!!!", "both_ways": "on", "means": "", "note": "Weil", "active": "on"}
    response = signed_in(editor).post(f"{LIST}add/", sent)
    assert list(response.context["form"].errors) == ["words"]
    assert "!!!" in response.content.decode()
    assert not Synonym.objects.exists()


# What is said after saving


def said(client: Client, address: str, **sent: str) -> list[str]:
    response = client.post(address, {"active": "on", "means": "", "note": "", **sent}, follow=True)
    return [str(message).strip() for message in response.context["messages"] if message.level_tag == "warning"]


def test_who_leads_to_what_is_not_there_is_told_which_words_still_find_nothing(editor: User) -> None:
    EntryFactory(title="Ein Haus", published=True)
    EntryFactory(title="Ein Entwurf über Luftschlösser")
    client = signed_in(editor)
    (warning,) = said(client, f"{LIST}add/", words="Umzug\nBulli", means="Luftschloss")
    assert "„Umzug“, „Bulli“" in warning
    assert "Luftschloss" not in warning
    made = Synonym.objects.get()
    assert said(client, f"{LIST}edit/{made.pk}/", words="Umzug\nBulli", means="Haus") == []
    assert said(client, f"{LIST}edit/{made.pk}/", words="Umzug", means="Luftschloss", active="") == []
    (warning,) = said(client, f"{LIST}edit/{made.pk}/", words="Umzug", means="Luftschloss", both_ways="on")
    assert "„Umzug“, „Luftschloss“" in warning
    assert said(client, f"{LIST}edit/{made.pk}/", words="Umzug", means="Haus", both_ways="on") == []
    # A piece of it would be found without the synonym.
    (warning,) = said(client, f"{LIST}edit/{made.pk}/", words="Hausboot", means="Luftschloss")
    assert "„Hausboot“" in warning


def test_who_says_what_another_list_says_already_is_told_so(editor: User, synonym: Synonym) -> None:
    EntryFactory(title="Kita und Kindergarten und Hort", published=True)
    Synonym.objects.filter(pk=synonym.pk).update(word_list=START_LIST)
    client = signed_in(editor)
    (warning,) = said(client, f"{LIST}add/", words="Kindergärten\nKita\nHort", both_ways="on")
    assert "Startliste" in warning
    assert "„Kindergärten“ ↔ „Kita“" in warning
    assert "Hort" not in warning
    made = Synonym.objects.latest("pk")
    (warning,) = said(client, f"{LIST}edit/{made.pk}/", words="Kita", means="Kindergarten\nHort")
    assert "„Kita“ → „Kindergarten“" in warning
    assert said(client, f"{LIST}edit/{made.pk}/", words="Kita", means="Hort") == []
    synonym_editing.switch(Synonym.objects.get(pk=synonym.pk), user=editor, active=False)
    assert said(client, f"{LIST}edit/{made.pk}/", words="Kita", means="Kindergarten") == []


def test_what_leads_the_other_way_is_not_the_same(editor: User) -> None:
    EntryFactory(title="Kita und Hort", published=True)
    synonym_editing.create(user=editor, wording=check(words="Kita", means="Hort", both_ways=False))
    client = signed_in(editor)
    assert said(client, f"{LIST}add/", words="Hort", means="Kita") == []
    (warning,) = said(client, f"{LIST}add/", words="Kita\nHort", both_ways="on")
    assert "Redaktion" in warning
    assert "„Kita“ ↔ „Hort“" in warning


def test_a_warning_holds_what_was_typed_as_text(editor: User) -> None:
    client = signed_in(editor)
    sent = {"words": "<b>Umzug</b>", "means": "<i>Nichts</i>", "active": "on", "note": ""}
    page = client.post(f"{LIST}add/", sent, follow=True).content.decode()
    assert "&lt;b&gt;Umzug&lt;/b&gt;" in page
    assert "<b>Umzug" not in page


@pytest.mark.parametrize("words", ["a" * 5000, "\n\n", "<script>alert(1)</script>", "\u202eabc", "%00%ff"])
def test_the_form_opens_with_the_words_of_a_search_whatever_they_are(editor: User, words: str) -> None:
    client = signed_in(editor)
    page = client.get(f"{LIST}add/", {"words": "überbelegte Häuser"})
    assert page.context["form"]["words"].value() == "überbelegte Häuser"
    hostile = client.get(f"{LIST}add/", {"words": words})
    assert hostile.status_code == 200
    assert "<script>alert(1)" not in hostile.content.decode()


def test_the_list_is_searched_and_filtered(editor: User, synonym: Synonym) -> None:
    other = synonym_editing.create(user=editor, wording=check(words="Zwangsehe\nZwangsheirat"), active=False)
    Synonym.objects.filter(pk=other.pk).update(word_list=START_LIST)
    client = signed_in(editor)

    def shown(query: str) -> list[int]:
        return [one.pk for one in client.get(f"{LIST}?{query}").context["object_list"]]

    assert shown("q=kindergarten") == [synonym.pk]
    assert shown("active=false") == [other.pk]
    assert shown("word_list=start") == [other.pk]
    assert shown("word_list=editors") == [synonym.pk]
    assert set(shown("word_list=gibtsnicht")) <= {synonym.pk, other.pk}


def test_many_at_once_are_switched_off_and_on_and_deleted_with_a_trace(editor: User, synonym: Synonym) -> None:
    client = signed_in(editor)
    address = "/verwaltung/bulk/search/synonym/{}/?id=all&next=" + f"{LIST}%3Fq%3DKita"
    hidden = synonym_editing.create(user=editor, wording=check(words="Zwangsehe\nZwangsheirat"))
    asked = client.get(address.format("switch_off")).content.decode()
    assert "Kita …" in asked
    assert "Zwangsehe" not in asked
    client.post(address.format("switch_off"))
    assert not Synonym.objects.get(pk=synonym.pk).active
    assert Synonym.objects.get(pk=hidden.pk).active
    client.post(address.format("switch_on"))
    assert Synonym.objects.get(pk=synonym.pk).active
    client.post(address.format("delete"))
    assert list(Synonym.objects.all()) == [hidden]
    assert logged().filter(action="wagtail.delete").count() == 1


def test_all_of_a_list_whose_filter_nobody_understands_is_nothing(editor: User, synonym: Synonym) -> None:
    address = f"/verwaltung/bulk/search/synonym/switch_off/?id=all&next={LIST}%3Fword_list%3Dgibtsnicht"
    signed_in(editor).post(address)
    assert Synonym.objects.get(pk=synonym.pk).active
