"""The whole index is made anew without anyone noticing, and whatever goes wrong leaves the old one as it was."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.http import QueryDict

from austausch.catalogue.models import Entry
from austausch.core import generation
from austausch.search import analysis, index, meaning, rebuilding
from austausch.search.asking import Query
from austausch.search.engines import Lookup, Text, engine
from austausch.search.finding import find
from austausch.search.index import compare
from austausch.search.management.commands import index as command
from austausch.search.models import IndexedEntry, Synonym
from austausch.search.rebuilding import RebuildError, rebuild
from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db


def found(word: str) -> list[str]:
    return [entry.slug for entry in find(Query.from_params(QueryDict(f"q={word}")), AnonymousUser()).entries]


def stands(word: str) -> list[int]:
    """Asks the engine itself, past everything that is kept in memory."""
    (keys,) = engine().find([Lookup(tuple(analysis.terms(word)), "title")])
    return sorted(keys)


def published(title: str) -> Entry:
    return EntryFactory(slug=title.lower(), title=title, published=True)


def nothing_lies_beside() -> bool:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    return not [table for table in tables if re.match("search_.*_(new|old)", table)]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[int, Callable[[], object]]], None]:
    """Rebuilds one entry after the other and does something in between: after so many entries, this."""
    monkeypatch.setattr(rebuilding, "BATCH", 1)

    def run(between: dict[int, Callable[[], object]]) -> None:
        rebuild(lambda done, total: between.get(done, lambda: None)())

    return run


# What goes wrong


@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_a_rebuild_that_is_stopped_leaves_the_old_index(steps: Any, ending: type[BaseException]) -> None:
    published("Lesen")
    published("Schreiben")
    digests = set(IndexedEntry.objects.values_list("digest", flat=True))

    def stop() -> None:
        raise ending

    with pytest.raises(ending):
        steps({1: stop})
    assert found("Schreiben") == ["schreiben"]
    assert not compare()
    assert set(IndexedEntry.objects.values_list("digest", flat=True)) == digests
    assert nothing_lies_beside()


def test_what_a_killed_rebuild_has_left_is_cleared_up() -> None:
    entry = published("Lesen")
    new = engine().beside()
    new.store([Text(key=4711, terms={"title": ["halb"]})])
    assert stands("Lesen") == [entry.pk]
    assert rebuild() == 1
    assert engine().stored() == {entry.pk}
    assert stands("halb") == []
    assert nothing_lies_beside()


def test_of_two_rebuilds_at_once_the_one_that_began_last_goes_on(steps: Any) -> None:
    entry, other = published("Lesen"), published("Schreiben")
    began_last = []

    def begin() -> None:
        new = rebuilding._Build(engine().beside())
        new.add([entry.pk])
        began_last.append(new)

    with pytest.raises(RebuildError):
        steps({1: begin})
    assert stands("Lesen") == [entry.pk]
    assert not compare()
    (new,) = began_last
    new.add([other.pk])
    rebuilding._switch(new)
    engine().tidy()
    assert stands("Lesen") == [entry.pk]
    assert stands("Schreiben") == [other.pk]
    assert [word.folded for word in engine().near("schreiben", 9)] == ["schreiben"]
    assert not compare()
    assert nothing_lies_beside()


def test_the_command_says_that_there_was_another_rebuild(monkeypatch: pytest.MonkeyPatch) -> None:
    def another(told: object) -> int:
        raise RebuildError

    monkeypatch.setattr("austausch.search.management.commands.index.rebuild", another)
    with pytest.raises(CommandError, match="Somebody else"):
        call_command("index", rebuild=True)


def test_a_switch_that_others_prevent_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    old = published("Lesen")
    usual = type(engine()).take_over
    tried = []

    def prevented(self: Any) -> None:
        tried.append(1)
        if len(tried) < 3:
            raise OperationalError("canceling statement due to lock timeout")
        usual(self)

    def publish_first(build: Any) -> None:
        published("Schreiben")
        switch(build)

    switch = rebuilding._switch
    monkeypatch.setattr(type(engine()), "take_over", prevented)
    monkeypatch.setattr(rebuilding, "_switch", publish_first)
    assert rebuild() == 2
    assert len(tried) == 3
    assert stands("Lesen") == [old.pk]
    assert found("Schreiben") == ["schreiben"]
    assert not compare()


def test_a_switch_that_is_always_prevented_leaves_the_old_index(monkeypatch: pytest.MonkeyPatch) -> None:
    published("Lesen")

    def prevented(self: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(type(engine()), "take_over", prevented)
    with pytest.raises(OperationalError):
        rebuild()
    assert found("Lesen") == ["lesen"]
    assert not compare()
    assert nothing_lies_beside()


# Meanwhile


def test_readers_find_everything_meanwhile(steps: Any) -> None:
    for title in ("Lesen", "Schreiben", "Rechnen"):
        published(title)
    seen: list[tuple[list[str], int]] = []
    steps(dict.fromkeys((1, 2, 3), lambda: seen.append((found("Schreiben"), IndexedEntry.objects.count()))))
    assert seen == [(["schreiben"], 3)] * 3


def test_what_is_published_meanwhile_is_found_at_once_and_afterwards(steps: Any) -> None:
    published("Lesen")
    published("Schreiben")
    seen: list[list[str]] = []

    def publish() -> None:
        published("Rechnen")
        seen.append(found("Rechnen"))

    steps({1: publish})
    assert seen == [["rechnen"]]
    assert found("Rechnen") == ["rechnen"]
    assert not compare()


def test_what_is_changed_meanwhile_is_found_by_its_new_words_only(steps: Any) -> None:
    entry = published("Lesen")
    published("Schreiben")

    def change() -> None:
        Entry.objects.filter(pk=entry.pk).update(title="Schwimmen")
        index.index([entry.pk])

    steps({1: change})
    assert stands("Schwimmen") == [entry.pk]
    assert stands("Lesen") == []
    assert not compare()


def test_what_is_withdrawn_meanwhile_is_not_in_the_new_index(steps: Any) -> None:
    entry = published("Lesen")
    published("Schreiben")
    steps({1: entry.unpublish})
    assert stands("Lesen") == []
    assert not IndexedEntry.objects.filter(pk=entry.pk).exists()
    assert not compare()


def test_what_is_published_at_the_last_moment_is_in_the_new_index(monkeypatch: pytest.MonkeyPatch) -> None:
    published("Lesen")
    switch = rebuilding._switch

    def publish_first(build: Any) -> None:
        published("Schreiben")
        switch(build)

    monkeypatch.setattr(rebuilding, "_switch", publish_first)
    assert rebuild() == 2
    assert found("Schreiben") == ["schreiben"]
    assert not compare()


# What comes of it


def test_a_rebuilt_index_takes_publications_and_can_be_rebuilt_again() -> None:
    published("Lesen")
    for title in ("Schreiben", "Rechnen"):
        rebuild()
        published(title)
        assert found(title) == [title.lower()]
        assert [spelling.shown for spelling in engine().beginning(title.lower()[:5], 1)] == [title]
        assert [spelling.shown for spelling in engine().near(title.lower()[:-1], 1)] == [title]
    assert not compare()
    assert nothing_lies_beside()


def test_a_rebuild_forgets_words_that_no_entry_says_any_more() -> None:
    entry = published("Lesen")
    Entry.objects.filter(pk=entry.pk).update(title="Schwimmen")
    index.index([entry.pk])
    assert engine().beginning("lesen", 1)
    rebuild()
    assert not engine().beginning("lesen", 1)
    assert engine().beginning("schwimmen", 1)


def test_a_rebuild_mends_what_disagrees() -> None:
    outdated, surplus, missing = published("Lesen"), published("Schreiben"), published("Rechnen")
    Entry.objects.filter(pk=outdated.pk).update(title="Schwimmen")
    Entry.objects.filter(pk=surplus.pk).update(live=False)
    IndexedEntry.objects.filter(pk=missing.pk).delete()
    engine().remove([missing.pk])
    assert compare()
    assert rebuild() == 2
    assert not compare()
    assert stands("Schwimmen") == [outdated.pk]


def test_a_rebuild_starts_a_new_generation() -> None:
    before = generation.current()
    rebuild()
    assert generation.current() > before


def test_a_rebuild_computes_the_keys_of_synonyms_anew() -> None:
    synonym = Synonym.objects.create(words="Kita\nKindergarten")
    synonym.terms.create(key="veraltet", searched=True, found=True)
    rebuild()
    assert not synonym.terms.filter(key="veraltet").exists()
    assert synonym.terms.count() == 2


def test_an_empty_catalogue_has_an_empty_index() -> None:
    assert rebuild() == 0
    assert engine().stored() == set()


# The command


def test_progress_is_told_in_lines_without_control_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "BATCH", 2)
    seconds = itertools.count(0, 120)
    monkeypatch.setattr(command.time, "monotonic", lambda: next(seconds))
    for title in ("Lesen", "Schreiben", "Rechnen"):
        published(title)
    out = io.StringIO()
    call_command("index", rebuild=True, stdout=out)
    assert out.getvalue().splitlines() == [
        "Indexed: 2 of 3 (66 %), about 60 s left",
        "Indexed: 3 of 3 (100 %), about 0 s left",
        "Indexed anew: 3 entries.",
    ]
    assert "\r" not in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_at_a_terminal_progress_stays_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "BATCH", 1)
    published("Lesen")
    published("Schreiben")
    out = io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: True)
    call_command("index", rebuild=True, stdout=out, no_color=True)
    assert out.getvalue().count("\n") == 2
    assert out.getvalue().count("\r") == 1


def test_missing_vectors_are_told_and_made_but_are_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    monkeypatch.setattr(meaning, "missing", lambda: [1, 2])
    monkeypatch.setattr(meaning, "refresh", lambda keys, told: made.extend(keys) or len(keys))
    out = io.StringIO()
    call_command("index", stdout=out)
    assert "Sentence vectors to be made: 2 entries" in out.getvalue()
    assert made == []
    call_command("index", apply=True, stdout=out)
    assert made == [1, 2]
    assert "Sentence vectors made: 2 entries." in out.getvalue()
