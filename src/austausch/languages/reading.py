"""What a reader gets who asks for a text in a language: the text, and what must be said about it.

Public pages are the same for everybody, so this asks as a visitor: a draft is never part of it, whoever is signed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Prefetch
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from austausch.core.policy import Action, policy
from austausch.languages import kinds, phrases
from austausch.languages.kinds import Value
from austausch.languages.models import Version
from austausch.languages.queries import VersionQuerySet
from austausch.languages.tongues import GERMAN, TONGUES, Tongue

PARAMETER = "sprache"
# Where a list has fetched them: see `prefetch`.
FETCHED = "public_versions"


@dataclass(frozen=True)
class Said:
    """A text in its language. `attributes` are those its element needs among the version's words, `inside` those it
    needs among the words of the page."""

    value: Value
    tongue: Tongue
    attributes: SafeString
    inside: SafeString

    @property
    def lines(self) -> list[str]:
        return self.value if isinstance(self.value, list) else [self.value] if self.value else []

    @property
    def text(self) -> str:
        """With its line breaks."""
        return "\n".join(self.lines)

    def __str__(self) -> str:
        return " ".join(self.lines)


@dataclass(frozen=True)
class Notice:
    """A sentence about the text. `kind`: of the alert, or "" for a quiet line."""

    key: str
    kind: str
    text: str
    tongue: Tongue

    @property
    def attributes(self) -> SafeString:
        return attributes(self.tongue)


@dataclass(frozen=True)
class Choice:
    """A language in which the text exists, with the address of that version."""

    tongue: Tongue
    url: str
    is_current: bool


@dataclass(frozen=True)
class Reading:
    """A text in the language that was asked for, or in German where it does not exist in that one.

    `interface` is the language of the page around it; `version` is None for the German text.
    """

    source: Model
    interface: Tongue
    asked: Tongue
    version: Version | None
    versions: Sequence[Version] = field(default_factory=list)
    outdated: bool = False
    path: str = ""

    @property
    def tongue(self) -> Tongue:
        return self.version.tongue if self.version else TONGUES[GERMAN]

    @property
    def is_version(self) -> bool:
        return self.version is not None

    @property
    def address(self) -> str:
        """The page's own address, for search engines: a missing version has none of its own."""
        return self._address(self.tongue.code)

    @property
    def block(self) -> SafeString:
        """The attributes of the element around the text; none where the page's own hold."""
        return attributes(self.tongue) if self.version else SafeString("")

    @property
    def rest(self) -> SafeString:
        """The attributes of what stands inside that element in the language of the page."""
        return attributes(self.interface, turned=self.tongue.is_rtl) if self.version else SafeString("")

    @property
    def rest_words(self) -> SafeString:
        """The same for short words that stand where the text begins, whatever the direction."""
        return attributes(self.interface) if self.version else SafeString("")

    @property
    def trail(self) -> SafeString:
        """Of the breadcrumb: it runs in the direction of the text."""
        return SafeString(' dir="rtl"') if self.tongue.is_rtl else SafeString("")

    def said(self, name: str, german: Value) -> Said:
        """What the version says in this field or, where it says nothing, the German."""
        own = self.version.text(name) if self.version else ""
        if own:
            return Said(own, self.tongue, SafeString(""), attributes(self.tongue))
        return Said(german, TONGUES[GERMAN], self.german, self._german_inside)

    @property
    def german(self) -> SafeString:
        """The attributes of German words where the text stands."""
        return attributes(TONGUES[GERMAN], turned=self.tongue.is_rtl) if self.version else self._german_inside

    @property
    def _german_inside(self) -> SafeString:
        return attributes(TONGUES[GERMAN]) if self.interface.code != GERMAN else SafeString("")

    def heading(self, key: str, otherwise: str) -> Said:
        """The heading of a part in the language of the text, or that of the page."""
        if self.version and (own := phrases.heading(key, self.tongue.code)):
            return Said(own, self.tongue, SafeString(""), attributes(self.tongue))
        return Said(otherwise, self.interface, self.rest, SafeString(""))

    @property
    def choices(self) -> list[Choice]:
        """German and all versions, in a fixed order; empty where there is German only."""
        if not self.versions:
            return []
        codes = {GERMAN, *(version.language for version in self.versions)}
        return [
            Choice(tongue, self._address(code), code == self.tongue.code)
            for code, tongue in TONGUES.items()
            if code in codes
        ]

    @property
    def notices(self) -> list[Notice]:
        """What the reader must know about what they read, the most important first."""
        if self.version is None:
            return self._missing() if self.asked.code != GERMAN else []
        code = self.tongue.code
        made = [("outdated", "warning", phrases.said(phrases.OUTDATED, code, self.version.source_seen_on))]
        made = made if self.outdated else []
        if self.version.state == Version.State.CONFIRMED:
            made.append(("confirmed", "", phrases.said(phrases.CONFIRMED, code, self.version.confirmed_on)))
        else:
            made.append(("unconfirmed", "info", phrases.said(phrases.UNCONFIRMED, code)))
        return [Notice(key, kind, text, self.tongue) for key, kind, text in made]

    @property
    def rest_notice(self) -> Notice | None:
        """That other parts of the page are in German, in the language of the text."""
        if self.version is None:
            return None
        return Notice("rest", "", phrases.said(phrases.REST, self.tongue.code), self.tongue)

    def _missing(self) -> list[Notice]:
        code = self.interface.code
        own = Notice("missing", "info", phrases.said(phrases.MISSING, self.asked.code), self.asked)
        if code == self.asked.code:
            return [own]
        text = phrases.MISSING_IN[code].format(name=phrases.NAMES_IN[code][self.asked.code])
        return [own, Notice("missing-here", "info", text, self.interface)]

    def _address(self, code: str) -> str:
        """The address names the language, but not where the page shows it without being asked."""
        is_default = code == default_code(self.interface.code, self.versions)
        return self.path if is_default else f"{self.path}?{PARAMETER}={code}"


