"""Lists for those who write versions: what is outdated, what waits for a check, what is a draft, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.urls import reverse

from austausch.core.policy import Action, policy
from austausch.languages import kinds
from austausch.languages.kinds import Kind
from austausch.languages.models import Version
from austausch.languages.policy import sources_to_write
from austausch.languages.tongues import OTHERS, TONGUES, Tongue

if TYPE_CHECKING:
    from austausch.core.policy import Actor
    from austausch.languages.queries import VersionQuerySet

# Read at a time, with their sources.
CHUNK = 500


@dataclass(frozen=True)
class Known:
    """A version with its source, read once."""

    version: Version
    source: Model
    kind: Kind
    outdated: bool

    @property
    def url(self) -> str:
        return address(self.kind, self.source, self.version.language)


@dataclass(frozen=True)
class Lacking:
    """A thing, and the languages in which nobody has written it."""

    source: Model
    kind: Kind
    tongues: Sequence[tuple[Tongue, str]]


def address(kind: Kind, source: Any, language: str = "") -> str:
    if language:
        return reverse("languages:write", args=[kind.key, source.pk, language])
    return reverse("languages:source", args=[kind.key, source.pk])


def own_versions(user: Actor, versions: VersionQuerySet | None = None) -> Iterator[Known]:
    """All versions (or those of `versions`) of what the user keeps, with whether they are outdated; those of others
    that they only read, not."""
    some = Version.objects.all() if versions is None else versions
    for kind in kinds.all_kinds():
        sources = sources_to_write(kind, user)
        rows = some.filter(content_type=kinds.content_type(kind), object_id__in=sources.order_by().values("pk"))
        visible = policy.which(user, Action.VIEW, rows).order_by("source_seen_on", "pk")
        for version in visible.prefetch_related("source").iterator(chunk_size=CHUNK):
            source: Any = version.source
            yield Known(version, source, kind, kinds.is_outdated(version, source))


def outdated(user: Actor) -> list[Known]:
    """Longest waiting first."""
    return [one for one in own_versions(user) if one.outdated]


def with_state(user: Actor, state: Version.State) -> list[Known]:
    return list(own_versions(user, Version.objects.filter(state=state)))


def to_confirm(user: Actor) -> list[Known]:
    """What waits for somebody who knows the language, and this user may confirm."""
    found = with_state(user, Version.State.UNCONFIRMED)
    seen = {one.version.pk for one in found}
    for kind in kinds.all_kinds():
        if not kind.anyone_confirms or not policy.may(user, Action.CREATE, Version):
            continue
        rows = Version.objects.unconfirmed().filter(content_type=kinds.content_type(kind)).exclude(pk__in=seen)
        for version in policy.which(user, Action.VIEW, rows).prefetch_related("source"):
            source: Any = version.source
            found.append(Known(version, source, kind, kinds.is_outdated(version, source)))
    return found


def lacking(kind: Kind, sources: Sequence[Any]) -> list[Lacking]:
    """For each of these: the languages without a version."""
    there: dict[int, set[str]] = {}
    rows = Version.objects.filter(content_type=kinds.content_type(kind), object_id__in=[one.pk for one in sources])
    for key, language in rows.values_list("object_id", "language"):
        there.setdefault(key, set()).add(language)
    return [
        Lacking(
            one,
            kind,
            [(TONGUES[code], address(kind, one, code)) for code in OTHERS if code not in there.get(one.pk, set())],
        )
        for one in sources
    ]
