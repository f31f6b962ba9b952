"""What the API's parts in all rooms share: how a list is cut, and the smallest shapes.

Descriptions are English in the OpenAPI document; the room `api` translates them on the documentation page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema

T = TypeVar("T")
FARTHEST = 1_000_000
# Any text but NUL, which no address may hold.
TEXT = r"^[^\x00]*$"


class Paging(Schema):
    """Which part of a list."""

    limit: int = Field(20, ge=1, le=100, description="How many items to answer with, 1 to 100.", examples=[20])
    offset: int = Field(0, ge=0, le=FARTHEST, description="How many items to leave out first.", examples=[0])


class Listing(Schema, Generic[T]):
    """A part of a list, and the addresses of its neighbours."""

    count: int = Field(description="How many items there are in all.")
    next: str | None = Field(description="Address of the next part; null at the end.")
    previous: str | None = Field(description="Address of the previous part; null at the beginning.")
    items: list[T]


class Term(Schema):
    """A word of a fixed vocabulary: its key for programs, its German name for people."""

    key: str = Field(examples=["funding"])
    name: str = Field(examples=["Förderprogramm"])

    @classmethod
    def of(cls, choice: Any) -> Term:
        """Of a member of Django's choices."""
        return cls(key=str(choice.value), name=str(choice.label))


class TextLanguage(Schema):
    """A version of a text in another language than German."""

    language: str = Field(description="The word in the address of the version.", examples=["ro"])
    tag: str = Field(description="BCP 47; Easy Language is `de-simple`.", examples=["ro"])
    state: str = Field(description="`unconfirmed` until somebody has confirmed its language, then `confirmed`.")
    outdated: bool = Field(description="Whether the German text has changed since.")
    confirmed_on: dt.date | None
    url: str = Field(description="The page with this version.")


@dataclass(frozen=True)
class Part:
    """`items` of a list of `count`, of which `paging.offset` were left out before."""

    paging: Paging
    count: int
    items: Sequence[Any]

    def answer(self, request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
        """The body; the neighbours also stand in the Link header."""
        paging = self.paging
        links: dict[str, str] = {}
        if paging.offset + paging.limit < self.count and paging.offset + paging.limit <= FARTHEST:
            links["next"] = _neighbour(request, paging.offset + paging.limit, paging.limit)
        if paging.offset:
            # Never past the last full part, so that going back from too far arrives somewhere.
            links["prev"] = _neighbour(
                request, max(0, min(paging.offset, max(0, self.count)) - paging.limit), paging.limit
            )
        if links:
            response.headers["Link"] = ", ".join(f'<{url}>; rel="{name}"' for name, url in links.items())
        return {
            "count": self.count,
            "next": links.get("next"),
            "previous": links.get("prev"),
            "items": list(self.items),
        }


def absolute(request: HttpRequest, path: str) -> str:
    return request.build_absolute_uri(path)


def _neighbour(request: HttpRequest, offset: int, limit: int) -> str:
    params = request.GET.copy()
    params["limit"], params["offset"] = str(limit), str(offset)
    return request.build_absolute_uri(f"{request.path}?{params.urlencode()}")
