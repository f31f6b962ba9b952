"""The list of measures in the API: the same search, filters and order as the list page."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from django.http import HttpRequest, HttpResponse, QueryDict
from ninja import Field, Query, Router
from pydantic import StringConstraints, model_validator

from austausch.catalogue.api import SLUG, MeasureItem
from austausch.catalogue.models import Approach, Entry, Kind, Level, Status
from austausch.core.api import TEXT, Listing, Paging, Part
from austausch.search.asking import FACETS, MOST_VALUES
from austausch.search.asking import Query as Search
from austausch.search.finding import Hits

router = Router()
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=100)]
Ags = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,8}$")]


class Filters(Paging):
    """As on the list page: a repeated parameter means one of its values; different parameters all apply."""

    q: str = Field(
        "",
        max_length=200,
        pattern=TEXT,
        description="Words to look for; one is enough, more of them rank higher. Quotes keep words together, a minus"
        " before a word leaves out what holds it, and thema:, ort: and traeger: before a name or key filter.",
        examples=["Problemimmobilien"],
    )
    thema: list[Slug] = Field(
        [], max_length=50, description="Slugs of topics, see /api/v1/topics.", examples=[["wohnen"]]
    )
    art: list[Kind] = Field([], max_length=50, description="What a measure is.", examples=[["funding"]])
    ansatz: list[Approach] = Field([], max_length=50, description="How it works.", examples=[["regulatory"]])
    traeger: list[Slug] = Field(
        [], max_length=50, description="Keys of bodies, see /api/v1/bodies.", examples=[["mhkbd"]]
    )
    ebene: list[Level] = Field([], max_length=50, description="Level of government.", examples=[["state"]])
    ort: list[Ags] = Field(
        [],
        max_length=50,
        description="Official keys (AGS) of places, see /api/v1/places.",
        examples=[["05112"]],
    )
    status: list[Status] = Field([], max_length=50, description="Where it stands today.", examples=[["running"]])
    sort: Literal["relevanz", "neueste", "titel", "ende"] | None = Field(
        None,
        description="Order: by relevance (the usual one with words), newest first (without), title, or end.",
    )

    kopien: bool = Field(
        False,
        description="A source and the copies that others made of it are one hit: the copy whose territory holds the"
        " place filtered by, otherwise the source. With true each is a hit of its own.",
    )

    @model_validator(mode="after")
    def _not_too_many(self) -> Self:
        if (count := sum(len(getattr(self, name)) for name in FACETS)) > MOST_VALUES:
            raise ValueError(f"These are {count} values of filters; {MOST_VALUES} is the limit for all together.")
        return self

    def search(self) -> Search:
        params = QueryDict(mutable=True)
        params["q"] = self.q
        params["sort"] = self.sort or ""
        params["kopien"] = "1" if self.kopien else ""
        for name in FACETS:
            params.setlist(name, list(getattr(self, name)))
        return Search.from_params(params)


@router.get("/measures", response=Listing[MeasureItem], summary="Measures", tags=["measures"], url_name="measures")
def measures(request: HttpRequest, response: HttpResponse, filters: Query[Filters]) -> dict[str, Any]:
    """Programmes, measures and offers in the order of rank. Without parameters all of them, the newest first."""
    search = filters.search()
    hits = Hits(search, request.user)
    # The list page drops a filter whose values do not exist; a program has to be told that nothing fits it.
    unknown = search.facets.keys() - hits.query.facets.keys()
    keys = [] if unknown else hits.keys
    part = keys[filters.offset : filters.offset + filters.limit]
    found = {
        entry.pk: entry for entry in Entry.objects.with_card_parts().prefetch_related("topics").filter(pk__in=part)
    }
    items = [MeasureItem.values(found[key], request) for key in part if key in found]
    return Part(filters, len(keys), items).answer(request, response)
