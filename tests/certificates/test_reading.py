"""What readers of pupils make of files: records or named problems, whatever the bytes are."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from austausch.certificates.reading import READERS, Kind, Limits, Reading, Status, read
from tests.certificates.pupil_files import ADA, BEN, HEAD, csv, dat, svws_pupil, with_change, xlsx


def kinds(reading: Reading) -> list[Kind]:
    return [problem.kind for problem in reading.problems]


def only_problem(reading: Reading) -> tuple[Kind, int, str]:
    (problem,) = reading.problems
    return problem.kind, problem.row, problem.field


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.dat", dat(ADA)),
        ("a.dat", dat(ADA, encoding="utf-8")),
        ("a.csv", csv(ADA)),
        ("a.csv", csv(ADA, sign=",")),
        ("a.csv", csv(ADA, sign="\t", encoding="cp1252")),
        ("a.csv", csv(ADA, encoding="utf-8-sig")),
        ("a.csv", csv(ADA, encoding="utf-16")),
        ("a.xlsx", xlsx(ADA)),
        ("a.xlsx", xlsx(("Muster", "Ada", dt.date(2014, 2, 3), 2, 7, "7a", dt.datetime(2024, 8, 1, 0, 0)))),
    ],
)
def test_every_kind_of_table_gives_the_same_record(name: str, content: bytes) -> None:
    reading = read(name, content)
    assert reading.problems == ()
    (record,) = reading.records
    assert (record.family_name, record.first_names, record.row) == ("Muster", "Ada", 2)
    assert (record.birth_date, record.attending_since) == (dt.date(2014, 2, 3), dt.date(2024, 8, 1))
    assert (record.status, record.grade.lstrip("0"), record.class_name) == (Status.ACTIVE, "7", "7a")


def test_an_answer_of_the_svws_server_gives_a_record_with_its_town_and_class() -> None:
    content = json.dumps(
        {
            "schule": {"schulNr": 999001, "bezeichnung1": "Gymnasium Musterstadt"},
            "schueler": [svws_pupil(jahrVoraussichtlicheEntlassung=2033)],
            "klassen": [{"id": 3, "kuerzel": "7a"}],
            "orte": [{"id": 9, "plz": "00000", "ortsname": "Musterstadt"}],
        }
    )
    reading = read("schueler.json", content.encode())
    assert reading.problems == ()
    assert reading.school_number == "999001"
    (record,) = reading.records
    assert (record.first_names, record.call_name, record.source_id) == ("Ada Luise", "Ada", "4711")
    assert (record.street, record.house_number) == ("Musterweg", "5 a")
    assert (record.postal_code, record.town, record.class_name) == ("00000", "Musterstadt", "7a")
    assert record.expected_end == dt.date(2033, 7, 31)
    assert record.school_number == "999001"


def test_schild_knows_no_quoting() -> None:
    reading = read("a.dat", dat(with_change(ADA, Klasse='7"a')))
    assert reading.records[0].class_name == '7"a'


def test_a_house_number_in_the_cell_of_the_street_is_found() -> None:
    reading = read("a.dat", dat((*ADA, "Straße des 17. Juni 5 a"), head=(*HEAD, "Straße")))
    assert (reading.records[0].street, reading.records[0].house_number) == ("Straße des 17. Juni", "5 a")


@pytest.mark.parametrize(
    "column",
    [
        "Staatsangehörigkeit", "1. Staatsang.", "Herkunft", "Konfession", "Muttersprache", "nationality", "religionID",
        "verkehrspracheFamilie", "Anzahl Kinder", "Land of birth / Geburtsland", "Sprache", "moedertaal", "herkomst",
        "godsdienst", "hatMigrationshintergrund", "Aussiedler", "zuzugsjahr",
    ],
)  # fmt: skip
def test_a_file_that_says_where_somebody_comes_from_is_refused_and_nothing_of_it_is_read(column: str) -> None:
    for name, content in (
        ("a.dat", dat((*ADA, "x"), head=(*HEAD, column))),
        ("a.csv", csv((*ADA, "x"), head=(*HEAD, column))),
        ("a.xlsx", xlsx((*ADA, "x"), head=(*HEAD, column))),
        ("a.json", json.dumps([svws_pupil(**{column: "x"})]).encode()),
    ):
        reading = read(name, content)
        assert reading.refused
        assert reading.records == ()
        assert only_problem(reading) == (Kind.FORBIDDEN_COLUMN, 0, column)


def test_columns_that_are_not_read_are_named() -> None:
    reading = read("a.csv", csv((*ADA, "0000"), head=(*HEAD, "Telefon")))
    assert only_problem(reading) == (Kind.UNREAD_FIELDS, 0, "Telefon")
    assert not reading.refused
    assert len(reading.records) == 1


def test_a_missing_column_is_named_with_all_others_that_are_missing() -> None:
    reading = read("a.csv", csv(ADA[:3], head=HEAD[:3]))
    assert only_problem(reading) == (Kind.MISSING_COLUMN, 0, "Status, Jahrgang, Aufnahmedatum")


def test_the_same_column_twice_is_refused() -> None:
    reading = read("a.csv", csv((*ADA, "Muster"), head=(*HEAD, "Familienname")))
    assert kinds(reading) == [Kind.DOUBLE_COLUMN]


@pytest.mark.parametrize(
    ("column", "cell", "kind"),
    [
        ("Nachname", "", Kind.MISSING),
        ("Vorname", "", Kind.MISSING),
        ("Geburtsdatum", "31.02.2014", Kind.NOT_A_DATE),
        ("Geburtsdatum", "03.02.14", Kind.NOT_A_DATE),
        ("Geburtsdatum", "02/03/2014", Kind.NOT_A_DATE),
        ("Geburtsdatum", "", Kind.MISSING),
        ("Aufnahmedatum", "", Kind.MISSING),
        ("Status", "4", Kind.NOT_A_STATUS),
        ("Status", "", Kind.MISSING),
        ("Jahrgang", "", Kind.MISSING),
        ("Nachname", "Георгиев", Kind.LETTER),
        ("Vorname", "Ada 🙂", Kind.LETTER),
        ("Nachname", "=HYPERLINK(1)", Kind.FORMULA),
        ("Nachname", "@SUM(A1)", Kind.FORMULA),
        ("Nachname", "a" * 121, Kind.TOO_LONG),
        ("Nachname", "a" * 401, Kind.TOO_LONG),
        ("Nachname", "Mus\x01ter", Kind.CONTROL),
    ],
)
def test_a_bad_cell_is_named_with_its_row_and_the_others_are_read(column: str, cell: str, kind: Kind) -> None:
    reading = read("a.csv", csv(BEN, with_change(ADA, **{column: cell})))
    assert only_problem(reading) == (kind, 3, column)
    assert [record.first_names for record in reading.records] == ["Ben"]


def test_a_letter_outside_din_91379_is_named_with_its_position() -> None:
    (problem,) = read("a.csv", csv(with_change(ADA, Nachname="Mustеr"))).problems  # е is Cyrillic
    assert problem.detail == "5 е U+0435"


def test_letters_of_registers_pass_also_those_made_of_two_signs() -> None:
    name = "Țăranu-Şahin Õunapuu’s M̂ Đỗ ẞ"
    reading = read("a.csv", csv(with_change(ADA, Nachname=name)))
    assert reading.problems == ()
    assert reading.records[0].family_name == name


def test_names_are_kept_in_composed_form_and_without_doubled_blanks() -> None:
    reading = read("a.csv", csv(with_change(ADA, Nachname="Mu\u0308ller   Meier")))
    assert reading.records[0].family_name == "Müller Meier"


def test_a_row_with_more_cells_than_the_heading_is_not_guessed_at() -> None:
    reading = read("a.csv", csv((*ADA, "x"), BEN))
    assert only_problem(reading)[:2] == (Kind.TOO_MANY_CELLS, 2)
    assert len(reading.records) == 1


def test_a_formula_in_a_workbook_is_refused_and_not_computed() -> None:
    reading = read("a.xlsx", xlsx(with_change(ADA, Nachname='=CONCAT("Mus","ter")'), BEN))
    assert only_problem(reading) == (Kind.FORMULA, 2, "Nachname")


@pytest.mark.parametrize("name", ["a.txt", "a", "a.xlsm", "a.exe", "a.csv.exe", ".csv"])
def test_other_types_of_file_are_refused(name: str) -> None:
    assert kinds(read(name, csv(ADA)))[0] in {Kind.UNKNOWN_TYPE, Kind.MACROS}


def test_empty_files_and_headings_alone_are_refused() -> None:
    assert [kinds(read(name, b" \n")) for name in ("a.csv", "a.dat", "a.json")] == [[Kind.EMPTY]] * 3
    assert kinds(read("a.csv", csv())) == [Kind.EMPTY]
    assert kinds(read("a.json", b"[]")) == [Kind.EMPTY]


def test_limits_of_size_rows_and_columns() -> None:
    assert kinds(read("a.csv", csv(ADA), limits=Limits(bytes=10))) == [Kind.TOO_LARGE]
    assert kinds(read("a.csv", csv(ADA, BEN), limits=Limits(rows=1))) == [Kind.TOO_MANY_ROWS]
    assert kinds(read("a.json", json.dumps([svws_pupil()] * 2).encode(), limits=Limits(rows=1))) == [Kind.TOO_MANY_ROWS]
    many = ";".join(f"c{n}" for n in range(1_000_000)).encode()
    assert kinds(read("a.csv", many)) == [Kind.TOO_MANY_COLUMNS]
    assert kinds(read("a.dat", many.replace(b";", b"|"))) == [Kind.TOO_MANY_COLUMNS]


def test_null_bytes_are_refused() -> None:
    assert kinds(read("a.csv", csv(ADA) + b"\0")) == [Kind.NOT_TEXT]
    assert kinds(read("a.dat", dat(ADA) + b"\0")) == [Kind.NOT_TEXT]


def changed(content: bytes, **members: bytes) -> bytes:
    """The workbook with other members."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename not in members:
                new.writestr(member.filename, old.read(member))
        for name, text in members.items():
            new.writestr(name, text)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
SPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def test_a_bomb_is_not_unpacked() -> None:
    bomb = changed(xlsx(ADA), **{SHEET: b"<worksheet>" + b" " * 5_000_000 + b"</worksheet>"})
    assert len(bomb) < 50_000
    assert kinds(read("a.xlsx", bomb, limits=Limits(unpacked_bytes=1_000_000))) == [Kind.TOO_LARGE]


def test_macros_entities_and_a_million_columns_are_refused() -> None:
    assert kinds(read("a.xlsx", changed(xlsx(ADA), **{"xl/vbaProject.bin": b"x"}))) == [Kind.MACROS]
    entity = b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'
    assert kinds(read("a.xlsx", changed(xlsx(ADA), **{SHEET: entity}))) == [Kind.UNREADABLE]
    wide = (
        b"<worksheet "
        + SPACE
        + b"><sheetData><row>"
        + b"<c><v>1</v></c>" * 1_000_000
        + b"</row></sheetData></worksheet>"
    )
    assert kinds(read("a.xlsx", changed(xlsx(ADA), **{SHEET: wide}))) == [Kind.TOO_MANY_COLUMNS]


@pytest.mark.parametrize(
    "content",
    [b"{", b"[" * 100_000, b"[1]", b'{"a": 1}', b"[{}]", b'[{"nachname": NaN}]', b'{"schueler": 5}', b"9" * 5000,
     b'[{"nachname": {"a": 1}}]', b'[{"nachname": "\\ud800"}]', b'{"schueler": [{"id": 1}], "klassen": [{"id": []}]}'],
)  # fmt: skip
def test_broken_json_ends_in_a_named_problem(content: bytes) -> None:
    reading = read("a.json", content)
    assert reading.problems
    assert reading.records == ()


