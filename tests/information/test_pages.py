"""Information pages as travellers and the portal team meet them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from austausch.catalogue.exports.limits import LIGHT
from austausch.catalogue.merging import actions as merging
from austausch.catalogue.models import Entry
from austausch.information import actions, paper
from austausch.information.models import Information, SourceLink
from austausch.information.templatetags.information import linked
from austausch.languages import kinds, phrases
from tests.catalogue.pdf_text import squeezed, text_of
from tests.factories import EntryFactory, InformationFactory, MembershipFactory, UserFactory, version_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Information:
    made: Information = InformationFactory(slug="vertrag", title="Der Vertrag")
    SourceLink.objects.create(information=made, entry=EntryFactory(title="Quelle", published=True))
    SourceLink.objects.create(information=made, entry=EntryFactory(title="Entwurf"), section=0)
    return made


def test_before_there_is_any_page_the_list_says_so(client: Client) -> None:
    assert "Es gibt noch keine Seiten" in client.get("/vor-der-reise/?sprache=ro").content.decode()
    assert client.get("/vor-der-reise/gibt-es-nicht/").status_code == 404


def test_a_page_that_is_not_shown_is_seen_nowhere(client: Client, page: Information) -> None:
    version_of(page, "ro")
    Information.objects.update(live=False)
    for path in ("/vor-der-reise/vertrag/", "/vor-der-reise/vertrag.pdf", "/api/v1/information/vertrag"):
        assert client.get(path).status_code == 404, path
    for path in ("/vor-der-reise/", "/api/v1/information", "/sitemap-vor-der-reise.xml"):
        assert "vertrag" not in client.get(path).content.decode().lower(), path


def test_a_page_names_the_entries_it_comes_from_but_no_draft(client: Client, page: Information) -> None:
    shown = client.get("/vor-der-reise/vertrag/").content.decode()
    assert "Woher das kommt" in shown
    assert "Quelle" in shown
    assert "Entwurf" not in shown


def test_a_page_is_shown_whole_in_its_language_and_marked_as_unchecked(client: Client, page: Information) -> None:
    version_of(page, "bg")
    shown = client.get("/vor-der-reise/vertrag/?sprache=bg").content.decode()
    assert '<article class="information" lang="bg">' in shown
    assert "<h2>bg s0_heading</h2>" in shown
    assert phrases.UNCONFIRMED["bg"] in shown
    assert "Ein Vertrag ist schriftlich" not in shown


def test_an_outdated_page_keeps_its_own_sections(client: Client, page: Information) -> None:
    version_of(page, "ro")
    Information.objects.filter(pk=page.pk).update(sections=[])
    shown = client.get("/vor-der-reise/vertrag/?sprache=ro").content.decode()
    assert "ro s0_points" in shown
    assert 'data-notice="outdated"' in shown


def test_the_list_speaks_the_language_and_marks_titles_that_do_not(client: Client, page: Information) -> None:
    InformationFactory(title="Nur Deutsch", slug="nur-deutsch", position=200)
    version_of(page, "ar")
    shown = client.get("/vor-der-reise/?sprache=ar").content.decode()
    assert '<div class="information" lang="ar" dir="rtl">' in shown
    assert "<h1>قبل السفر</h1>" in shown
    assert '<a href="/vor-der-reise/vertrag/?sprache=ar">ar title</a>' in shown
    assert '<a href="/vor-der-reise/nur-deutsch/" lang="de" dir="ltr">Nur Deutsch</a>' in shown
    assert phrases.MISSING["tr"] in client.get("/vor-der-reise/?sprache=tr").content.decode()


def test_markup_in_a_text_stays_text_and_addresses_become_links(client: Client, page: Information) -> None:
    text = "<script>x</script> siehe https://www.example.org"
    Information.objects.filter(pk=page.pk).update(sections=[{"heading": "<i>", "paragraphs": [text], "points": []}])
    shown = client.get("/vor-der-reise/vertrag/").content.decode()
    assert "&lt;script&gt;x" in shown
    assert '<a href="https://www.example.org" rel="nofollow">' in shown


def test_the_pdf_speaks_the_language_and_there_is_none_of_a_missing_one(client: Client, page: Information) -> None:
    version_of(page, "bg", texts={**kinds.german(page), "title": "Трудов договор"})
    response = client.get("/vor-der-reise/vertrag.pdf?sprache=bg")
    assert response.headers["Content-Type"] == "application/pdf"
    said = squeezed(text_of(response.content))
    assert "Трудовдоговор" in said
    assert squeezed(phrases.UNCONFIRMED["bg"])[:30] in said
    assert client.get("/vor-der-reise/vertrag.pdf?sprache=tr").status_code == 404


def test_machines_get_every_language_of_a_page(client: Client, page: Information) -> None:
    version_of(page, "ro")
    listed = json.loads(client.get("/api/v1/information").content)
    assert (listed["count"], listed["items"][0]["slug"]) == (1, "vertrag")
    one = json.loads(client.get("/api/v1/information/vertrag").content)
    assert one["sections"][0]["points"] == ["Lesen", "Fragen"]
    assert one["texts"][0]["sections"][0]["heading"] == "ro s0_heading"
    assert one["languages"][0]["url"].endswith("/vor-der-reise/vertrag/?sprache=ro")


def test_only_the_portal_team_changes_the_german_and_that_outdates_the_others(page: Information) -> None:
    version = version_of(page, "ro")
    path = f"/netz/vor-der-reise/{page.pk}/"
    member, team = Client(), Client()
    member.force_login(MembershipFactory(role=4).user)
    team.force_login(UserFactory(portal_team=True))
    assert member.get(path).status_code == 404
    form = {
        "title": "Der Vertrag",
        "summary": "Neu.",
        "s0_heading": "Vertrag",
        "s0_paragraphs": "Ein Absatz.\nNoch einer.",
    }
    stale = team.post(path, {**form, "seen_texts": "0" * 64}).content.decode()
    assert "inzwischen geändert" in stale
    seen = kinds.fingerprint(kinds.german(page))
    empty = team.post(path, {**form, "title": " ", "seen_texts": seen}).content.decode()
    assert "Das darf nicht leer sein." in empty
    team.post(path, {**form, "seen_texts": seen, "s1_heading": "Zweitens", "s1_points": "Eins"})
    page.refresh_from_db()
    assert [section["heading"] for section in page.sections] == ["Vertrag", "Zweitens"]
    assert page.sections[0]["paragraphs"] == ["Ein Absatz.", "Noch einer."]
    version.refresh_from_db()
    assert kinds.is_outdated(version)


def test_a_source_that_was_merged_leads_to_what_it_became(client: Client, page: Information) -> None:
    kept, merged = EntryFactory(title="Bleibt", published=True), Entry.objects.get(title="Quelle")
    merging.merge(merged, kept, UserFactory(portal_team=True), choices={}, seen=merging.digest(merged, kept))
    assert "Bleibt" in client.get("/vor-der-reise/vertrag/").content.decode()


def test_footer_and_directory_lead_there(client: Client) -> None:
    assert 'href="/vor-der-reise/"' in client.get("/dokumente/").content.decode()
    assert 'href="/vor-der-reise/"' in client.get("/beratung/").content.decode()


def test_addresses_in_a_text_can_be_followed_and_nothing_else_in_it_is_markup(
    client: Client, page: Information
) -> None:
    text = 'Siehe „Beratung“ (/beratung/) und /beratung/sicher/, <b>nicht</b> /x/beratung/ "/beratung/": https://a.example.org'
    Information.objects.filter(pk=page.pk).update(sections=[{"heading": "Eins", "paragraphs": [text], "points": []}])
    shown = client.get("/vor-der-reise/vertrag/").content.decode()
    assert '(<a href="/beratung/">/beratung/</a>) und <a href="/beratung/sicher/">/beratung/sicher/</a>,' in shown
    assert "&lt;b&gt;nicht&lt;/b&gt; /x/beratung/ &quot;" in shown
    assert 'href="https://a.example.org"' in shown


def test_nobody_learns_what_somebody_reads_before_they_travel(client: Client, page: Information) -> None:
    for path in (
        "/vor-der-reise/",
        "/vor-der-reise/vertrag/",
        "/vor-der-reise/vertrag.pdf",
        "/api/v1/information/vertrag",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert not answer.cookies, path
        assert answer["Cache-Control"] == "no-store", path
        assert answer["Referrer-Policy"] == "no-referrer", path


def test_a_page_is_not_emptied_and_no_section_lacks_its_heading(page: Information) -> None:
    team = UserFactory(portal_team=True)
    german = kinds.german(page)
    seen = kinds.fingerprint(german)
    empty = {name: "" for name in german if name.startswith("s")} | {"summary": german["summary"]}
    with pytest.raises(actions.InformationError, match="mindestens einen Abschnitt"):
        actions.change(page=page, texts={**german, **empty}, user=team, seen=seen)
    with pytest.raises(actions.InformationError) as refused:
        actions.change(page=page, texts={**german, "s0_heading": ""}, user=team, seen=seen)
    assert set(refused.value.fields) == {"s0_heading"}


def test_no_file_of_their_own_tells_that_somebody_reads_before_they_travel(client: Client, page: Information) -> None:
    """What they load, a measure loads, too."""

    def kept(address: str) -> set[str]:
        return set(re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(address).content.decode()))

    entry = EntryFactory(slug="massnahme", published=True)
    for path in ("/vor-der-reise/", "/vor-der-reise/vertrag/"):
        assert kept(path) <= kept(entry.get_absolute_url())


def test_many_pdfs_for_one_address_are_too_many(client: Client, page: Information, monkeypatch: Any) -> None:
    monkeypatch.setattr(paper, "typeset", lambda *_given: b"%PDF-")
    answers = [client.get("/vor-der-reise/vertrag.pdf").status_code for _ in range(LIGHT.amount + 1)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_an_address_that_only_looks_like_the_directory_stays_whole() -> None:
    shown = linked("https://example.org/-/beratung/ und /beratung/")
    assert shown.count("<a ") == shown.count("</a>") == 2
    assert 'href="https://example.org/-/beratung/"' in shown
