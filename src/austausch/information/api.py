"""Information pages in the API: all of them, and one with all its languages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, P, PathEx, Query, Router, Schema

from austausch.core.api import Listing, Paging, Part, TextLanguage, absolute
from austausch.information.models import Information
from austausch.information.queries import public_pages
from austausch.information.texts import sections_of
from austausch.languages.reading import public_versions, summary

router = Router()


class InformationItem(Schema):
    """A page for people who are about to come, in German."""

    slug: str = Field(examples=["arbeitsvertrag"])
    title: str
    summary: str
    languages: list[TextLanguage] = Field(description="In which other languages there is a version of the text.")
    updated_at: dt.datetime
    url: str = Field(description="The page for people.")


class InformationSection(Schema):
    heading: str
    paragraphs: list[str]
    points: list[str]


class InformationText(Schema):
    """The page in one language."""

    language: str = Field(examples=["ro"])
    title: str
    summary: str
    sections: list[InformationSection]


class InformationOut(InformationItem):
    sections: list[InformationSection]
    texts: list[InformationText] = Field(description="The same in the other languages.")


@router.get("/information", response=Listing[InformationItem], summary="Information pages", tags=["information"])
def pages(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> dict[str, Any]:
    """What people should know before they come, in the order of the list."""
    rows = public_pages().with_parts()
    part = rows[paging.offset : paging.offset + paging.limit]
    return Part(paging, rows.count(), [_item(page, request) for page in part]).answer(request, response)


@router.get("/information/{slug}", response=InformationOut, summary="One page", tags=["information"])
def page(
    request: HttpRequest,
    slug: PathEx[
        str,
        P(pattern=r"^[-\w]{1,80}$", description="The last part of its address.", examples=["arbeitsvertrag"]),
    ],
) -> dict[str, Any]:
    """One page with all its languages."""
    found = public_pages().with_parts().filter(slug=slug).first()
    if found is None:
        raise Http404("No information page has this address. All of them are listed at /api/v1/information.")
    texts = [
        {
            "language": version.language,
            "title": version.text("title"),
            "summary": version.text("summary"),
            "sections": sections_of(version.texts),
        }
        for version in public_versions(found)
    ]
    return {**_item(found, request), "sections": found.sections, "texts": texts}


def _item(page: Information, request: HttpRequest) -> dict[str, Any]:
    url = absolute(request, page.get_absolute_url())
    return {
        "slug": page.slug,
        "title": page.title,
        "summary": page.summary,
        "languages": summary(page, url),
        "updated_at": page.changed_at,
        "url": url,
    }
