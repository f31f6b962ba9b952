from __future__ import annotations

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pytest
from django.test import Client

from austausch.catalogue import exports, views
from austausch.catalogue.models import DatedAction, Entry, Kind
from austausch.core import fonts
from austausch.core.rate_limit import Limit
from austausch.search import exports as search_exports
from tests.catalogue.pdf_text import squeezed, text_of
from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db

HOSTILE = (
    '#import "x": y',
    "#panic() $x^2$ *fett* _kursiv_ `roh`",
    "= Überschrift <marke> @verweis \\u{41} // kein Kommentar /* auch nicht */",
    "\"Anführung\" 'und' „deutsche“ «französische»",
    "שלום עולם",
    "Donaudampfschifffahrtsgesellschaft" * 6,
    "ș ț ğ ł ē Ж Ω",
)


def with_action(**fields: object) -> Entry:
    entry: Entry = EntryFactory(**fields)
    action = DatedAction(starts_on=dt.date(2022, 10, 24), ends_on=dt.date(2022, 10, 25), place_names=["Gronau"])
    entry.actions.add(action)
    entry.save()
    entry.save_revision().publish()
    entry.refresh_from_db()
    return entry


def pdf(client: Client, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return response.content


@pytest.mark.parametrize(("language", "prefix"), [("de", ""), ("en", "/en")])
def test_the_pdf_is_tagged_titled_and_declares_its_standard(client: Client, language: str, prefix: str) -> None:
    with_action(slug="kontrollen", title="Grenzüberschreitende Kontrollen")
    with pikepdf.open(io.BytesIO(pdf(client, f"{prefix}/massnahmen/kontrollen.pdf"))) as made:
        assert bool(made.Root.MarkInfo.Marked)
        assert made.Root.StructTreeRoot
        assert str(made.Root.Lang).startswith(language)
        assert bool(made.Root.ViewerPreferences.DisplayDocTitle)
        with made.open_metadata() as metadata:
            assert metadata["dc:title"] == "Grenzüberschreitende Kontrollen"
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["pdfaid:part"] == "2"
        tags = set(_tags(made.Root.StructTreeRoot))
        assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L"} <= tags


def test_hostile_text_stands_there_literally(client: Client) -> None:
    EntryFactory(slug="x", title=HOSTILE[0], summary=HOSTILE[1], goals=list(HOSTILE), published=True)
    text = squeezed(text_of(pdf(client, "/massnahmen/x.pdf")))
    for hostile in HOSTILE:
        if "שלום" not in hostile:
            assert squeezed(hostile) in text
    # Set from right to left: the letters come in the order in which they are drawn.
    assert "שלום" in text or "שלום"[::-1] in text


def test_a_character_without_a_font_is_written_out_instead_of_an_empty_box(client: Client) -> None:
    EntryFactory(slug="x", title="Feier 😀 漢", published=True)
    text = squeezed(text_of(pdf(client, "/massnahmen/x.pdf")))
    assert "Feier[GRINNINGFACE][CJKUNIFIEDIDEOGRAPH6F22]" in text


def test_two_people_may_ask_for_unusual_letters_at_once() -> None:
    fonts._covers.cache_clear()
    letters = [chr(code) for code in range(0x4E00, 0x4E40)]
    with ThreadPoolExecutor(8) as people:
        assert set(people.map(fonts.covers, letters)) == {False}


def test_control_characters_do_no_harm(client: Client) -> None:
    EntryFactory(slug="x", goals=["Glocke\x07 und\u202e Umkehr"], published=True)
    assert "Glocke" in text_of(pdf(client, "/massnahmen/x.pdf"))


def test_the_pdf_needs_no_font_from_the_front_end_build(settings: object, tmp_path: object, client: Client) -> None:
    fonts.directories.cache_clear()
    exports.pdf._compiler.cache_clear()
    try:
        settings.STATICFILES_DIRS = [tmp_path]  # type: ignore[attr-defined]
        EntryFactory(slug="x", title="Größe", published=True)
        assert fonts.families() == list(fonts.BUNDLED)
        assert "Größe" in text_of(pdf(client, "/massnahmen/x.pdf"))
    finally:
        fonts.directories.cache_clear()
        exports.pdf._compiler.cache_clear()


def test_a_decree_that_no_longer_holds_says_so_in_the_pdf(client: Client) -> None:
    EntryFactory(slug="x", kind=Kind.DECREE, ends_on=dt.date(2023, 12, 31), ends_precision="day", published=True)
    assert squeezed("Nicht mehr gültig seit 1. Januar 2024") in squeezed(text_of(pdf(client, "/massnahmen/x.pdf")))


def test_the_same_day_gives_the_same_file(client: Client) -> None:
    EntryFactory(slug="x", published=True)
    first = pdf(client, "/massnahmen/x.pdf")
    # Past the page cache.
    assert pdf(client, "/massnahmen/x.pdf?anders=1") == first


def test_a_selection_has_contents_and_each_entry(client: Client) -> None:
    for number in range(3):
        EntryFactory(slug=f"m-{number}", title=f"Maßnahme Nummer {number}", published=True)
    content = pdf(client, "/massnahmen/liste.pdf?eintrag=m-0&eintrag=m-2&eintrag=gibt-es-nicht")
    text = squeezed(text_of(content))
    assert "Inhalt" in text
    # Once among the contents, once as its heading.
    assert text.count("MaßnahmeNummer0") == text.count("MaßnahmeNummer2") == 2
    assert "MaßnahmeNummer1" not in text
    with pikepdf.open(io.BytesIO(content)) as made:
        assert {"/TOC", "/TOCI"} <= set(_tags(made.Root.StructTreeRoot))


def test_an_empty_selection_is_an_empty_document_not_an_error(client: Client) -> None:
    assert pdf(client, "/massnahmen/liste.pdf?eintrag=gibt-es-nicht")


def test_drafts_do_not_get_into_a_selection(client: Client) -> None:
    EntryFactory(slug="geheim", title="Geheimer Entwurf")
    assert "Geheimer" not in text_of(pdf(client, "/massnahmen/liste.pdf?eintrag=geheim"))


def test_more_entries_than_a_pdf_takes_are_refused_with_what_to_do(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from austausch.search import exports as lists

    monkeypatch.setitem(lists.FORMATS, "pdf", lists.Format(exports.pdf_response, most=2))
    for _ in range(3):
        EntryFactory(published=True)
    response = client.get("/massnahmen/liste.pdf")
    assert response.status_code == 400
    assert "höchstens 2 auf einmal" in response.text
    assert "/massnahmen/liste.csv" in response.text


def _tags(node: pikepdf.Object) -> list[str]:
    found = [str(node.S)] if "/S" in node else []
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and child.get("/Type") != "/MCR":
            found += _tags(child)
    return found


@pytest.mark.parametrize("ending", ["pdf", "xlsx"])
def test_costly_files_are_made_so_often_and_no_more_for_one_address(
    client: Client, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(search_exports, "COSTLY", Limit("export", amount=2, seconds=100_000_000_000))
    answers = [client.get(f"/massnahmen/liste.{ending}?q=haus{number}") for number in (1, 2, 2, 3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert client.get("/massnahmen/liste.csv?q=haus3").status_code == 200


def test_a_third_pdf_at_once_is_refused_instead_of_holding_a_thread(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    EntryFactory(slug="x", published=True)
    inner: list[int] = []

    def busy(content: dict[str, object]) -> bytes:
        """While one is made, another visitor asks for one."""
        answer = client.get(f"/massnahmen/x.pdf?noch-eine={len(inner)}")
        inner.append(answer.status_code)
        if answer.status_code == 503:
            assert int(answer["Retry-After"]) > 0
            assert "Several PDF files are being made" in answer.text
        return b"%PDF"

    monkeypatch.setattr(exports.pdf, "_compile", busy)
    assert client.get("/massnahmen/x.pdf").status_code == 200
    assert inner == [503, 200]
    # Every place is free again, and the refusal was kept nowhere.
    monkeypatch.undo()
    assert client.get("/massnahmen/x.pdf?noch-eine=1").content.startswith(b"%PDF-")


def test_a_pdf_that_fails_gives_its_place_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    EntryFactory(slug="x", published=True)

    def fails(content: dict[str, object]) -> bytes:
        raise RuntimeError

    monkeypatch.setattr(exports.pdf, "_compile", fails)
    for number in range(exports.pdf.AT_ONCE + 1):
        with pytest.raises(RuntimeError):
            client.get(f"/massnahmen/x.pdf?{number}")


@pytest.mark.parametrize("ending", ["pdf", "json"])
def test_files_of_an_entry_are_limited_and_kept_ones_do_not_count(
    client: Client, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    EntryFactory(slug="x", published=True)
    monkeypatch.setattr(views, "LIGHT", Limit("export-light", amount=2, seconds=100_000_000_000))
    answers = [client.get(f"/massnahmen/x.{ending}?{number}") for number in (1, 1, 1, 2, 3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_streamed_lists_are_limited(client: Client, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    monkeypatch.setattr(search_exports, "LIGHT", Limit("export-light", amount=2, seconds=100_000_000_000))
    answers = [client.get(f"/massnahmen/liste.{ending}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
