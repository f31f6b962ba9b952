"""Names that a wrong code page has damaged are noticed; names as registers have them are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from austausch.certificates.reading import letters, names
from austausch.certificates.reading.names import Damage, damage

# Whole names with the letters that Windows-1252 lacks, and their neighbours.
NAMES = [
    "Țăranu", "Șerban", "Ștefănescu", "Ţepeş", "Şahin", "Yıldız", "Doğan", "Çağlar", "İbrahim", "Łukasz", "Wałęsa",
    "Kovačić", "Dvořák", "Černý", "Žižková", "Đorđević", "Nguyễn", "Kőszegi", "Ūsaitė", "Ķirsis", "Gheorghiță",
]  # fmt: skip
ORDINARY = [
    "Müller", "Groß", "Weiß-Öztürk", "O’Connor", "D'Angelo", "van der Berg", "Peña", "Núñez", "François", "Ångström",
    "Sørensen", "Jørgensen", "Ferrão", "Hélène", "Conceição", "Grześ", "Maria-José", "Mc Donald", "St. John", "Nový",
    "Benoît", "Zoë", "Jean‑Luc".replace("‑", "-"), "Æthelred", "Kærgaard", "Čech", "Mária", "Ý Lan".replace("Ý", "Y"),
    "Krüger", "Ülkü", "Äußerer", "Ørsted", "Ñáñez", "Ítalo", "Škoda", "Maïté", "Tõnu", "Łódź", "Æbelø", "Bélanger",
    *NAMES,
]  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_a_name_as_registers_have_it_is_left_alone(name: str) -> None:
    assert damage(name) is None
    assert letters.first_outside(letters.composed(name)) is None


def wrongly_read(name: str, written: str, read: str) -> str:
    return name.encode(written, errors="replace").decode(read, errors="replace")


@pytest.mark.parametrize("name", NAMES)
def test_letters_that_windows_1252_cannot_write_are_noticed(name: str) -> None:
    assert (
        damage(wrongly_read(name, "cp1252", "cp1252")) is Damage.LOST
        or name.encode("cp1252", "ignore").decode("cp1252") == name
    )


@pytest.mark.parametrize("name", [*NAMES, "Müller", "Groß", "Peña", "Sørensen", "François"])
@pytest.mark.parametrize("read", ["cp1252", "latin-1"])
def test_utf8_read_as_windows_1252_is_noticed(name: str, read: str) -> None:
    assert damage(wrongly_read(name, "utf-8", read)) in {Damage.SPLIT, Damage.LOST}


def test_utf8_damaged_twice_is_noticed() -> None:
    assert damage(wrongly_read(wrongly_read("Țăranu", "utf-8", "latin-1"), "utf-8", "latin-1")) is not None


@pytest.mark.parametrize(
    ("name", "code_page"),
    [
        ("Şahin", "cp1254"), ("Yıldız", "cp1254"), ("Doğan", "cp1254"), ("İbrahim", "cp1254"), ("Kılıç", "cp1254"),
        ("Țăranu", "cp1250"), ("Ţepeş", "cp1250"), ("Łukasz", "cp1250"), ("Wałęsa", "cp1250"), ("Kovačić", "cp1250"),
        ("Müller", "cp850"), ("Groß", "mac-roman"), ("Müller", "mac-roman"), ("Köhler", "cp850"),
    ],
)  # fmt: skip
def test_letters_swapped_by_another_code_page_are_noticed(name: str, code_page: str) -> None:
    wrong = name.encode(code_page, errors="replace").decode("cp1252", errors="replace")
    assert wrong != name
    assert damage(wrong) is not None


@pytest.mark.parametrize("name", ["Ozt?rk", "Ozt\ufffdrk", "�", "Öztü¿k"])
def test_lost_letters_are_noticed(name: str) -> None:
    assert damage(name) is Damage.LOST


@pytest.mark.parametrize("name", ["Muster (Gast)", "Ada <b>", "Muster2", "Muster/Beispiel", "a_b"])
def test_signs_that_names_do_not_have_are_worth_a_look(name: str) -> None:
    assert damage(name) is Damage.SIGNS


def test_nothing_is_ever_mended() -> None:
    assert not [name for name in vars(names) if "fix" in name or "repair" in name]


@given(st.text(max_size=40))
def test_any_text_can_be_looked_at(text: str) -> None:
    damage(text)
    outside = letters.first_outside(letters.composed(text))
    assert outside is None or letters.composed(text)[outside[0] - 1] == outside[1]
