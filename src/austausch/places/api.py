"""Places in the API."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, P, PathEx, Query, Router, Schema

from austausch.core.api import TEXT, Listing, Paging, Part, Term
from austausch.core.policy import Action, policy
from austausch.places.models import Place

router = Router()


class PlaceFilters(Paging):
    name: str = Field("", max_length=100, pattern=TEXT, description="The beginning of the name.", examples=["Duis"])
    within: str = Field(
        "",
        pattern=r"^[0-9]{0,8}$",
        description="Official key (AGS) of the state or district whose places are wanted.",
        examples=["05"],
    )
    kind: Place.Kind | None = Field(None, description="What the place is.", examples=["city"])


class PlaceOut(Schema):
    """A state, district or municipality."""

    ags: str = Field(
        description="Official key (AGS): 2 digits a state, 5 a district or district-free city, 8 a municipality.",
        examples=["05112"],
    )
    name: str = Field(examples=["Duisburg"])
    kind: Term
    latitude: float | None = Field(description="In degrees (WGS 84).")
    longitude: float | None
    population: int | None

    @classmethod
    def values(cls, place: Place) -> dict[str, Any]:
        return {
            "ags": place.ags,
            "name": place.name,
            "kind": Term.of(Place.Kind(place.kind)),
            "latitude": place.latitude,
            "longitude": place.longitude,
            "population": place.population,
        }


@router.get("/places", response=Listing[PlaceOut], summary="Places", tags=["places"])
def places(request: HttpRequest, response: HttpResponse, filters: Query[PlaceFilters]) -> dict[str, Any]:
    """States, districts and municipalities by name. A key contains all keys that begin with it."""
    rows = policy.which(request.user, Action.VIEW, Place.objects.within(filters.within))
    if filters.name:
        rows = rows.filter(name__istartswith=filters.name)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    part = rows.order_by("name", "ags")[filters.offset : filters.offset + filters.limit]
    return Part(filters, rows.count(), [PlaceOut.values(place) for place in part]).answer(request, response)


@router.get("/places/{ags}", response=PlaceOut, summary="One place", tags=["places"], url_name="place")
def place(
    request: HttpRequest,
    ags: PathEx[str, P(pattern=r"^[0-9]{2,8}$", description="Official municipality key (AGS).", examples=["05112"])],
) -> dict[str, Any]:
    """The place with this official key."""
    found = policy.which(request.user, Action.VIEW, Place.objects.filter(ags=ags)).first()
    if found is None:
        raise Http404("No place has this key. All of them are listed at /api/v1/places.")
    return PlaceOut.values(found)
