"""Documents are found by what stands in them: what is read, when, and what is not shown to whom."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models.fields.files import FieldFile
from django.test import Client

from austausch.catalogue.documents import add_version
from austausch.catalogue.models import Citation, Document, DocumentVersion, Entry
from austausch.operation import work
from austausch.search import analysis, document_reading, extraction, word_parts
from austausch.search import index as search_index
from austausch.search.document_texts import texts
from austausch.search.extraction import Extract, State
from austausch.search.index import compare
from austausch.search.models import DocumentText, WaitingEntry
from tests.catalogue import files
from tests.factories import DocumentFactory, EntryFactory, UserFactory
from tests.search import document_files as made

pytestmark = pytest.mark.django_db

Commit = Callable[..., Any]


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Commit:
    """What happens inside is committed at its end, so that tasks are run."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def upload(document: Document, text: str | bytes, name: str = "bericht.txt") -> DocumentVersion:
    content = text.encode() if isinstance(text, str) else text
    return add_version(document=document, upload=files.upload(name, content), user=UserFactory(portal_team=True))


def cite(document: Document, *, live: bool = True, **fields: Any) -> Entry:
    entry: Entry = EntryFactory(**fields)
    entry.citations.add(Citation(document=document))
    entry.save()
    if live:
        entry.save_revision().publish()
    return entry


def found(words: str) -> set[str]:
    """Slugs of what a visitor finds."""
    items = Client().get("/api/v1/measures", {"q": words}).json()["items"]
    return {item["slug"] for item in items}


