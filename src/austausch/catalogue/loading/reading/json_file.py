"""Reads JSON with line numbers; the standard library's reader has none, and takes NaN and duplicate keys."""

from __future__ import annotations

import re
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import NoReturn

from django.utils.translation import gettext as _

from austausch.catalogue.loading.reading.tree import (
    CONTROL,
    Budget,
    Map,
    ReadingError,
    Seq,
    as_text,
    decimal_number,
    duplicate,
    line,
    whole_number,
)

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}


def read(content: bytes) -> Map:
    """The file's top-level object. Raises ReadingError."""
    return _Reader(as_text(content)).document()


class _Reader:
    """A recursive reader; the budget bounds its depth."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.counted, self.lines = 0, 1
        self.budget = Budget()

    def document(self) -> Map:
        self.skip()
        if self.peek() != "{":
            self.fail(_("The file must begin with “{”."))
        value = self.map(depth=1)
        self.skip()
        if self.at < len(self.text):
            self.fail(_("Something follows after the end."))
        return value

    def value(self, depth: int) -> object:
        self.budget.spend(self.place())
        sign = self.peek()
        if sign == "{":
            return self.map(depth)
        if sign == "[":
            return self.seq(depth)
        return self.string() if sign == '"' else self.plain()

    def map(self, depth: int) -> Map:
        self.budget.enter(depth, self.place())
        found = Map()
        self.step()
        while self.peek() != "}":
            if found:
                self.expect(",")
            place = self.place()
            if self.peek() != '"':
                self.fail(_("A key in double quotes is expected."))
            key = self.string()
            if key in found:
                raise duplicate(key, place)
            self.skip()
            self.expect(":")
            found.add(key, self.value(depth + 1), place)
            self.skip()
        self.step()
        return found

    def seq(self, depth: int) -> Seq:
        self.budget.enter(depth, self.place())
        found = Seq()
        self.step()
        while self.peek() != "]":
            if found:
                self.expect(",")
            place = self.place()
            found.add(self.value(depth + 1), place)
            self.skip()
        self.step()
        return found

    def string(self) -> str:
        try:
            text, self.at = scanstring(self.text, self.at + 1, True)
        except JSONDecodeError:
            self.fail(_("The text in quotes is not valid."))
        if CONTROL.search(text):
            self.fail(_("The text holds a control character."))
        return str(text)

    def plain(self) -> object:
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        found = _NUMBER.match(self.text, self.at)
        if found is None:
            self.fail(_("A value is expected."))
        if found[3]:
            self.fail(_("Numbers with an exponent are not allowed."))
        self.at = found.end()
        return decimal_number(found[0], self.place()) if found[2] else whole_number(found[0], self.place())

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def step(self) -> None:
        self.at += 1
        self.skip()

    def skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def expect(self, sign: str) -> None:
        if self.peek() != sign:
            self.fail(_("“%(sign)s” is expected.") % {"sign": sign})
        self.step()

    def place(self) -> str:
        self.lines += self.text.count("\n", self.counted, self.at)
        self.counted = max(self.counted, self.at)
        return line(self.lines)

    def fail(self, message: str) -> NoReturn:
        raise ReadingError(
            _("This is not valid JSON: %(problem)s") % {"problem": message},
            remedy=_("Check commas, quotes and brackets."),
            where=self.place(),
            value=self.text[self.at : self.at + 20] or None,
        )