VALID = [dat(ADA, BEN), csv(ADA, BEN), xlsx(ADA, BEN), json.dumps([svws_pupil()]).encode()]


def check(content: bytes, encoding: str = "") -> None:
    for ending in READERS:
        reading = read(f"a{ending}", content, limits=Limits(rows=200, columns=50), encoding=encoding)
        assert reading.records or reading.problems
        assert not (reading.refused and reading.records)


@example(b"\xff\xfe\x00")
@example(b"\xef\xbb\xbf")
@example(b'"')
@given(st.binary(max_size=400))
def test_any_bytes_give_records_or_named_problems(content: bytes) -> None:
    check(content)


@hypothesis_settings(max_examples=150)
@given(st.sampled_from(VALID), st.integers(0, 10_000), st.binary(max_size=6), st.sampled_from(["", "cp850", "utf-8"]))
def test_a_changed_byte_in_a_good_file_gives_records_or_named_problems(
    content: bytes, at: int, other: bytes, encoding: str
) -> None:
    at %= len(content)
    check(content[:at] + other + content[at + len(other) :], encoding)


@given(st.lists(st.lists(st.text(max_size=30), min_size=7, max_size=7), max_size=4))
def test_any_text_in_the_cells_gives_records_or_named_problems(rows: list[list[str]]) -> None:
    text = "\n".join("|".join(row) for row in [list(HEAD), *rows])
    check(text.encode("utf-8", errors="surrogatepass"))


@given(st.lists(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists), max_size=3), st.data())
def test_any_values_in_json_give_records_or_named_problems(values: list[object], data: st.DataObject) -> None:
    pupil = svws_pupil()
    for value in values:
        pupil[data.draw(st.sampled_from(sorted(pupil)))] = value
    check(json.dumps([pupil]).encode())
