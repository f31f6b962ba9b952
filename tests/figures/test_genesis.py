"""Flat-file CSV of the statistical offices: made in their format here, with invented numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from austausch.figures import genesis, times

COUNT = "12411;Fortschreibung des Bevölkerungsstandes;STAG;Stichtag"
OLD = (
    "Statistik_Code;Statistik_Label;Zeit_Code;Zeit_Label;Zeit;1_Merkmal_Code;1_Merkmal_Label;1_Auspraegung_Code;"
    "1_Auspraegung_Label;BEV001__Bevölkerung__Anzahl;FLC001__Fläche__qkm\r\n"
    f"{COUNT};31.12.2021;GEMEIN;Gemeinden;05913000;Dortmund;586852;280,71\r\n"
    f"{COUNT};31.12.2022;GEMEIN;Gemeinden;05913000;Dortmund;593317;280,71\r\n"
    f"{COUNT};31.12.2022;GEMEIN;Gemeinden;05914000;Hagen;-;...\r\n"
)
SCHOOLS = "21111;Schulen;JAHR;Jahr;2021;KREISE;Kreise;05154;Kreis Kleve;ART;Schulart"
NEW = (
    "statistics_code;statistics_label;time_code;time_label;time;1_variable_code;1_variable_label;"
    "1_variable_attribute_code;1_variable_attribute_label;2_variable_code;2_variable_label;"
    "2_variable_attribute_code;2_variable_attribute_label;value;value_unit;value_variable_code;value_variable_label\n"
    f"{SCHOOLS};A;Grundschule;1.234;Anzahl;SCH001;Schulen\n"
    f"{SCHOOLS};B;Realschule;12,5;Anzahl;SCH001;Schulen\n"
)


def test_the_older_heading_with_two_contents() -> None:
    file = genesis.read(OLD.encode())
    assert file.problems == []
    assert file.contents == ["Bevölkerung", "Fläche"]
    first, area = file.figures[0], file.figures[1]
    assert (first.series, first.code, first.time, first.number, first.unit) == (
        "Dortmund", "05913000", 2021, Decimal(586852), "Anzahl",
    )  # fmt: skip
    assert area.number == Decimal("280.71")
    assert file.missing == 2, "what the office does not give is nothing, not 0"


def test_the_newer_heading_with_two_characteristics() -> None:
    file = genesis.read(b"\xef\xbb\xbf" + NEW.encode())
    assert file.problems == []
    assert [(one.series, one.number) for one in file.figures] == [
        ("Kreis Kleve, Grundschule", Decimal(1234)),
        ("Kreis Kleve, Realschule", Decimal("12.5")),
    ]
    assert file.figures[0].content == "Schulen"


QUARTERS = OLD.splitlines()[0].replace(
    "BEV001__Bevölkerung__Anzahl;FLC001__Fläche__qkm",
    "2_Merkmal_Code;2_Merkmal_Label;2_Auspraegung_Code;2_Auspraegung_Label;BAU001__Genehmigungen__Anzahl",
)
BUILDING = "31111;Baugenehmigungen;JAHR;Jahr;2022;KREISE;Kreise;05154;Kreis Kleve"


def test_quarters_and_months_stand_beside_the_year() -> None:
    rows = [f"{BUILDING};QUARTG;Quartale;QUART{number};{number}. Quartal;1{number}" for number in (1, 4)]
    file = genesis.read("\n".join([QUARTERS, *rows]).encode())
    assert file.problems == []
    assert [(one.series, times.written(one.time), one.number) for one in file.figures] == [
        ("Kreis Kleve", "2022-Q1", 11), ("Kreis Kleve", "2022-Q4", 14),
    ]  # fmt: skip
    rows = [f"{BUILDING};MONAT;Monate;MONAT{number};Monat;1" for number in ("01", "12")]
    file = genesis.read("\n".join([QUARTERS, *rows]).encode())
    assert [(one.code, times.written(one.time)) for one in file.figures] == [("05154", "2022-01"), ("05154", "2022-12")]


def test_in_the_newer_heading_too_and_in_the_time_itself() -> None:
    monthly = NEW.replace("ART;Schulart;A;Grundschule", "MONAT;Monate;MONAT03;März").replace(
        "ART;Schulart;B;Realschule", "MONAT;Monate;MONAT04;April"
    )
    assert [times.written(one.time) for one in genesis.read(monthly.encode()).figures] == ["2021-03", "2021-04"]
    written = NEW.replace("JAHR;Jahr;2021", "MONAT;Monat;2021-03")
    assert {times.written(one.time) for one in genesis.read(written.encode()).figures} == {"2021-03"}


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("MONAT;Monate;MONAT13;Dreizehnter", "„MONAT13“ ist kein Teil des Jahres „2022“"),
        ("QUARTG;Quartale;;Insgesamt", "„“ ist kein Teil des Jahres"),
        ("QUARTG;Quartale;QUART1;1. Quartal", "halten andere Zeiten"),
    ],
)
def test_a_wrong_part_of_the_year_is_named_with_its_row(part: str, words: str) -> None:
    rows = [f"{BUILDING};MONAT;Monate;MONAT01;Januar;1", f"{BUILDING};{part};2"]
    (problem,) = genesis.read("\n".join([QUARTERS, *rows]).encode()).problems
    assert problem.row == 3
    assert words in problem.message


def test_the_old_encoding_of_windows_is_read_too() -> None:
    assert genesis.read(OLD.encode("cp1252")).contents == ["Bevölkerung", "Fläche"]


@pytest.mark.parametrize(
    ("old", "new", "row", "word"),
    [
        ("586852", "viele", 2, "„viele“ ist keine Zahl"),
        ("586852", "12.34", 2, "keine Zahl"),
        ("586852", "1,2345", 2, "3 nach dem Komma"),
        ("586852", "99999999999999", 2, "13 Stellen"),
        ("31.12.2021", "Q1 2021", 2, "kein Jahr, Quartal oder Monat"),
        ("31.12.2021", "2021-Q5", 2, "kein Jahr, Quartal oder Monat"),
        ("31.12.2021", "2021-13", 2, "kein Jahr, Quartal oder Monat"),
        ("31.12.2021", "2021-03", 3, "halten andere Zeiten"),
        ("31.12.2021", "31.12.3021", 2, "kein Jahr, Quartal oder Monat"),
        ("31.12.2021", "31.12.2022", 3, "steht schon in Zeile 2"),
        (";586852", "", 2, "10 Felder statt 11"),
        ("Dortmund", "D" * 101, 2, "länger als 100 Zeichen"),
    ],
)
def test_what_is_wrong_is_named_with_its_row(old: str, new: str, row: int, word: str) -> None:
    problems = genesis.read(OLD.replace(old, new, 1).encode()).problems
    assert problems[0].row == row
    assert word in problems[0].message


@pytest.mark.parametrize("data", [b"", b"Tabelle: 12411\nStand: heute\n;2021;2022\n", b"\x00\xff\x00", b"PK\x03\x04"])
def test_what_is_no_flat_file_is_refused(data: bytes) -> None:
    file = genesis.read(data)
    assert file.problems
    assert file.figures == []


def test_a_file_without_figures_is_refused() -> None:
    assert genesis.read(OLD.splitlines()[0].encode()).problems[0].row == 0


def test_a_file_full_of_mistakes_names_as_many_as_anybody_can_mend() -> None:
    lines = OLD.splitlines()
    bad = "\n".join([lines[0], *([lines[1].replace("586852", "x y")] * 500)])
    assert len(genesis.read(bad.encode()).problems) == genesis.MOST_PROBLEMS


@given(st.binary(max_size=400))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    genesis.read(data)
    genesis.read(OLD.splitlines()[0].encode() + b"\n" + data)
