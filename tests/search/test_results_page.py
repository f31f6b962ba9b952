"""What results show beyond the list: marks, passages, what may have been meant, and for editors why."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from austausch.catalogue.documents import add_version
from austausch.catalogue.models import Citation, Document, Entry
from austausch.people.models import Membership
from austausch.search import cards, highlighting, synonym_editing
from austausch.search.highlighting import Passage
from austausch.search.models import DocumentText
from austausch.search.rebuilding import rebuild
from tests.catalogue import files
from tests.factories import (
    DocumentFactory,
    EntryFactory,
    MembershipFactory,
    OrganisationFactory,
    PlaceFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/massnahmen/"
Role = Membership.Role


def get(client: Client, path: str = LIST, **params: str) -> str:
    response = client.get(path, params)
    assert response.status_code == 200
    return response.content.decode()


def marks(page: str) -> list[str]:
    return [html.unescape(word) for word in re.findall(r"<mark>(.*?)</mark>", page)]


def excerpts(page: str) -> list[str]:
    """Passages as one reads them."""
    found = re.findall(r'<p class="excerpt">(.*?)</p>', page, re.DOTALL)
    return [html.unescape(re.sub(r"<.*?>", "", passage)).strip() for passage in found]


def cite(text: str, title: str = "Bericht", **fields: object) -> Entry:
    """An entry found only by what stands in a document."""
    entry: Entry = EntryFactory(title="Runder Tisch", **fields)
    document: Document = DocumentFactory(title=title)
    version = add_version(
        document=document, upload=files.upload("bericht.txt", text.encode()), user=UserFactory(portal_team=True)
    )
    DocumentText.objects.create(document=document, sha256=version.sha256, state=DocumentText.State.READ, text=text)
    entry.citations.add(Citation(document=document))
    entry.save()
    entry.save_revision().publish()
    rebuild()
    return entry


# ── Marks and passages ──────────────────────────────────────────────────────────────────────────────────────


def test_title_and_summary_are_marked_and_stay_escaped(client: Client) -> None:
    EntryFactory(title="Häuser <b>& Höfe", summary="Ein „Haus“ & <i>mehr", published=True)
    page = get(client, q="Haus")
    assert marks(page) == ["Häuser", "Haus"]
    assert "<mark>Häuser</mark> &lt;b&gt;&amp; Höfe</a>" in page
    assert "Ein „<mark>Haus</mark>“ &amp; &lt;i&gt;mehr</p>" in page
    assert excerpts(page) == []


def test_without_words_nothing_is_marked(client: Client) -> None:
    EntryFactory(title="Haus", goals=["Haus"], published=True)
    page = get(client)
    assert marks(page) == []
    assert excerpts(page) == []


@pytest.mark.parametrize("path", ["/api/v1/measures", "/massnahmen/liste.json", "/massnahmen/liste.atom"])
def test_what_is_taken_along_has_no_marks(client: Client, path: str) -> None:
    EntryFactory(title="Haus", published=True)
    response = client.get(path, {"q": "Haus"})
    body = b"".join(response) if response.streaming else response.content
    assert b"Haus" in body
    assert b"mark>" not in body


def test_a_word_that_only_the_text_holds_is_shown_in_its_passage(client: Client) -> None:
    EntryFactory(title="Runder Tisch", summary="Alle Ämter", goals=["Nichts", "Die <Schule> stärken"], published=True)
    page = get(client, q="Schule")
    assert excerpts(page) == ["Die <Schule> stärken"]
    assert "&lt;<mark>Schule</mark>&gt;" in page


def test_a_passage_shows_the_words_that_the_title_lacks(client: Client) -> None:
    EntryFactory(title="Schule", goals=["Eine Schule", "Im Bahnhof"], published=True)
    assert excerpts(get(client, q="Schule Bahnhof")) == ["Im Bahnhof"]
    assert excerpts(get(client, q="Schule")) == []


def test_what_an_entry_is_filed_under_is_said_if_nothing_else_shows_the_word(client: Client) -> None:
    EntryFactory(title="Runder Tisch", topics=[TopicFactory(name="Bahnhof")], published=True)
    assert excerpts(get(client, q="Bahnhof")) == ["Thema: Bahnhof"]


def test_a_word_that_only_a_document_holds_is_shown_with_the_documents_title(client: Client) -> None:
    cite("Vorher. " * 60 + "Die Wohnungsaufsicht prüft. " + "Nachher. " * 60, title="Bericht <2024>")
    page = get(client, q="Wohnungsaufsicht")
    (passage,) = excerpts(page)
    assert passage.startswith("Im Dokument „Bericht <2024>“: …")
    assert "Die Wohnungsaufsicht prüft." in passage
    assert passage.endswith("…")
    assert "Wohnungsaufsicht" in marks(page)


def test_a_document_that_all_hits_cite_is_read_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    document = cite("Die Wohnungsaufsicht prüft.", title="Bericht").citations.get().document
    for entry in EntryFactory.create_batch(3, published=True):
        entry.citations.add(Citation(document=document))
        entry.save()
        entry.save_revision().publish()
    read: list[str] = []

    def passage(texts: Sequence[str], *args: Any, **kwargs: Any) -> Passage | None:
        read.extend(text for text in texts if "prüft" in text)
        return highlighting.passage(texts, *args, **kwargs)

    monkeypatch.setattr(cards, "passage", passage)
    assert excerpts(get(client, q="Wohnungsaufsicht")) == ["Im Dokument „Bericht“: Die Wohnungsaufsicht prüft."] * 4
    assert len(read) == 1


def test_a_document_whose_entry_was_withdrawn_shows_nowhere(client: Client) -> None:
    entry = cite("Die Wohnungsaufsicht prüft.", title="Geheimer Bericht")
    entry.refresh_from_db()
    entry.unpublish()
    EntryFactory(title="Anderes", published=True)
    page = get(client, q="Wohnungsaufsicht")
    assert "Geheimer Bericht" not in page
    assert "prüft" not in page


# ── Did you mean ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_misspelled_word_finds_what_was_meant_and_says_so(client: Client) -> None:
    EntryFactory(title="Wohnungsaufsicht stärken", slug="aufsicht", published=True)
    page = get(client, q="Wonungsaufsicht")
    said = (
        "Für „Wonungsaufsicht“ wurde nichts gefunden. Angezeigt werden Treffer für ähnliche Wörter: Wohnungsaufsicht."
    )
    visible, announced = page.count(said), re.search(r'id="ansage"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert visible == 2
    assert announced
    assert said in announced[1]
    assert "Meinten Sie:" in announced[1]
    found = re.search(r'Meinten Sie: <a href="([^"]*)">([^<]*)</a>\?', page)
    assert found
    assert parse_qs(urlsplit(html.unescape(found[1])).query)["q"][0].lower() == "wohnungsaufsicht"
    assert "Meinten Sie" not in get(client, q="Wohnungsaufsicht")


@pytest.mark.parametrize("word", ["Haft", "Sport", "Erbe"])
def test_a_short_word_is_not_found_within_others(client: Client, word: str) -> None:
    EntryFactory(title="Patenschaften", summary="Baugewerbe und Transporte", published=True)
    assert "<h2" in (page := get(client, q=word))
    assert "0 Maßnahmen gefunden" in page


def test_a_word_within_longer_ones_is_found_and_named(client: Client) -> None:
    EntryFactory(title="Xyloverkehrsordnung", published=True)
    page = get(client, q="Verkehr")
    assert "1 Maßnahme gefunden" in page
    assert "Treffer für ähnliche Wörter: Xyloverkehrsordnung." in page


ONLY_PIECES = "wurde nichts gefunden. In diesen Maßnahmen geht es höchstens um einen Teil davon."


@pytest.mark.parametrize("typed", ["Datenschutz", "Opferdaten", "Datenschutz Brandschutz"])
def test_hits_for_a_piece_of_a_compound_alone_are_called_that(client: Client, typed: str) -> None:
    EntryFactory(title="Opferschutz", published=True)
    page = get(client, q=typed)
    assert "1 Maßnahme gefunden" in page
    assert page.count(f"Für „{typed}“ {ONLY_PIECES}") == 2


def test_pieces_are_called_that_where_only_what_is_shown_holds_no_more(client: Client) -> None:
    EntryFactory(title="Opferschutz", published=True)
    EntryFactory(title="Datenschutz im Verein", published=True)
    assert ONLY_PIECES in get(client, q="Datenschutz -Verein")
    assert ONLY_PIECES not in get(client, q="Datenschutz")


def test_pieces_do_not_hide_that_words_like_the_typed_one_were_found(client: Client) -> None:
    EntryFactory(title="Xyloverkehrsordnung", published=True)
    EntryFactory(title="Ordnung", published=True)
    assert "Treffer für ähnliche Wörter: Xyloverkehrsordnung." in get(client, q="Verkehrsordnung")


def test_no_word_is_proposed_of_which_only_pieces_are_found(client: Client) -> None:
    wording = synonym_editing.check(words="Datenschutz\nDSGVO")
    synonym_editing.create(user=UserFactory(portal_team=True), wording=wording)
    EntryFactory(title="Opferschutz", published=True)
    page = get(client, q="Datenschuzt")
    assert "Meinten Sie" not in page
    assert ONLY_PIECES in page


def test_the_words_of_a_synonym_scattered_over_entries_are_no_hit_for_it(client: Client) -> None:
    wording = synonym_editing.check(words="Datenschutz", means="Schutz personenbezogener Angaben", both_ways=False)
    synonym_editing.create(user=UserFactory(portal_team=True), wording=wording)
    for title in ("Opferschutz", "Personenbezogene Hilfe", "Angaben zum Bauantrag"):
        EntryFactory(title=title, published=True)
    assert ONLY_PIECES in get(client, q="Datenschutz")


def test_a_word_in_quotes_is_found_itself_or_not_at_all(client: Client) -> None:
    EntryFactory(title="Opferschutz", published=True)
    EntryFactory(title="Regeln des Datenschutzes", published=True)
    page = get(client, q='"Datenschutz"')
    assert "Regeln des" in page
    assert "Opferschutz" not in page
    assert "0 Maßnahmen gefunden" in get(client, q='"Datenschuzt"')


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Datenschutz", "Der Schutz von Daten"),
        ("Datenschutz", "Datenschutzes"),
        ("Datenschutz", "Datenschutzfragen"),
        ("Berufsorientierungsprojekt", "Berufsorientierung"),
        ("Überzahlung", "Zahlung"),
        ("Datenschutz Familie", "Opferschutz für Familien"),
        ("Datenschutz", "Opferschutz mit Vertraulichkeit"),
    ],
)
def test_hits_for_most_of_a_compound_another_word_or_a_synonym_are_not(client: Client, typed: str, text: str) -> None:
    wording = synonym_editing.check(words="Datenschutz", means="Vertraulichkeit", both_ways=False)
    synonym_editing.create(user=UserFactory(portal_team=True), wording=wording)
    EntryFactory(title="Beratung", summary=text, published=True)
    page = get(client, q=typed)
    assert "1 Maßnahme gefunden" in page
    assert "wurde nichts gefunden" not in page


@pytest.mark.parametrize("typed", ["5.500.000 Euro", "5,500,000", "5500000", "2019", "2023"])
def test_the_sum_and_the_years_of_a_measure_are_found(client: Client, typed: str) -> None:
    period = {"starts_on": dt.date(2019, 1, 1), "starts_precision": "year", "ends_on": dt.date(2023, 6, 1)}
    EntryFactory(
        title="Alpha", funding_eur=5_500_000, funding_per="total", ends_precision="month", **period, published=True
    )
    EntryFactory(title="Beta", facts=["Der Erlass 5.400.000 und 500.000"], published=True)
    page = get(client, q=typed)
    assert "Alpha" in page
    assert "Beta" not in page


def test_a_filter_that_does_not_exist_is_looked_for_as_a_word(client: Client) -> None:
    EntryFactory(title="Schimmel in der Wohnung", topics=[TopicFactory(key="wohnen", name="Wohnen")], published=True)
    EntryFactory(title="Anderes", published=True)
    page = get(client, q="thema:Wohnung")
    assert "1 Maßnahme gefunden" in page
    assert "Einige Filter gibt es nicht; sie wurden nicht angewandt" in page
    assert "Thema: Wohnung" in page
    assert 'value="Wohnung"' in page
    for address in ("/massnahmen/liste.json", "/api/v1/measures"):
        answer = client.get(address, {"q": "thema:Wohnung"})
        body = b"".join(answer) if answer.streaming else answer.content
        assert b"Schimmel" in body
        assert b"Anderes" not in body


@pytest.mark.parametrize("typed", ["thema:Wohnen", "thema:wohnen", "Thema: WOHNEN", "topic:Housing", "thema:housing"])
@pytest.mark.parametrize("path", ["/massnahmen/", "/en/massnahmen/"])
def test_a_field_word_takes_a_name_in_any_language(client: Client, path: str, typed: str) -> None:
    topic = TopicFactory(key="wohnen", name="Wohnen", name_en="Housing")
    EntryFactory(title="Alpha", topics=[topic], published=True)
    EntryFactory(title="Beta", published=True)
    page = get(client, path, q=typed)
    assert "Alpha" in page
    assert "Beta" not in page


def test_a_correction_keeps_the_filters(client: Client) -> None:
    topic = TopicFactory(key="wohnen", name="Wohnen")
    EntryFactory(title="Wohnungsaufsicht stärken", topics=[topic], published=True)
    page = get(client, q="Wonungsaufsicht", thema="wohnen")
    found = re.search(r'Meinten Sie: <a href="([^"]*)"', page)
    assert found
    assert parse_qs(urlsplit(html.unescape(found[1])).query)["thema"] == ["wohnen"]


def test_what_was_typed_comes_back_escaped(client: Client) -> None:
    EntryFactory(title="Wohnungsaufsicht", published=True)
    page = get(client, q="<b>Wonungsaufsicht</b>")
    assert "<b>Wo" not in page


# ── Search tips ─────────────────────────────────────────────────────────────────────────────────────────────


def test_every_search_tip_finds_something(client: Client) -> None:
    housing, school = TopicFactory(key="wohnen", name="Wohnen"), TopicFactory(key="schule", name="Schule und Kita")
    place = PlaceFactory(ags="05913000", name="Dortmund")
    lead = OrganisationFactory(key="stadt", name="Stadt Dortmund")
    for topics in ([housing], [housing], [housing, school]):
        entry = EntryFactory(topics=topics, lead=lead)
        entry.places.add(place)
        entry.save()
        entry.save_revision().publish()
    rebuild()
    found = re.search(r'id="suchtipps".*?</details>', get(client), re.DOTALL)
    assert found
    typed = {html.unescape(text): html.unescape(link) for link, text in re.findall(r'href="(.*?)">(.*?)<', found[0])}
    assert list(typed) == [
        "thema:Wohnen",
        "ort:Dortmund",
        "traeger:stadt",
        '"Stadt Dortmund"',
        'Wohnen -"Schule und Kita"',
    ]
    numbers = {}
    for text, address in typed.items():
        numbers[text] = re.search(r"(\d+) Maßnahmen? gefunden", client.get(address).content.decode())
    assert all(number and int(number[1]) > 0 for number in numbers.values()), numbers


def test_an_empty_list_has_no_tips(client: Client) -> None:
    assert "suchtipps" not in get(client)


# ── Why a hit stands where it stands ────────────────────────────────────────────────────────────────────────


def editor() -> Client:
    client = Client()
    client.force_login(MembershipFactory(role=Role.AUTHOR).user)
    return client


def test_editors_are_told_why(client: Client) -> None:
    EntryFactory(title="Wohnungsaufsicht <stärken>", slug="aufsicht", published=True)
    page = get(editor(), q="Aufsicht -Bahnhof", explain="1")
    assert "So wurden die Suchwörter verstanden" in page
    assert "ohne Bahnhof" in page
    assert "Gründe für den Platz von „Wohnungsaufsicht &lt;stärken&gt;“" in page
    assert re.search(r'<th scope="row">Teil eines Wortes</th>\s*<td[^>]*>Aufsicht\b.*?Titel.*?</td>', page)


def test_editors_are_told_what_the_reasons_come_to() -> None:
    for title in ("Haus und Hof", "Haus"):
        EntryFactory(title=title, published=True)
    page = get(editor(), q="Haus Hof", explain="1")
    found = re.findall(r'<th scope="row">Zusammen: .*?class="number">\s*([\d,]+)<', page, re.DOTALL)
    sums = [float(points.replace(",", ".")) for points in found]
    assert len(sums) == 2
    assert sums[0] > sums[1] > 0


def test_editors_are_told_no_word_of_what_was_withdrawn() -> None:
    EntryFactory(title="Quarzbibers", published=True).unpublish()
    EntryFactory(title="Etwas anderes", published=True)
    assert "Quarzbibers" not in get(editor(), q="quarzbiber anderes", explain="1")


def test_editors_are_told_words_and_not_stems() -> None:
    EntryFactory(title="Immobilien und Häuser in Nordstadt", published=True)
    page = get(editor(), q="Schrottimmobilie Haus", explain="1")
    assert "In allen Formen: Schrottimmobilie" in page
    # A part that is a word of the vocabulary, and one that is none.
    assert "Teile: schrott…, Immobilien" in page


def test_editors_find_the_way_there_and_back_and_keep_it(client: Client) -> None:
    lead = OrganisationFactory()
    for _ in range(26):
        EntryFactory(title="Haus", lead=lead, live=True)
    rebuild()
    signed_in = editor()
    page = get(signed_in, q="Haus")
    found = re.search(r'<a href="([^"]*)">Warum diese Reihenfolge\?</a>', page)
    assert found
    explained = signed_in.get(html.unescape(found[1])).content.decode()
    assert explained.count('class="reasons"') == 25
    back = re.search(r'<a href="([^"]*)">Treffer ohne Gründe anzeigen</a>', explained)
    assert back
    assert "explain" not in back[1]
    assert '<input type="hidden" name="explain" value="1">' in explained
    second = re.search(r'href="([^"]*seite=2[^"]*)"', explained)
    assert second
    assert "explain=1" in second[1]


def test_without_words_the_chosen_order_is_the_reason() -> None:
    EntryFactory(title="Haus", published=True)
    page = get(editor(), explain="1")
    assert "Das haben keine Suchwörter entschieden" in page


@pytest.mark.parametrize("who", ["visitor", "reader"])
def test_for_everybody_else_the_parameter_means_nothing(client: Client, who: str) -> None:
    EntryFactory(title="Haus", published=True)
    if who == "reader":
        client.force_login(MembershipFactory(role=Role.READER).user)
    plain = get(client, q="Haus")
    assert "Warum diese Reihenfolge" not in plain
    asked = get(client, q="Haus", explain="1")
    # The link to the other language leads to the same address, whatever is in it.
    assert asked.replace("&amp;explain=1", "") == plain


def test_the_portal_team_is_told_too(client: Client) -> None:
    EntryFactory(title="Haus", published=True)
    client.force_login(UserFactory(portal_team=True))
    assert 'class="reasons"' in get(client, q="Haus", explain="1")


def test_what_editors_are_told_reaches_no_visitor() -> None:
    EntryFactory(title="Haus", published=True)
    assert 'class="reasons"' in get(editor(), q="Haus", explain="1")
    assert 'class="reasons"' not in get(Client(), q="Haus", explain="1")


@pytest.mark.parametrize(
    ("typed", "shown"), [("Haus", "„Haus“"), ('"Haus"', "&quot;Haus&quot;"), ("„Haus am See“", "„Haus am See“")]
)
def test_words_are_put_in_quotation_marks_once(client: Client, typed: str, shown: str) -> None:
    page = get(client, q=typed)
    assert shown in page
    assert f"„{shown}“" not in page
    assert ("Lassen Sie die Anführungszeichen weg" in page) == (typed != "Haus")