def batches_of(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many entries are indexed in each transaction from now on."""
    batches: list[int] = []
    index = document_reading.index
    monkeypatch.setattr(document_reading, "index", lambda entries: (batches.append(len(entries)), index(entries)))
    return batches


def _noting(asked: list[str], name: str, call: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: (asked.append(f"{name} {text}"), call(text))[1]


def _noted(asked: list[str], words: Iterable[str]) -> list[str]:
    some = list(words)
    asked += some
    return some


# ── Finding ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (made.pdf("Schrottimmobilien der Wohnungsaufsicht"), "bericht.pdf"),
        (made.docx("<w:p><w:t>Schrottimmobilien der Wohnungsaufsicht</w:t></w:p>"), "bericht.docx"),
        (made.odt("<text:p>Schrottimmobilien der Wohnungsaufsicht</text:p>"), "bericht.odt"),
        (b"Schrottimmobilien der Wohnungsaufsicht", "bericht.txt"),
    ],
    ids=["pdf", "docx", "odt", "txt"],
)
def test_a_word_that_stands_only_in_a_file_finds_the_entries_that_cite_it(
    content: bytes, name: str, commit: Commit
) -> None:
    document = DocumentFactory()
    cite(document, slug="zitiert")
    EntryFactory(slug="anderes", published=True)
    assert found("Wohnungsaufsicht") == set()
    with commit():
        upload(document, content, name)
    assert found("Wohnungsaufsicht") == {"zitiert"}
    assert not compare()


def test_an_entry_that_cites_a_document_later_is_found_by_it_at_once(commit: Commit) -> None:
    document = DocumentFactory()
    with commit():
        upload(document, "Wohnungsaufsicht")
    cite(document, slug="spaeter")
    assert found("Wohnungsaufsicht") == {"spaeter"}


def test_what_only_drafts_cite_is_found_by_nobody(commit: Commit) -> None:
    document = DocumentFactory()
    draft = cite(document, live=False)
    with commit():
        upload(document, "Wohnungsaufsicht")
    assert DocumentText.objects.get().text == "Wohnungsaufsicht"
    assert found("Wohnungsaufsicht") == set()
    assert not compare()
    draft.refresh_from_db()
    draft.save_revision().publish()
    assert found("Wohnungsaufsicht") == {draft.slug}
    draft.refresh_from_db()
    draft.unpublish()
    assert found("Wohnungsaufsicht") == set()


def test_a_document_counts_for_nobody_but_those_who_cite_it(commit: Commit) -> None:
    one, two = DocumentFactory(), DocumentFactory()
    first, second = cite(one), cite(two)
    with commit():
        upload(one, "eins")
        upload(two, "zwei")
    first.citations.add(Citation(document=two))
    first.save()
    assert texts([first.pk, second.pk]) == {first.pk: ["eins", "zwei"], second.pk: ["zwei"]}
    assert texts([second.pk]) == {second.pk: ["zwei"]}
    assert texts([]) == {}


def test_the_texts_of_many_entries_cost_as_many_queries_as_those_of_one(
    commit: Commit, django_assert_num_queries: Any
) -> None:
    documents = DocumentFactory.create_batch(3)
    entries = [cite(document).pk for document in documents for _ in range(2)]
    with commit():
        for document in documents:
            upload(document, document.slug)
    with django_assert_num_queries(2):
        assert len(texts(entries)) == 6


# ── Versions ────────────────────────────────────────────────────────────────────────────────────────────────


def test_with_a_new_version_the_old_words_go_at_once_and_the_new_ones_come(commit: Commit) -> None:
    document = DocumentFactory()
    cite(document, slug="zitiert")
    with commit():
        upload(document, "Wohnungsaufsicht")
    with commit():
        upload(document, "Kindergeldkasse")
        assert found("Wohnungsaufsicht") == set()
        assert not compare()
    assert found("Wohnungsaufsicht") == set()
    assert found("Kindergeldkasse") == {"zitiert"}


def test_a_deleted_version_is_found_no_more_and_the_one_before_is_again(commit: Commit) -> None:
    document = DocumentFactory()
    cite(document, slug="zitiert")
    with commit():
        upload(document, "Kindergeldkasse")
        wrong = upload(document, "Personalakte")
    assert found("Personalakte") == {"zitiert"}
    with commit():
        wrong.delete()
        assert found("Personalakte") == set()
        assert not compare()
    assert found("Kindergeldkasse") == {"zitiert"}
    with commit():
        document.versions.all().delete()
    assert not DocumentText.objects.exists()
    assert found("Kindergeldkasse") == set()


def test_a_deleted_document_leaves_nothing_behind(commit: Commit) -> None:
    document = DocumentFactory()
    with commit():
        upload(document, "Wohnungsaufsicht")
    assert DocumentText.objects.exists()
    with commit():
        document.delete()
    assert not DocumentText.objects.exists()


def test_an_entry_that_cites_a_document_no_more_is_found_by_it_no_more(commit: Commit) -> None:
    document = DocumentFactory()
    entry = cite(document)
    with commit():
        upload(document, "Wohnungsaufsicht")
    assert found("Wohnungsaufsicht") == {entry.slug}
    entry.citations.clear()
    entry.save_revision().publish()
    assert found("Wohnungsaufsicht") == set()


def test_a_version_that_comes_while_the_one_before_is_read_wins(
    commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = DocumentFactory()
    cite(document, slug="zitiert")
    upload(document, "alt")
    read = extraction.read

    def meanwhile(*args: Any) -> Extract:
        monkeypatch.setattr(extraction, "read", read)
        with commit():
            upload(document, "Kindergeldkasse")
        return Extract(State.READ, "Wohnungsaufsicht")

    monkeypatch.setattr(extraction, "read", meanwhile)
    assert document_reading.refresh(document.pk) is None
    assert found("Kindergeldkasse") == {"zitiert"}
    assert found("Wohnungsaufsicht") == set()


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────


def forbid_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> Extract:
        raise ConnectionError("The storage does not answer.")

    monkeypatch.setattr(extraction, "read", fail)


def test_what_was_read_is_not_read_again(commit: Commit, monkeypatch: pytest.MonkeyPatch) -> None:
    document = DocumentFactory()
    with commit():
        upload(document, "Wohnungsaufsicht")
    before = DocumentText.objects.get()
    forbid_reading(monkeypatch)
    assert document_reading.refresh(document.pk) == before
    document_reading.read_missing(seconds=60)
    call_command("read_documents")
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("read_documents", again=True, stderr=io.StringIO())
    assert DocumentText.objects.get().read_at == before.read_at


def test_a_broken_file_is_marked_and_the_document_stays_found_by_its_title(commit: Commit) -> None:
    document = DocumentFactory(title="Bericht der Wohnungsaufsicht")
    cite(document, slug="zitiert")
    with commit():
        upload(document, files.PDF, "kaputt.pdf")
    kept = DocumentText.objects.get()
    assert (kept.state, kept.problem, kept.text) == ("broken", "damaged", "")
    assert found("Wohnungsaufsicht") == {"zitiert"}


def test_a_file_that_is_gone_is_marked(commit: Commit) -> None:
    document = DocumentFactory()
    version = upload(document, "Wohnungsaufsicht")
    version.file.storage.delete(version.file.name)
    call_command("read_documents", stdout=io.StringIO())
    assert DocumentText.objects.get().problem == "missing"


def test_what_no_task_has_read_is_read_by_the_clock() -> None:
    cited, other = DocumentFactory.create_batch(2)
    cite(cited, slug="zitiert")
    DocumentFactory(slug="ohne-datei")
    upload(cited, "Wohnungsaufsicht")
    upload(other, "Kindergeldkasse")
    # As bulk operations leave it: a text of an earlier file.
    DocumentText.objects.create(document=other, sha256="0" * 64, state="read", text="veraltet")
    work.do_what_is_due()
    assert set(DocumentText.objects.values_list("text", flat=True)) == {"Wohnungsaufsicht", "Kindergeldkasse"}
    assert found("Wohnungsaufsicht") == {"zitiert"}
    assert not document_reading.missing().exists()


def test_a_storage_that_does_not_answer_keeps_nothing_else_from_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = DocumentFactory.create_batch(2)
    name = upload(bad, "eins").file.name
    upload(good, "zwei")
    opened = FieldFile.open

    def unreachable(self: FieldFile, mode: str = "rb") -> Any:
        if self.name == name:
            raise ConnectionError("no answer")
        return opened(self, mode)

    monkeypatch.setattr(FieldFile, "open", unreachable)
    document_reading.read_missing(seconds=60)
    assert DocumentText.objects.get().document == good
    assert list(document_reading.missing()) == [bad]


def test_the_clock_begins_nothing_when_its_time_is_over() -> None:
    upload(DocumentFactory(), "eins")
    document_reading.read_missing(seconds=-1)
    assert not DocumentText.objects.exists()


def test_what_many_cite_is_indexed_in_batches_and_in_the_end_all_of_it(
    commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_reading, "AT_ONCE", 2)
    batches = batches_of(monkeypatch)
    law = DocumentFactory()
    cited = {cite(law).slug for _ in range(5)}
    with commit():
        upload(law, "Wohnungsaufsicht")
    assert batches == [2, 2, 1]
    assert found("Wohnungsaufsicht") == cited
    assert not WaitingEntry.objects.exists()
    assert not compare()
    batches.clear()
    monkeypatch.setattr(document_reading, "LOSING_AT_ONCE", 4)
    with commit():
        law.versions.get().delete()
    assert batches == [4, 1]
    assert found("Wohnungsaufsicht") == set()
    assert not compare()


def test_a_document_that_many_cite_is_analysed_once_for_all_of_a_transaction(
    commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = DocumentFactory()
    cited = [cite(law).pk for _ in range(document_reading.AT_ONCE)]
    text = "Wohnungsaufsicht Kindergeldkasse"
    asked: list[str] = []
    for name in ("words", "terms", "spans"):
        monkeypatch.setattr(analysis, name, _noting(asked, name, getattr(analysis, name)))
    apart = word_parts.prepare
    prepared: list[str] = []
    monkeypatch.setattr(word_parts, "prepare", lambda words: apart(_noted(prepared, words)))
    with commit():
        upload(law, text)
    assert asked.count(f"words {text}") == asked.count(f"terms {text}") == 1
    assert asked.count("spans Kindergeldkasse") == prepared.count("Kindergeldkasse") == 1
    assert len(found("Kindergeldkasse")) == len(cited)
    assert not compare()


def test_of_a_document_that_others_come_before_as_much_is_indexed_as_by_itself(
    commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "MOST_TERMS", 4)
    before, law = DocumentFactory(), DocumentFactory()
    cite(law, slug="allein")
    cite(law, slug="auch-allein")
    behind = cite(before, live=False, slug="dahinter")
    behind.citations.add(Citation(document=law))
    behind.save_revision().publish()
    with commit():
        upload(before, "Schulamt Bauamt.")
        upload(law, "Wohnungsaufsicht 5㎞ Kindergeldkasse Jobcenter Rathaus")
    assert found("Wohnungsaufsicht") == {"allein", "auch-allein", "dahinter"}
    # Where the text is cut, a sign that stands for letters is cut off the word before it.
    assert found('"Wohnungsaufsicht 5km"') == {"allein", "auch-allein"}
    assert found('"Wohnungsaufsicht 5"') == {"dahinter"}
    assert found("Jobcenter") == {"allein", "auch-allein"}
    assert found("Rathaus") == set()
    assert not compare()


def test_entries_that_cite_many_documents_are_not_all_indexed_in_one_transaction(
    commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = batches_of(monkeypatch)
    most = document_reading.DOCUMENTS_AT_ONCE
    law = DocumentFactory()
    others = DocumentFactory.create_batch(2 * most)
    cited = set()
    for other in others:
        entry = cite(other, live=False)
        entry.citations.add(Citation(document=law))
        entry.save_revision().publish()
        cited.add(entry.slug)
    with commit():
        for other in others:
            upload(other, f"Schulamt {other.slug}")
    batches.clear()
    with commit():
        upload(law, "Wohnungsaufsicht")
    assert sum(batches) == len(others)
    assert max(batches) < most
    assert found("Wohnungsaufsicht") == cited
    assert not compare()


def test_what_a_crash_leaves_waiting_is_indexed_by_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_reading, "AT_ONCE", 2)
    law = DocumentFactory()
    cited = {cite(law).slug for _ in range(6)}
    upload(law, "Wohnungsaufsicht")
    document_reading.refresh(law.pk)
    index = document_reading.index

    def crash(entries: list[int]) -> None:
        index(entries)
        if WaitingEntry.objects.count() < 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(document_reading, "index", crash)
        with pytest.raises(KeyboardInterrupt):
            document_reading.index_waiting(seconds=60)
    assert WaitingEntry.objects.count() == 2
    assert len(found("Wohnungsaufsicht")) == 4
    document_reading.read_missing(seconds=60)
    assert found("Wohnungsaufsicht") == cited
    assert not WaitingEntry.objects.exists()
    assert not compare()


def test_what_no_task_has_indexed_is_indexed_by_the_clock_or_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_reading, "AT_ONCE", 1)
    law = DocumentFactory()
    cited = {cite(law).slug for _ in range(3)}
    upload(law, "Wohnungsaufsicht")
    # Without a commit no task begins.
    document_reading.refresh(law.pk)
    assert WaitingEntry.objects.count() == 2
    assert len(found("Wohnungsaufsicht")) == 1
    assert not document_reading.index_waiting(seconds=-1)
    work.do_what_is_due()
    assert found("Wohnungsaufsicht") == cited
    document_reading.refresh(law.pk, again=True)
    assert WaitingEntry.objects.exists()
    call_command("read_documents", stdout=io.StringIO())
    assert not WaitingEntry.objects.exists()


def test_an_entry_that_waits_and_is_withdrawn_or_deleted_meanwhile_is_in_nobodys_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(document_reading, "AT_ONCE", 1)
    law = DocumentFactory()
    _first, withdrawn, deleted = (cite(law) for _ in range(3))
    upload(law, "Wohnungsaufsicht")
    document_reading.refresh(law.pk)
    Entry.objects.get(pk=withdrawn.pk).unpublish()
    deleted.delete()
    assert document_reading.index_waiting(seconds=60)
    assert len(found("Wohnungsaufsicht")) == 1
    assert not compare()


def test_the_command_says_what_it_read() -> None:
    upload(DocumentFactory(slug="leitfaden"), made.pdf("Text"), "a.pdf")
    upload(DocumentFactory(slug="kaputt"), files.PDF, "a.pdf")
    out = io.StringIO()
    call_command("read_documents", stdout=out)
    assert out.getvalue().splitlines() == [
        "1/2 leitfaden: read, 1 pages, 4 characters",
        "2/2 kaputt: broken (damaged), 0 characters",
        "Read: 2 documents.",
    ]


def test_every_state_and_problem_of_the_reader_has_words_for_editors() -> None:
    assert {str(state) for state in State} == set(DocumentText.State.values)
    assert {str(problem) for problem in extraction.Problem if problem} == set(DocumentText.Problem.values)
