"""Lists of synonyms: the one that comes with the software, and those that are imported."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from austausch.core import generation
from austausch.operation.installation import steps
from austausch.people.models import User
from austausch.search import analysis, synonym_editing, synonym_lists
from austausch.search.models import Synonym, SynonymTerm
from austausch.search.synonym_editing import check
from austausch.search.synonym_lists import ListError, read
from austausch.search.synonym_loading import START_FILE, ensure_start_list, load_list
from austausch.search.synonyms import START_LIST, alternatives
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

THESAURUS = """\
# OpenThesaurus
Atomkraftwerk;AKW (ugs.);Kernkraftwerk (fachspr.) ;(das) Meiler

Auto;Wagen;PKW
"""
MYTHES = """\
ISO8859-1
Gebäude|2
-|Bau|Bauwerk (fachspr.)|Immobilie (Oberbegriff)
-|Haus
Haus|1
(noun)|Gebäude|Mauern (Assoziation)
"""


@pytest.fixture
def editor() -> User:
    return UserFactory(portal_team=True)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def put(folder: Path, content: str | bytes, name: str = "liste.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def load(*args: Any, **options: Any) -> str:
    said = StringIO()
    call_command("load_synonyms", *args, stdout=said, **options)
    return said.getvalue()


def groups(path: Path) -> list[list[str]]:
    return [group.words.splitlines() for group in read(path).groups]


def finds(text: str) -> set[str]:
    key = analysis.key(text)
    return {" ".join(alternative.terms) for alternative in alternatives([key]).get(key, ())}


# Reading


def test_what_cannot_be_read_is_said_with_its_line_and_what_to_do_and_nothing_is_loaded(tmp_path: Path) -> None:
    bad = b"Auto;Wagen\nHa\x00us;Bau\nGeb\xe4ude;Bau\n" + b"x" * 20_001 + b";y\n"
    with pytest.raises(CommandError) as refused:
        load(put(tmp_path, bad), apply=True)
    said = str(refused.value).splitlines()
    assert said[0] == "Nothing was loaded: 3 problems."
    assert [re.match(r"  Line (\d):", one)[1] for one in said[1:]] == ["2", "3", "4"]  # type: ignore[index]
    assert "U+0000" in said[1]
    assert "Save the file with this encoding" in said[2]
    assert "more than 20000 characters" in said[3]
    assert not Synonym.objects.exists()


def test_the_first_fifty_problems_are_said(tmp_path: Path) -> None:
    with pytest.raises(ListError) as refused:
        read(put(tmp_path, "a\x01;b\n" * 1000))
    assert len(refused.value.problems) == 51
    assert "these are the first 50" in refused.value.problems[-1]


@pytest.mark.parametrize(
    "content",
    ["", "\n\n", "# nur eine Bemerkung\n", "ein Text ohne Gruppen\nund noch einer\n", ";;;\n", "UTF-8\n", "\ufeff"],
)
def test_a_file_without_a_group_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(ListError, match="holds no group"):
        read(put(tmp_path, content))


def test_a_file_that_is_too_large_or_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ListError, match="cannot be read"):
        read(tmp_path / "nirgends.txt")
    with pytest.raises(ListError, match="cannot be read"):
        read(tmp_path)
    monkeypatch.setattr(synonym_lists, "LARGEST", 10)
    with pytest.raises(ListError, match="larger than"):
        read(put(tmp_path, "Auto;Wagen;PKW"))


def test_a_thesaurus_is_read_without_its_annotations(tmp_path: Path) -> None:
    assert groups(put(tmp_path, THESAURUS)) == [
        ["Atomkraftwerk", "AKW", "Kernkraftwerk", "Meiler"],
        ["Auto", "Wagen", "PKW"],
    ]


def test_a_mythes_file_is_read_in_its_encoding_without_wider_narrower_and_opposite_words(tmp_path: Path) -> None:
    path = put(tmp_path, MYTHES.encode("latin-1"), "th_de_DE_v2.dat")
    # The last line says the same as the second meaning, from the other word's side.
    assert groups(path) == [["Gebäude", "Bau", "Bauwerk"], ["Gebäude", "Haus"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("UTF-8\nHaus\n", "Line 2: There is no “|” here"),
        ("UTF-8\nHaus|viele\n-|Bau\n", "Line 2: After “Haus|”, the number"),
        ("UTF-8\nHaus|99999999999\n", "Line 2: After “Haus|”, the number"),
        ("UTF-8\nHaus|2\n-|Bau\n", "The file ends before"),
        (b"UTF-8\nGeb\xe4ude|1\n-|Bau\n", "Line 2: This is not UTF-8 text"),
    ],
)
def test_a_broken_mythes_file_is_refused(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(ListError, match=re.escape(said)):
        read(put(tmp_path, content))


def cleaned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many characters each expression has that is cleaned from now on."""
    lengths: list[int] = []
    clean = synonym_lists.clean
    monkeypatch.setattr(synonym_lists, "clean", lambda text: (lengths.append(len(text)), clean(text))[1])
    synonym_lists._plain.cache_clear()
    return lengths


