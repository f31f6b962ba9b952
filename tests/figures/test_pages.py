from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import Client
from django.utils.translation import override

from austausch.core.policy import Action, policy
from austausch.figures.models import Statistic, Value
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def statistic() -> Statistic:
    statistic = Statistic.objects.create(title="Beispielzahlen", unit="Personen", source="Beispielamt")
    for position, (series, old, new) in enumerate([("Bulgarien", 31097, 106164), ("Rumänien", 49154, 168711)]):
        for year, number in ((2013, old), (2023, new)):
            Value.objects.create(statistic=statistic, series=series, series_position=position, year=year, number=number)
    return statistic


def test_chart_and_table_show_the_same_figures_in_the_readers_language(client: Client, statistic: Statistic) -> None:
    for address, figure in (("/zahlen/", "106.164"), ("/en/zahlen/", "106,164")):
        page = client.get(address).content.decode()
        chart = page[page.index("<svg") : page.index("</svg>")]
        table = page[page.index("<table") : page.index("</table>")]
        assert figure in chart
        assert figure in table
        assert "Beispielamt" in page
        assert 'role="img"' in chart
        assert "<title" in chart
        assert "<desc" in chart


def test_figures_without_a_source_of_their_own_state_the_installations(
    client: Client, statistic: Statistic, settings: Any
) -> None:
    Statistic.objects.update(source="")
    settings.AUSTAUSCH_FIGURES_SOURCE = "Quelle des Katalogs"
    assert "Quelle des Katalogs" in client.get("/zahlen/").content.decode()
    settings.AUSTAUSCH_FIGURES_SOURCE = ""
    assert "Quelle: nicht angegeben" in " ".join(client.get("/zahlen/?neu=1").content.decode().split())


def test_the_chart_needs_no_inline_style_and_no_script(client: Client, statistic: Statistic) -> None:
    page = client.get("/zahlen/").content.decode()
    chart = page[page.index("<svg") : page.index("</svg>")]
    assert "style=" not in chart
    assert "<script" not in chart
    # Positions are numbers for programs: no language may write them with a comma.
    assert not re.search(r'(?:x|y|width|height)="[^"]*,', chart)


def test_the_growth_is_stated_as_computed(client: Client, statistic: Statistic) -> None:
    page = " ".join(client.get("/zahlen/").content.decode().split())
    assert "das 3,4-Fache von 2013" in page
    Value.objects.filter(year=2013).update(number=0)
    from austausch.core import generation

    generation.advance()
    assert "Fache" not in client.get("/zahlen/").content.decode()


def test_a_figure_that_is_not_given_is_not_shown_as_zero(client: Client, statistic: Statistic) -> None:
    Value.objects.filter(year=2013, series="Bulgarien").first().delete()
    page = client.get("/zahlen/").content.decode()
    table = page[page.index("<tbody") : page.index("</tbody>")]
    assert "nicht angegeben" in table
    assert ">0<" not in table


def test_without_figures_the_page_says_so(client: Client) -> None:
    assert "Noch keine Zahlen" in client.get("/zahlen/").content.decode()


def test_a_statistic_without_values_has_no_chart_and_does_no_harm(client: Client) -> None:
    Statistic.objects.create(title="Leer", unit="Personen")
    page = client.get("/zahlen/")
    assert page.status_code == 200
    assert "<svg class" not in page.content.decode()


def test_csv_opens_in_a_german_spreadsheet_and_runs_nothing(client: Client, statistic: Statistic) -> None:
    Value.objects.create(statistic=statistic, series="=cmd()", series_position=9, year=2023, number="1.5")
    response = client.get(f"/zahlen/{statistic.pk}.csv")
    assert response["Content-Disposition"] == 'attachment; filename="beispielzahlen.csv"'
    text = response.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[1] == ["Bulgarien", "2013", "31097", "Personen", "Beispielamt", "", "", ""]
    assert rows[-1][:3] == ["'=cmd()", "2023", "1,5"]


def test_json_has_the_shape_of_a_catalogue_file(client: Client, statistic: Statistic) -> None:
    data = client.get(f"/zahlen/{statistic.pk}.json").json()
    assert data["series"][1] == {"name": "Rumänien", "values": {"2013": 49154, "2023": 168711}}


@pytest.mark.parametrize("address", ["/zahlen/999999.csv", "/zahlen/{pk}.exe", "/zahlen/0.json"])
def test_what_is_not_there_is_not_found(client: Client, statistic: Statistic, address: str) -> None:
    assert client.get(address.format(pk=statistic.pk)).status_code == 404


def test_a_title_with_markup_stays_text(client: Client) -> None:
    statistic = Statistic.objects.create(title="<script>alert(1)</script>", unit="x")
    Value.objects.create(statistic=statistic, series="<b>", year=2020, number=1)
    page = client.get("/zahlen/").content.decode()
    assert "<script>alert" not in page
    assert "<b></text>" not in page


def test_the_page_is_cached_and_shows_an_edit_at_once(client: Client, statistic: Statistic) -> None:
    assert "public" in client.get("/zahlen/")["Cache-Control"]
    statistic.title = "Neuer Titel"
    statistic.save()
    assert "Neuer Titel" in client.get("/zahlen/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_figures(
    client: Client, statistic: Statistic, django_assert_max_num_queries: object
) -> None:
    for index in range(20):
        other = Statistic.objects.create(title=f"Reihe {index}", unit="x")
        Value.objects.create(statistic=other, series="A", year=2020, number=index)
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        assert client.get("/zahlen/").status_code == 200


def test_any_template_can_show_a_statistic(statistic: Statistic) -> None:
    template = Template("{% load figures %}{% leading_statistic as found %}{% statistic found 3 %}")
    with override("de"):
        html = template.render(Context({}))
    assert "<h3" in html
    assert "168.711" in html


def test_everyone_sees_figures_and_only_the_portal_team_changes_them(statistic: Statistic) -> None:
    assert policy.may(AnonymousUser(), Action.VIEW, statistic)
    assert not policy.may(AnonymousUser(), Action.EDIT, statistic)
    assert not policy.may(UserFactory(), Action.EDIT, statistic)
    assert policy.may(UserFactory(portal_team=True), Action.EDIT, statistic)
