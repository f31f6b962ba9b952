"""One statistic in several ways: the same numbers in chart, table and file."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from austausch.figures import times
from austausch.figures.looking import indexed, per_thousand, possible
from austausch.figures.models import Statistic, Value
from austausch.figures.tables import Series, Table
from tests.factories import PlaceFactory

NUMBERS = st.decimals(min_value=1, max_value=10**9, places=1)


def table(*series: Series) -> Table:
    return Table(Statistic(title="Titel", unit="Personen"), series)


@given(st.lists(NUMBERS, min_size=2, max_size=6))
def test_an_index_begins_with_100_and_keeps_every_ratio(numbers: list[Decimal]) -> None:
    shown = indexed(table(Series("A", dict(enumerate(numbers, start=2000))))).series[0].values
    assert shown[2000] == 100
    for year, number in enumerate(numbers, start=2000):
        assert abs(shown[year] - number * 100 / numbers[0]) <= Decimal("0.05")


def test_the_base_year_is_the_first_that_all_series_have() -> None:
    both = table(
        Series("A", {2000: Decimal(0), 2001: Decimal(5), 2002: Decimal(10)}),
        Series("B", {2001: Decimal(4), 2002: Decimal(2)}),
    )
    shown = indexed(both)
    assert "2001 = 100" in shown.unit
    assert [series.values[2002] for series in shown.series] == [200, 50]


def test_without_a_common_year_there_is_no_index() -> None:
    assert possible(table(Series("A", {2000: Decimal(1)}), Series("B", {2001: Decimal(1)}))) == [""]


def test_per_thousand_divides_by_those_who_live_there() -> None:
    shown = per_thousand(table(Series("Ort", {2020: Decimal(500)}, population=20_000)))
    assert shown.series[0].values[2020] == 25
    assert shown.unit == "Personen je 1.000 Einwohner"


def test_places_of_which_nobody_knows_the_population_are_not_compared_that_way() -> None:
    assert "je1000" not in possible(table(Series("Ort", {2020: Decimal(5)}, 10), Series("X", {2020: Decimal(5)})))


def test_per_thousand_of_the_same_year_where_every_place_was_counted_in_it() -> None:
    shown = per_thousand(
        table(
            Series("A", {2020: Decimal(100), 2021: Decimal(100)}, 1000, {2020: Decimal(2000), 2021: Decimal(4000)}),
            Series("B", {2020: Decimal(100), 2021: Decimal(100)}, 1000, {2021: Decimal(5000)}),
        )
    )
    assert [one.values for one in shown.series] == [{2020: 100, 2021: 25}, {2020: 100, 2021: 20}]
    assert shown.basis[0].startswith("2021: je 1.000 Einwohner desselben Jahres")
    assert shown.basis[1].startswith("2020: ")


def test_quarters_are_divided_by_those_who_lived_there_in_their_year() -> None:
    quarter = times.of_quarter(2021, 2)
    shown = per_thousand(table(Series("A", {quarter: Decimal(50)}, None, {2021: Decimal(1000)})))
    assert shown.series[0].values == {quarter: 50}
    assert "2. Quartal 2021" in shown.basis[0]


@given(st.integers(1800, 2200), st.integers(1, 4), st.integers(1, 12))
def test_times_sort_and_are_read_as_they_are_written(year: int, quarter: int, month: int) -> None:
    for time in (year, times.of_quarter(year, quarter), times.of_month(year, month)):
        assert times.read(times.written(time)) == time
        assert times.year_of(time) == year
        times.check(time)
    assert times.of_month(year, 12) < times.of_month(year + 1, 1)
    assert times.of_quarter(year, 4) < times.of_quarter(year + 1, 1)


@pytest.mark.parametrize("time", [0, 99, 3000, 202300, 202313, 202332, 202337, 999933])
def test_what_is_no_time_is_refused(time: int) -> None:
    with pytest.raises(ValidationError, match="202333"):
        times.check(time)


@pytest.fixture
def statistic(db: None) -> Statistic:
    made = Statistic.objects.create(title="Beispiel", unit="Fälle", source="Amt", licence="frei")
    for name, ags, population in (("Kleve", "05154036", 50_000), ("Goch", "05154012", 30_000)):
        place = PlaceFactory(ags=ags, name=name, population=population)
        for year, number in ((2020, 100), (2021, 150)):
            Value.objects.create(statistic=made, series=name, year=year, number=number, place=place)
    return made


@pytest.mark.parametrize(
    ("query", "shown", "absent"),
    [("", "150", "je 1.000"), ("?ansicht=index", "150", "3,0"), ("?ansicht=je1000", "3", "150")],
)
def test_chart_table_and_files_show_the_same_view(
    client: Client, statistic: Statistic, query: str, shown: str, absent: str
) -> None:
    page = client.get(f"/zahlen/{statistic.pk}/{query}").content.decode()
    chart = page[page.index('<svg class="bars"') : page.index("</svg>")]
    rows = page[page.index("<tbody") : page.index("</tbody>")]
    in_chart = set(re.findall(r'class="bars__value"[^>]*>([^<]+)<', chart))
    in_table = set(re.findall(r'<td class="number">([^<]+)<', rows))
    assert in_chart == in_table
    assert shown in in_table
    file = client.get(f"/zahlen/{statistic.pk}.csv{query}").content.decode()
    assert {line.split(";")[2] for line in file.splitlines()[1:]} == in_table
    data = client.get(f"/zahlen/{statistic.pk}.json{query}").json()
    assert {f"{number:g}".replace(".", ",") for one in data["series"] for number in one["values"].values()} == in_table
    assert absent not in in_table


def test_places_are_compared_by_choice_without_scripts(client: Client, statistic: Statistic) -> None:
    page = client.get(f"/zahlen/{statistic.pk}/?reihe=Goch&ansicht=quer").content.decode()
    heads = re.findall(r'<th scope="col" class="number" lang="de">([^<]+)<', page)
    assert heads == ["Goch"]
    assert "<form" in page
    assert 'method="get"' in page
    everything = client.get(f"/zahlen/{statistic.pk}/?reihe=Nirgendwo").content.decode()
    assert "Kleve</th>" in everything


def test_licence_and_source_stand_beside_the_figures_and_in_the_files(client: Client, statistic: Statistic) -> None:
    assert "Lizenz: <span>frei" in client.get(f"/zahlen/{statistic.pk}/").content.decode().replace("\n", "")
    assert client.get(f"/zahlen/{statistic.pk}.json").json()["licence"] == "frei"
    assert ";frei;" in client.get(f"/zahlen/{statistic.pk}.csv").content.decode()


def test_the_page_says_by_which_inhabitants_it_divides(client: Client, statistic: Statistic) -> None:
    url = f"/zahlen/{statistic.pk}/?ansicht=je1000"
    assert "am 31. Dezember 2018" in client.get(url).content.decode()
    counts = Statistic.objects.create(title="Bevölkerung", unit="Personen", source="Amt", is_population=True)
    for place, number in (("05154036", 60_000), ("05154012", 20_000)):
        Value.objects.create(statistic=counts, series=place, year=2021, number=number, place_id=place)
    page = client.get(url).content.decode()
    assert "2021: je 1.000 Einwohner desselben Jahres (Bevölkerung: Amt)" in page
    assert "2020: Einwohnerzahlen" in page
    assert '<td class="number">7,5<' in page, "150 among 20,000"
    assert "(Bevölkerung: Amt)" in client.get(f"/zahlen/{statistic.pk}.csv?ansicht=je1000").content.decode()
    assert client.get(f"/zahlen/{statistic.pk}.json?ansicht=je1000").json()["basis"]
    assert "je1000" not in client.get(f"/zahlen/{counts.pk}/").content.decode(), "they are 1,000 per 1,000"


def test_quarters_and_months_are_called_what_they_are(client: Client, db: None) -> None:
    made = Statistic.objects.create(title="Anträge", unit="Anträge")
    for time, number in ((times.of_month(2023, 3), 5), (times.of_month(2023, 4), 10)):
        Value.objects.create(statistic=made, series="Alle", year=time, number=number)
    page = client.get(f"/zahlen/{made.pk}/").content.decode()
    assert '<th scope="col">Monat</th>' in page
    assert '<th scope="row">März 2023</th>' in page
    chart = page[page.index('<svg class="bars"') : page.index("</svg>")]
    assert ">03/23</text>" in chart
    assert "März 2023: 5" in chart, "what is read out has room for it"
    assert "2023-04;10;" in client.get(f"/zahlen/{made.pk}.csv").content.decode()
    assert client.get(f"/zahlen/{made.pk}.json").json()["series"][0]["values"] == {"2023-03": 5, "2023-04": 10}
    assert client.get(f"/api/v1/statistics/{made.pk}").json()["series"][0]["values"]["2023-03"] == 5
    english = client.get(f"/en/zahlen/{made.pk}/").content.decode()
    assert "March 2023" in english


def test_a_series_is_never_emptied_because_another_place_was_not_counted() -> None:
    one = Series("A", {2020: Decimal(100)}, None, {2020: Decimal(2000)})
    other = Series("B", {2020: Decimal(100)}, 1000)
    assert "je1000" in possible(table(one))
    assert "je1000" not in possible(table(one, other))