@pytest.mark.parametrize(
    "line", [";" * 20_000, "; ;\t" * 5_000, "Wagen;" * 3_000, ";".join("Wagen" + " " * n for n in range(190))]
)
def test_lines_of_nothing_but_semicolons_and_repetitions_are_not_cleaned_piece_by_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    lengths = cleaned(monkeypatch)
    path = put(tmp_path, "Haus;Bau\n" + 20 * f"{line}\n")
    assert groups(path) == [["Haus", "Bau"]]
    assert len(lengths) <= 3


def test_a_line_of_too_many_expressions_is_cleaned_only_as_far_as_one_sees_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths = cleaned(monkeypatch)
    reading = read(put(tmp_path, "Haus;Bau\n" + ";".join(f"w{number}" for number in range(3_000)) + "\n"))
    assert reading.too_large == [2]
    assert len(lengths) == 2 + synonym_editing.MOST_EXPRESSIONS + 1


def test_a_long_word_with_many_meanings_is_cleaned_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = cleaned(monkeypatch)
    read(put(tmp_path, f"UTF-8\n{'x' * 19_000}|500\n" + "-|Haus|Bau\n" * 500))
    assert sum(lengths) < 2 * 19_000


@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        ("Strom (Oberbegriff)", ""),
        ("Strom ( ugs., Oberbegriff , x)", ""),
        ("Strom (ugs. (Antonym))", ""),
        ("Strom (Oberbegriffe)", "Strom"),
        ("Strom (Oberbegriff", "Strom (Oberbegriff"),
        ("Oberbegriff (ugs.)", "Oberbegriff"),
    ],
)
def test_other_relations_are_told_from_annotations(expression: str, kept: str) -> None:
    assert synonym_lists._plain(expression) == kept


