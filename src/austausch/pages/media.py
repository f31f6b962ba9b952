"""The third-party media of a content page: what is shown of each before and after consent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from austausch.pages.consent import Consent
from austausch.pages.models import ContentPage, Provider


@dataclass(frozen=True)
class Medium:
    """One medium on a page.

    `provider` is None where it was deleted or no longer covers the address: then the description stays and nothing
    can be loaded. `agreed` says whether this answer may load it.
    """

    id: str
    title: str
    description: str
    transcript: Any
    preview: Any
    address: str
    provider: Provider | None
    agreed: bool

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def origin(self) -> str:
        return f"https://{self.host}"


@dataclass(frozen=True)
class Part:
    """A block of a page's body; `medium` is set where the block is one."""

    block: Any
    medium: Medium | None

    @property
    def html(self) -> Any:
        return self.block.render()


def parts(page: ContentPage, consent: Consent) -> list[Part]:
    """The body of a page, block by block."""
    return [Part(block, _medium(block, consent) if block.block_type == "medium" else None) for block in page.body]


def media(page: ContentPage, consent: Consent) -> Iterator[Medium]:
    """The media of a page, in their order."""
    return (part.medium for part in parts(page, consent) if part.medium)


def _medium(block: Any, consent: Consent) -> Medium:
    value = block.value
    provider = value["provider"]
    usable = provider if provider is not None and provider.allows(value["address"]) else None
    return Medium(
        id=block.id,
        title=value["title"],
        description=value["description"],
        transcript=value["transcript"],
        preview=value["preview"],
        address=value["address"],
        provider=usable,
        agreed=usable is not None and consent.covers(usable, block.id),
    )
