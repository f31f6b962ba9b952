"""The figures in the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, P, PathEx, Query, Router, Schema

from austausch.core.api import Listing, Paging, Part
from austausch.figures.models import Statistic
from austausch.figures.queries import public_statistics
from austausch.figures.tables import Table, as_json

router = Router()


class SeriesOut(Schema):
    """One series: its figures by time (2023, 2023-Q1 or 2023-03), in the statistic's unit."""

    name: str
    values: dict[str, float] = Field(examples=[{"2013": 31097, "2023": 106164}])


class RevisedOut(Schema):
    """What a figure was until it was replaced."""

    series: str
    year: int
    time: str = Field(description="2023, 2023-Q1 or 2023-03.")
    value: float
    replaced_on: dt.date


class StatisticOut(Schema):
    id: int
    title: str
    unit: str = Field(examples=["Personen"])
    source: str = Field(description="May be empty.")
    licence: str = Field(description="May be empty.")
    retrieved_on: dt.date | None = Field(description="When it was taken from its source.")
    note: str = Field(description="May be empty.")
    series: list[SeriesOut]
    revised: list[RevisedOut] = Field(description="What figures were before.")


@router.get("/statistics", response=Listing[StatisticOut], summary="Statistics", tags=["statistics"])
def statistics(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> dict[str, Any]:
    """All statistics with their figures."""
    rows = public_statistics().order_by("position", "title", "pk")
    items = [_values(row) for row in rows[paging.offset : paging.offset + paging.limit]]
    return Part(paging, rows.count(), items).answer(request, response)


@router.get(
    "/statistics/{id}", response=StatisticOut, summary="One statistic", tags=["statistics"], url_name="statistic"
)
def statistic(
    request: HttpRequest,
    id: PathEx[int, P(ge=1, le=2**53, description="The statistic's number.")],  # noqa: A002 - the word in the address
) -> dict[str, Any]:
    """One statistic with its figures."""
    found = public_statistics().filter(pk=id).first()
    if found is None:
        raise Http404("No statistic has this number. All of them are listed at /api/v1/statistics.")
    return _values(found)


def _values(statistic: Statistic) -> dict[str, Any]:
    return {"id": statistic.pk, **as_json(Table.of(statistic))}