def test_what_is_of_no_use_is_left_out_and_counted(tmp_path: Path) -> None:
    many = ";".join(f"Wort{number}" for number in range(101))
    said = load(put(tmp_path, f"Auto;Auto (ugs.)\nund;oder\n{'x' * 121};y1\nHaus;Bau\n{many}\n"), apply=True)
    assert [one.words for one in Synonym.objects.all()] == ["Haus\nBau"]
    assert "too many: 4." in said
    assert "Too many expressions in lines: 5." in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("- a\n", "Line 1: "),
        ("synonyms: 3\n", "the one section “synonyms:”"),
        ("synonyms: []\nentries: []\n", "the one section “synonyms:”"),
        ("synonyms:\n  - Kita\n", "Line 2: Each group begins"),
        ("synonyms:\n  - words: Kita\n", "Line 2: “words” must be a list"),
        ("synonyms:\n  - words: [Kita, 3]\n", "Line 2: “words” must be a list"),
        ("synonyms:\n  - words: [Kita, Hort]\n    both_ways: vielleicht\n", "true or false"),
        ("synonyms:\n  - words: [Kita, Hort]\n    why: darum\n", "“why” is not known; these are: words, means"),
        ("synonyms:\n  - words: [Kita]\n", "Line 2: There is only one expression"),
        ("synonyms:\n  - words:\n    - Kita\n    - '!!!'\n    - Hort\n", "Line 4: “!!!” has neither"),
        ("synonyms: &a\n  - words: [Kita, *a]\n", "Anchors"),
        ("synonyms: [", "not valid YAML"),
    ],
)
def test_our_own_format_is_read_strictly(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(ListError, match=re.escape(said)):
        read(put(tmp_path, content, "liste.yaml"))


def test_our_own_format_knows_both_directions_and_one(tmp_path: Path) -> None:
    content = "synonyms:\n  - words: [Kita, Hort, KITA]\n    note: Weil\n  - {words: [Bulli], means: [Fahrzeug]}\n"
    both, one = read(put(tmp_path, content, "liste.yaml")).groups
    assert (both.words, both.means, both.both_ways, both.note) == ("Kita\nHort", "", True, "Weil")
    assert (one.words, one.means, one.both_ways) == ("Bulli", "Fahrzeug", False)


# Loading


def test_without_apply_nothing_is_written(tmp_path: Path) -> None:
    said = load(put(tmp_path, THESAURUS))
    assert "List “liste”: 2 groups new" in said
    assert "dry run" in said
    assert not Synonym.objects.exists()


def test_a_loaded_list_is_live_at_once_and_counts_less_than_what_editors_chose(tmp_path: Path) -> None:
    before = generation.current()
    load(put(tmp_path, THESAURUS), apply=True, name="OpenThesaurus")
    assert generation.current() > before
    assert finds("AKW") == {analysis.key(word) for word in ("Atomkraftwerk", "Kernkraftwerk", "Meiler")}
    assert not any(found.curated for found in alternatives([analysis.key("AKW")])[analysis.key("AKW")])


def test_loading_a_list_again_replaces_it_and_keeps_what_is_switched_off(tmp_path: Path, editor: User) -> None:
    own = synonym_editing.create(user=editor, wording=check(words="Auto\nKarre"))
    load(put(tmp_path, THESAURUS), apply=True)
    load(put(tmp_path, "Haus;Bau"), apply=True, name="andere")
    car = Synonym.objects.get(words__startswith="Auto\nWagen")
    synonym_editing.switch(car, user=editor, active=False)
    said = load(put(tmp_path, "Auto;Wagen;PKW\nRad;Fahrrad\n"), apply=True)
    assert "1 groups new, 1 gone, 0 with another reason, 1 unchanged" in said
    assert set(Synonym.objects.filter(word_list="liste").values_list("words", "active")) == {
        ("Auto\nWagen\nPKW", False),
        ("Rad\nFahrrad", True),
    }
    assert Synonym.objects.filter(pk=own.pk).exists()
    assert Synonym.objects.filter(word_list="andere").count() == 1
    assert finds("AKW") == set()
    assert not SynonymTerm.objects.filter(key=analysis.key("AKW")).exists()


def test_what_an_editor_changed_or_wrote_the_same_stays_as_it_is(tmp_path: Path, editor: User) -> None:
    path = put(tmp_path, THESAURUS)
    load(path, apply=True)
    car = Synonym.objects.get(words__startswith="Auto")
    synonym_editing.change(car, user=editor, wording=check(words="Auto\nKutsche"), active=True)
    synonym_editing.create(user=editor, wording=check(words="Auto\nWagen\nPKW"), active=False)
    said = load(path, apply=True)
    assert "because editors wrote the same: 1." in said
    assert Synonym.objects.get(pk=car.pk).words == "Auto\nKutsche"
    assert finds("Wagen") == set()


def test_a_list_that_breaks_off_half_way_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(put(tmp_path, THESAURUS), apply=True)
    new = read(put(tmp_path, "Haus;Bau\n")).groups

    def break_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_list(new, name="liste", progress=break_off)
    assert Synonym.objects.filter(word_list="liste").count() == 2
    assert finds("Wagen")


def test_a_large_list_is_written_in_batches_that_are_reported(tmp_path: Path) -> None:
    said = load(put(tmp_path, "".join(f"Wort{n}a;Wort{n}b\n" for n in range(4500))), apply=True)
    assert "2000 of 4500 groups written" in said
    assert "4500 of 4500 groups written" in said
    assert SynonymTerm.objects.count() == 9000
    assert "4500 unchanged" in load(put(tmp_path, "".join(f"Wort{n}a;Wort{n}b\n" for n in range(4500))), apply=True)


@pytest.mark.parametrize("name", ["start", "Editors", " ", "x" * 61, "a\x00b"])
def test_a_list_cannot_pass_itself_off_as_the_start_list_or_the_editors(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError):
        load(put(tmp_path, THESAURUS), apply=True, name=name)
    assert not Synonym.objects.exists()


def test_an_imported_list_is_taken_away_by_its_name_and_nothing_else_is(tmp_path: Path, editor: User) -> None:
    own = synonym_editing.create(user=editor, wording=check(words="Auto\nKarre"))
    load(put(tmp_path, THESAURUS), apply=True)
    assert "2 groups gone" in load(remove=True, name="liste")
    assert Synonym.objects.count() == 3
    load(remove=True, name="liste", apply=True)
    assert list(Synonym.objects.all()) == [own]
    for name in ("", "start"):
        with pytest.raises(CommandError):
            load(remove=True, name=name, apply=True)
    with pytest.raises(CommandError):
        load(remove=True, apply=True)


# The start list


def test_the_start_list_is_right_large_enough_and_explained() -> None:
    found = read(START_FILE).groups
    assert len(found) >= 120
    assert all(group.note for group in found)
    said = [(group.words, group.means) for group in found]
    assert len(said) == len(set(said))


def test_the_start_list_names_no_people_by_where_they_come_from_or_what_they_believe() -> None:
    text = START_FILE.read_text().lower()
    for part in ("bulgar", "rumän", "romani", "roma,", "sinti", "syrisch", "türk", "muslim", "christ", "islam", "jüd"):
        assert part not in text, part


def test_the_start_list_leads_from_everyday_and_english_words_to_the_words_of_the_field() -> None:
    ensure_start_list()
    for typed, meant in (
        ("Schrottimmobilien", "Problemimmobilie"),
        ("Kindergeldbetrug", "Sozialleistungsmissbrauch"),
        ("Zwangsehe", "Zwangsheirat"),
        ("nicht krankenversichert", "ohne Krankenversicherung"),
        ("ohne Krankenversicherung", "Clearingstelle"),
        ("Potentialanalyse", "Potenzialanalyse"),
        ("overcrowding", "Überbelegung"),
        ("forced marriage", "Zwangsheirat"),
        ("BAMF", "Bundesamt für Migration und Flüchtlinge"),
        ("Hartz IV", "SGB II"),
    ):
        # Where the analyser takes the two for the same, no synonym is needed.
        assert analysis.key(meant) in finds(typed) | {analysis.key(typed)}, typed


def test_setting_up_loads_the_start_list_once_and_undoes_nothing_that_editors_did(editor: User) -> None:
    step = dict(steps(catalogue=None))["synonyms"]
    assert step() == f"{len(read(START_FILE).groups)} made"
    assert step() is None
    changed, deleted, *_rest = Synonym.objects.all()
    synonym_editing.change(changed, user=editor, wording=check(words="Beispielwort\nMusterwort"), active=False)
    synonym_editing.delete(deleted, user=editor)
    before = list(Synonym.objects.values())
    assert step() is None
    assert list(Synonym.objects.values()) == before
    # Not even when nothing of it is left.
    Synonym.objects.all().delete()
    assert step() is None
    assert not Synonym.objects.exists()


def test_the_start_list_is_brought_up_to_date_on_request(editor: User) -> None:
    ensure_start_list()
    gone = Synonym.objects.filter(word_list=START_LIST).first()
    synonym_editing.delete(gone, user=editor)
    assert "List “start”: 1 groups new, 0 gone" in load()
    load(apply=True)
    assert Synonym.objects.filter(word_list=START_LIST).count() == len(read(START_FILE).groups)
