"""The counselling directory in the API. Its answers are as discreet as the pages: see core/discretion.py."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, P, PathEx, Query, Router, Schema

from austausch.core.api import TEXT, Listing, Paging, Part, TextLanguage, absolute
from austausch.counselling.finding import Found, Search, hours_of
from austausch.counselling.finding import Query as Wanted
from austausch.counselling.models import Office
from austausch.counselling.queries import public_offices
from austausch.languages.reading import summary

router = Router()


class OfficeFilters(Paging):
    place: str = Field(
        "",
        max_length=100,
        pattern=TEXT,
        description="Name of a place, postcode or key (AGS of 8 digits): the nearest come first.",
        examples=["Hagen"],
    )
    topic: str = Field("", max_length=60, pattern=TEXT, description="A topic's slug.", examples=["arbeit"])
    language: str = Field(
        "", max_length=3, pattern=r"^[a-z]*$", description="Language spoken in the office, ISO 639.", examples=["ro"]
    )
    open_now: bool = Field(False, description="Only offices that are open at this moment.")
    online: bool = Field(False, description="Only offices that advise online.")


class SpokenOut(Schema):
    """A language of the office, and how it is spoken there."""

    code: str = Field(description="ISO 639.", examples=["ro"])
    by: str = Field(description="native, fluent or interpreter; empty where that is not known.", examples=["native"])


class OpenOut(Schema):
    """How it stands at the moment of the answer."""

    status: str = Field(description="open, closed or unknown.", examples=["open"])
    until: dt.datetime | None = Field(description="Where it is open: when it closes.")
    next: dt.datetime | None = Field(description="Where it is closed: when it opens.")


class OfficeOut(Schema):
    """An office that advises. What nobody has told us is empty or null."""

    slug: str
    name: str
    url: str = Field(description="The office's page.")
    data: str = Field(description="The office as Open Referral's HSDS 3.")
    description: str
    provider: str = Field(description="Who runs it; may be empty.")
    place: str = Field(description="Key (AGS) of the place; may be empty.")
    latitude: float | None = Field(description="In degrees (WGS 84); see `precision`.")
    longitude: float | None
    precision: str = Field(description="What lies there: exact, postcode or municipality; empty without a position.")
    distance_km: float | None = Field(description="As the crow flies from the place that was asked for.")
    areas: list[str] = Field(description="Keys (AGS) of the places it is responsible for.")
    topics: list[str] = Field(description="Slugs.")
    languages: list[SpokenOut] = Field(description="Spoken in the office.")
    text_languages: list[TextLanguage] = Field(description="In which other languages there is a version of the text.")
    phone: str
    email: str
    website: str
    online: str = Field(description="yes, no, or empty where that is not known.")
    open: OpenOut
    assured_on: dt.date | None = Field(description="When somebody last said that all of this is right.")
    source: str


@router.get("/offices", response=Listing[OfficeOut], summary="Counselling offices", tags=["offices"])
def offices(request: HttpRequest, response: HttpResponse, filters: Query[OfficeFilters]) -> dict[str, Any]:
    """Offices that advise and help, nearest first where a place is given. An unknown place finds nothing."""
    search = Search(Wanted(filters.place, filters.topic, filters.language, filters.open_now, filters.online))
    if search.origin_problem:
        return Part(filters, 0, []).answer(request, response)
    found = search.part(filters.offset, filters.offset + filters.limit)
    return Part(filters, search.total, [_values(request, one) for one in found]).answer(request, response)


@router.get("/offices/{slug}", response=OfficeOut, summary="One office", tags=["offices"], url_name="office")
def office(
    request: HttpRequest,
    slug: PathEx[str, P(pattern=r"^[-\w]{1,80}$", description="The office's slug.", examples=["agisra"])],
) -> dict[str, Any]:
    """The office with this slug."""
    row = public_offices().with_parts().filter(slug=slug).first()
    if row is None:
        raise Http404("No office has this slug. All of them are listed at /api/v1/offices.")
    return _values(request, Found(row, None, hours_of(row).at(Search(Wanted()).moment)))


def _values(request: HttpRequest, found: Found) -> dict[str, Any]:
    row: Office = found.office
    page = row.get_absolute_url()
    same = ("slug", "name", "description", "latitude", "longitude", "precision", "phone", "email", "website", "online")
    return {name: getattr(row, name) for name in (*same, "assured_on", "source")} | {
        "url": absolute(request, page),
        "data": absolute(request, f"{page.rstrip('/')}.json"),
        "provider": row.provider.name if row.provider else "",
        "place": "" if row.is_protected else row.place_id or "",
        "distance_km": None if found.km is None else round(found.km, 2),
        "areas": sorted(place.ags for place in row.areas.all()),
        "topics": [topic.slug for topic in row.topics.all()],
        "languages": [{"code": one.code, "by": one.by} for one in row.spoken.all()],
        "text_languages": summary(row, absolute(request, page)),
        "open": {"status": found.now.status, "until": found.now.until, "next": found.now.next},
    }