def reading(source: Model, request: HttpRequest, *, path: str = "") -> Reading:
    """The text of `source` as this request asks for it: `?sprache=ro`. Words that name no language ask for nothing.

    Without being asked, pages in English show the English version where there is one; all others show German.
    """
    versions = public_versions(source)
    interface = TONGUES.get((get_language() or GERMAN)[:2], TONGUES[GERMAN])
    asked = request.GET.get(PARAMETER, "")
    code = asked if asked in TONGUES else default_code(interface.code, versions)
    version = next((one for one in versions if one.language == code), None)
    return Reading(
        source=source,
        interface=interface,
        asked=TONGUES[code],
        version=version,
        versions=versions,
        outdated=version is not None and kinds.is_outdated(version, source),
        path=path or request.path,
    )


def default_code(interface: str, versions: Sequence[Version]) -> str:
    """What is shown to those who ask for no language."""
    return interface if interface != GERMAN and any(one.language == interface for one in versions) else GERMAN


def public_versions(source: Model) -> list[Version]:
    """The versions that the public reads, in the order of the languages."""
    if source.pk is None:
        return []
    fetched = getattr(source, FETCHED, None)
    rows = fetched if fetched is not None else shown().of(source)
    order = list(TONGUES)
    return sorted(rows, key=lambda version: order.index(version.language))


def shown() -> VersionQuerySet:
    """All versions that a visitor may read."""
    found: VersionQuerySet = policy.which(AnonymousUser(), Action.VIEW, Version.objects.shown())  # type: ignore[assignment]
    return found


def prefetch() -> Prefetch[str, Any, str]:
    """For lists of things with a relation `language_versions`: all their public versions in one query."""
    return Prefetch("language_versions", queryset=shown(), to_attr=FETCHED)


def summary(source: Model, url: str) -> list[dict[str, Any]]:
    """Which versions there are, for machines. `url` is the absolute address of the German text."""
    return [
        {
            "language": version.language,
            "tag": version.tongue.tag,
            "state": str(version.state),
            "outdated": kinds.is_outdated(version, source),
            "confirmed_on": version.confirmed_on,
            "url": f"{url}?{PARAMETER}={version.language}",
        }
        for version in public_versions(source)
    ]


def attributes(tongue: Tongue, *, turned: bool = False) -> SafeString:
    """` lang="ro"`; with the direction where it is not the one around it. `turned`: what is around runs to the left."""
    direction = format_html(' dir="{}"', tongue.dir) if tongue.is_rtl or turned else ""
    return format_html(' lang="{}"{}', tongue.lang, direction)
