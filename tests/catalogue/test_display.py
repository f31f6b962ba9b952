from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import translation

from austausch.catalogue import display
from austausch.catalogue.models import DatedAction, Document, Entry, FundingPer, Kind, Office, Precision
from austausch.people.models import Organisation

DAY, MONTH, YEAR, SCHOOL = Precision.DAY, Precision.MONTH, Precision.YEAR, Precision.SCHOOL_YEAR


def entry(**fields: Any) -> Entry:
    """An entry that was never saved: words need no database."""
    return Entry(title="Beratung", kind=fields.pop("kind", Kind.COUNSELLING), approach="integrative", **fields)


def period(start: tuple[dt.date, str] | None, end: tuple[dt.date, str] | None, open_end: bool = False) -> Entry:
    return entry(
        starts_on=start and start[0],
        starts_precision=start[1] if start else "",
        ends_on=end and end[0],
        ends_precision=end[1] if end else "",
        open_end=open_end,
    )


@pytest.mark.parametrize(
    ("start", "end", "open_end", "german", "english"),
    [
        (None, None, False, "", ""),
        (None, None, True, "laufend", "ongoing"),
        ((dt.date(2017, 1, 1), YEAR), (dt.date(2022, 12, 31), YEAR), False, "2017 bis 2022", "2017 to 2022"),
        ((dt.date(2023, 1, 1), YEAR), (dt.date(2023, 12, 31), YEAR), False, "2023", "2023"),
        ((dt.date(2016, 1, 1), YEAR), None, True, "seit 2016, laufend", "since 2016, ongoing"),
        (
            (dt.date(2021, 8, 1), SCHOOL),
            None,
            True,
            "seit Schuljahr 2021/2022, laufend",
            "since school year 2021/2022, ongoing",
        ),
        (
            (dt.date(2022, 8, 16), DAY),
            (dt.date(2022, 8, 17), DAY),
            False,
            "16. bis 17. August 2022",
            "16 to 17 August 2022",
        ),
        (
            (dt.date(2023, 4, 1), DAY),
            (dt.date(2025, 3, 31), DAY),
            False,
            "1. April 2023 bis 31. März 2025",
            "1 April 2023 to 31 March 2025",
        ),
        (
            (dt.date(2022, 4, 30), DAY),
            (dt.date(2022, 5, 1), DAY),
            False,
            "30. April bis 1. Mai 2022",
            "30 April to 1 May 2022",
        ),
        ((dt.date(2022, 3, 31), DAY), (dt.date(2022, 3, 31), DAY), False, "31. März 2022", "31 March 2022"),
        (
            (dt.date(2016, 1, 1), YEAR),
            (dt.date(2024, 12, 31), DAY),
            False,
            "2016 bis 31. Dezember 2024",
            "2016 to 31 December 2024",
        ),
        ((dt.date(2022, 3, 1), MONTH), None, False, "ab März 2022", "from March 2022"),
        (None, (dt.date(2024, 12, 31), YEAR), False, "bis 2024", "until 2024"),
        (
            (dt.date(2021, 8, 1), SCHOOL),
            (dt.date(2023, 7, 31), SCHOOL),
            False,
            "Schuljahr 2021/2022 bis Schuljahr 2022/2023",
            "school year 2021/2022 to school year 2022/2023",
        ),
    ],
)
def test_a_period_is_told_as_exactly_as_its_source_and_no_more(
    start: Any, end: Any, open_end: bool, german: str, english: str
) -> None:
    told = period(start, end, open_end)
    with translation.override("de"):
        assert display.period_text(told) == german
    with translation.override("en"):
        assert display.period_text(told) == english


@pytest.mark.parametrize(
    ("amount", "per", "german", "english"),
    [
        ("5500000", FundingPer.TOTAL, "5.500.000 Euro insgesamt", "5,500,000 euros in total"),
        ("6800000.00", FundingPer.YEAR, "6.800.000 Euro pro Jahr", "6,800,000 euros per year"),
        ("1234.5", FundingPer.TOTAL, "1.234,50 Euro insgesamt", "1,234.50 euros in total"),
        ("0", FundingPer.TOTAL, "0 Euro insgesamt", "0 euros in total"),
    ],
)
def test_a_sum_says_what_it_is_for(amount: str, per: str, german: str, english: str) -> None:
    funded = entry(funding_eur=Decimal(amount), funding_per=per)
    with translation.override("de"):
        assert display.funding_text(funded) == german
    with translation.override("en"):
        assert display.funding_text(funded) == english


