"""Reads YAML from parser events: what is refused (anchors, tags, depth) is refused before anything is built.

Plain values follow the YAML 1.2 core schema, so `no` stays a word and `05112` stays a key. Dates stay text: the
schema reads them, with their precision.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from django.utils.translation import gettext as _

from austausch.catalogue.loading.reading.tree import (
    Budget,
    Key,
    Map,
    ReadingError,
    Scalar,
    Seq,
    as_text,
    decimal_number,
    duplicate,
    line,
    whole_number,
)

# libyaml where the wheel has it: ten times as fast, the same events.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+")
_WORDS: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


def read(content: bytes) -> Map:
    """The file's top-level mapping. Raises ReadingError."""
    text = as_text(content)
    try:
        return _Builder().build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ReadingError(
            _("This is not valid YAML: %(problem)s.") % {"problem": error.problem or error.context or ""},
            remedy=_("Check indentation, quotes and colons on this line and the one above."),
            where=line(mark.line + 1) if mark else "",
        ) from error
    except yaml.YAMLError as error:
        raise ReadingError(
            _("This is not valid YAML."), remedy=_("Check the file with an editor that knows YAML.")
        ) from error


class _Builder:
    """Turns events into a tree, without recursion."""

    def __init__(self) -> None:
        self.budget = Budget()
        self.open: list[tuple[Map | Seq, Key | None, str]] = []
        self.root: Map | None = None
        self.documents = 0

    def build(self, events: Any) -> Map:
        for event in events:
            place = line(event.start_mark.line + 1)
            if isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    raise ReadingError(_("The file holds several YAML documents."), remedy=_("Keep one."), where=place)
            elif isinstance(event, yaml.NodeEvent):
                self.node(event, place)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.close()
        if self.root is None:
            raise ReadingError(_("The file is empty."), remedy=_("Give it at least the section “entries”."))
        return self.root

    def node(self, event: Any, place: str) -> None:
        self.refuse(event, place)
        self.budget.spend(place)
        if isinstance(event, yaml.ScalarEvent):
            self.put(_scalar(event, place), place)
            return
        self.budget.enter(len(self.open) + 1, place)
        self.open.append((Map() if isinstance(event, yaml.MappingStartEvent) else Seq(), None, place))

    def refuse(self, event: Any, place: str) -> None:
        if event.anchor is not None:
            raise ReadingError(
                _("Anchors and references are not allowed."),
                remedy=_("Write the value out, or put text that begins with & or * in quotes."),
                where=place,
                value=event.anchor,
            )
        if getattr(event, "tag", None) is not None:
            raise ReadingError(
                _("Tags are not allowed."),
                remedy=_("Delete the tag, or put text that begins with ! in quotes."),
                where=place,
                value=event.tag,
            )
        if not self.open and not isinstance(event, yaml.MappingStartEvent):
            raise ReadingError(
                _("The file must begin with sections such as “entries:”."),
                remedy=_("Compare with the format's description."),
                where=place,
            )

    def put(self, value: Any, place: str) -> None:
        if not self.open:
            self.root = value
            return
        parent, key, _started = self.open[-1]
        if isinstance(parent, Seq):
            parent.add(value, place)
        elif key is None:
            self.open[-1] = (parent, self.key(parent, value, place), place)
        else:
            parent.add(key, value, self.open[-1][2])
            self.open[-1] = (parent, None, place)

    def key(self, parent: Map, value: Any, place: str) -> Key:
        if not isinstance(value, (str, int)) or isinstance(value, bool) or value == "":
            raise ReadingError(
                _("A key must be a word or a number."), remedy=_("Put it in quotes."), where=place, value=value
            )
        if value in parent:
            raise duplicate(value, place)
        return value

    def close(self) -> None:
        value, _key, place = self.open.pop()
        self.put(value, place)


def _scalar(event: Any, place: str) -> Scalar:
    text: str = event.value
    if event.style or not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return whole_number(text, place)
    return decimal_number(text, place) if _DECIMAL.fullmatch(text) else text
