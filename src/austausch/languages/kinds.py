"""Which things can have versions in other languages, and which of their fields are text.

The rooms above say so with `register`, because this room knows none of them. A field is a text or a list of lines, so
that writing, comparing and showing need no more than two shapes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from austausch.languages.models import Version

# A text, or a list of lines.
Value: TypeAlias = "str | list[str]"
Texts: TypeAlias = "Mapping[str, Value]"


@dataclass(frozen=True)
class Field:
    """A field of text. `lines`: a list of lines; `most`: characters, of a line where it is a list; `needed`: a version
    must have it where the German has it; `long`: a text of several lines."""

    name: str
    label: str | Promise
    most: int
    lines: bool = False
    needed: bool = False
    long: bool = False


def _fine(source: Any, texts: Texts) -> dict[str, str]:
    return {}


def _yes(source: Any) -> bool:
    return True


@dataclass(frozen=True)
class Kind:
    """What can have versions.

    `key` stands in addresses; `owner`: the field with the organisation that keeps it, "" where the portal team does;
    `fields` and `read`: what of one is text, and what it says; `problems`: what a version of it must not say, by field;
    `keeps_source`: whether the German text may be kept beside a version; `anyone_confirms`: whether every author of the
    network may confirm, not only those of the organisation that keeps it.
    """

    key: str
    model: type[Model]
    label: str | Promise
    owner: str
    fields: Callable[[Any], Sequence[Field]]
    read: Callable[[Any], dict[str, Value]]
    rows: Callable[[], QuerySet[Any]]
    problems: Callable[[Any, Texts], dict[str, str]] = _fine
    keeps_source: Callable[[Any], bool] = _yes
    anyone_confirms: bool = False


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    _kinds[kind.key] = kind
    return kind


def all_kinds() -> list[Kind]:
    return list(_kinds.values())


def by_key(key: str) -> Kind | None:
    return _kinds.get(key)


def of(source: Any) -> Kind:
    """The kind of a thing. Raises LookupError for one that can have no versions."""
    for kind in _kinds.values():
        if isinstance(source, kind.model):
            return kind
    raise LookupError(f"{type(source).__name__} is no kind that can have versions: register it.")


def content_type(kind: Kind) -> ContentType:
    return ContentType.objects.get_for_model(kind.model)


def german(source: Any) -> dict[str, Value]:
    """The German texts of a thing as the public reads them: fields without anything are left out."""
    return {name: value for name, value in of(source).read(source).items() if value}


def fingerprint(texts: Texts) -> str:
    """The same for the same texts, whatever their order."""
    said = {name: value for name, value in texts.items() if value}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def is_outdated(version: Version, source: Any = None) -> bool:
    """Whether the German says something else than what the version was made from."""
    of_it = source if source is not None else version.source
    return version.fingerprint != fingerprint(german(of_it))