def test_without_a_sum_nothing_is_said() -> None:
    assert display.funding_text(entry()) == ""


def test_empty_parts_are_no_sections() -> None:
    told = entry(goals=["Ein Ziel"], facts=[], results=["Ein Ergebnis"])
    with translation.override("de"):
        assert [(s.key, s.title, s.points) for s in display.sections(told)] == [
            ("goals", "Ziele", ("Ein Ziel",)),
            ("results", "Ergebnisse", ("Ein Ergebnis",)),
        ]


def test_the_teaser_is_the_summary_or_the_first_thing_said() -> None:
    assert display.teaser(entry()) == ""
    assert display.teaser(entry(facts=["Fakt"], goals=["Ziel"])) == "Ziel"
    assert display.teaser(entry(facts=["Fakt"])) == "Fakt"
    assert display.teaser(entry(summary="Kurz gesagt", goals=["Ziel"])) == "Kurz gesagt"
    assert len(display.teaser(entry(goals=["Wort " * 100]))) <= display.TEASER_CHARACTERS


@pytest.mark.parametrize("kind", [Kind.DECREE, Kind.LAW])
def test_a_rule_whose_period_is_over_says_since_when(kind: str) -> None:
    decree = entry(kind=kind, ends_on=dt.date(2023, 12, 31), ends_precision=DAY)
    with time_machine.travel("2023-12-31 12:00+01:00", tick=False):
        assert display.expired_text(decree) == ""
    with time_machine.travel("2024-01-01 12:00+01:00", tick=False), translation.override("de"):
        assert display.expired_text(decree) == "Nicht mehr gültig seit 1. Januar 2024"


def test_a_rule_that_ended_some_time_in_a_year_does_not_pretend_to_know_the_day() -> None:
    decree = entry(kind=Kind.DECREE, ends_on=dt.date(2020, 12, 31), ends_precision=YEAR)
    with translation.override("de"):
        assert display.expired_text(decree) == "Nicht mehr gültig seit Ende 2020"


def test_a_project_that_has_ended_is_not_called_invalid() -> None:
    assert display.expired_text(entry(kind=Kind.PILOT, ends_on=dt.date(2020, 12, 31), ends_precision=DAY)) == ""


def test_what_was_never_checked_is_not_said_to_be_checked() -> None:
    assert display.review_text(entry()) == ""
    with translation.override("de"):
        assert display.review_text(entry(checked_on=dt.date(2025, 7, 1))) == "Zuletzt geprüft am 1. Juli 2025"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (None, None, ""),
        (dt.date(2020, 1, 1), None, "Gültig ab 1. Januar 2020"),
        (None, dt.date(2099, 12, 31), "Gültig bis 31. Dezember 2099"),
        (dt.date(2020, 1, 1), dt.date(2099, 12, 31), "Gültig vom 1. Januar 2020 bis 31. Dezember 2099"),
        (dt.date(2020, 1, 1), dt.date(2021, 12, 31), "Nicht mehr gültig seit 1. Januar 2022"),
    ],
)
def test_a_document_says_when_it_holds(start: dt.date | None, end: dt.date | None, text: str) -> None:
    with translation.override("de"):
        assert display.validity_text(Document(valid_from=start, valid_to=end)) == text


def test_an_action_names_its_places_and_its_district() -> None:
    told = Entry(title="Kontrolle", lead=Organisation(name="Stadt"))
    told.actions.set(
        [
            DatedAction(starts_on=dt.date(2023, 11, 4), ends_on=dt.date(2023, 11, 5), place_names=["Kleve"]),
            DatedAction(
                starts_on=dt.date(2022, 10, 24),
                ends_on=dt.date(2022, 10, 25),
                place_names=["Gronau", "Südlohn"],
                district="Kreis Borken",
            ),
        ]
    )
    with translation.override("de"):
        first, second = display.action_texts(told)
    assert (first.period, first.where) == ("24. bis 25. Oktober 2022", "Gronau, Südlohn (Kreis Borken)")
    assert second.where == "Kleve"


def test_an_office_is_told_with_what_is_known_of_it() -> None:
    assert display.office_text(Office(place_name="Essen")) == "Essen"
    assert (
        display.office_text(Office(name="agisra e. V.", note="Selbstorganisation"))
        == "agisra e. V. – Selbstorganisation"
    )
