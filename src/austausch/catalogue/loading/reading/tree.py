"""The tree that every reader makes: dicts and lists that know the line of each of their values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from austausch.catalogue.loading.errors import shown
from austausch.catalogue.loading.limits import limits

Scalar = str | int | Decimal | bool | None
Node = "Scalar | Map | Seq"
Key = str | int

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")


class ReadingError(Exception):
    """The file cannot be read at all. `where`, `value`, `message`, `remedy` as in a Problem."""

    def __init__(self, message: str, *, remedy: str, where: str = "", value: object = None) -> None:
        super().__init__(message)
        self.message, self.remedy, self.where, self.value = message, remedy, where, shown(value)


class Map(dict[Key, object]):
    """A mapping; `places[key]` says where the value of `key` stands."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[Key, str] = {}

    def add(self, key: Key, value: object, place: str) -> None:
        self[key] = value
        self.places[key] = place


class Seq(list[object]):
    """A list; `places[index]` says where the item stands."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []

    def add(self, value: object, place: str) -> None:
        self.append(value)
        self.places.append(place)


def where(root: Map, path: Sequence[str | int]) -> str:
    """Where the value at `path` stands, or the nearest thing above it that has a place."""
    return _follow(root, path)[0]


def value_at(root: Map, path: Sequence[str | int]) -> object:
    """The value at `path`; None where there is none."""
    return _follow(root, path)[1]


def _follow(root: Map, path: Sequence[str | int]) -> tuple[str, object]:
    node: object = root
    place = ""
    for step in path:
        if isinstance(node, Map) and step in node:  # noqa: SIM114  mypy tells the two apart
            place, node = node.places[step], node[step]
        elif isinstance(node, Seq) and isinstance(step, int) and step < len(node):
            place, node = node.places[step], node[step]
        else:
            return place, None
    return place, node


def line(number: int) -> str:
    return _("line %(number)s") % {"number": number}


def as_text(content: bytes) -> str:
    """The bytes as UTF-8 text without control characters. Raises ReadingError naming the line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadingError(
            _("The file is not UTF-8 text."),
            remedy=_("Save it with the encoding UTF-8."),
            where=line(content.count(b"\n", 0, error.start) + 1),
        ) from error
    if found := CONTROL.search(text):
        raise ReadingError(
            _("The file holds the control character U+%(code)s.") % {"code": f"{ord(found[0]):04X}"},
            remedy=_("Delete it."),
            where=line(text.count("\n", 0, found.start()) + 1),
        )
    return text


@dataclass
class Budget:
    """Counts what a reader takes in, and stops it before it hurts."""

    values: int = 0
    largest: int = field(default_factory=lambda: limits().values)
    deepest: int = field(default_factory=lambda: limits().depth)

    def spend(self, place: str) -> None:
        self.values += 1
        if self.values > self.largest:
            raise ReadingError(
                _("The file holds more than %(count)s values.") % {"count": self.largest},
                remedy=_("Split it into several files."),
                where=place,
            )

    def enter(self, depth: int, place: str) -> None:
        if depth > self.deepest:
            raise ReadingError(
                _("The values are nested more than %(depth)s deep.") % {"depth": self.deepest},
                remedy=_("Catalogue files are flat: compare with the format's description."),
                where=place,
            )


def duplicate(key: Key, place: str) -> ReadingError:
    return ReadingError(_("The same key stands here twice."), remedy=_("Keep one of the two."), where=place, value=key)


NUMBER_LENGTH = 40


def whole_number(text: str, place: str) -> int:
    return int(_short(text, place))


def decimal_number(text: str, place: str) -> Decimal:
    return Decimal(_short(text, place))


def _short(text: str, place: str) -> str:
    if len(text) > NUMBER_LENGTH:
        raise ReadingError(_("The number is too long."), remedy=_("Shorten it."), where=place, value=text)
    return text
