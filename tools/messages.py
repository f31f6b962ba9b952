"""Translations: extract, compile, check. Babel instead of GNU gettext, so that Python is all it takes.

Each room keeps its German in `src/austausch/<room>/locale/de/LC_MESSAGES/django.po`; English is in the code.

    python tools/messages.py update    adds new messages to each room's file, drops unused ones
    python tools/messages.py compile   writes the .mo files that Django reads
    python tools/messages.py check     fails where a message has no German or other placeholders, or rooms disagree
"""

from __future__ import annotations

import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "austausch"
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def main(command: str) -> int:
    return {"update": update, "compile": compile_all, "check": check}[command]()


def update() -> int:
    for room in rooms():
        path, wanted = po_path(room), extracted(room)
        if not wanted:
            continue
        known = load(path)
        fresh = new_catalog()
        for _key, (identifier, context) in sorted(wanted.items(), key=lambda item: str(item[0])):
            old = known.get(identifier, context)
            plural = isinstance(identifier, tuple)
            fresh.add(identifier, old.string if old else ("", "") if plural else "", context=context)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, fresh, width=0, omit_header=True, sort_output=True, no_location=True)
        missing = sum(1 for message in fresh if message.id and untranslated(message))
        print(f"{room.name}: {len(fresh)} messages, {missing} without German")
    return 0


def compile_all() -> int:
    for room in rooms():
        if (path := po_path(room)).exists():
            with path.with_suffix(".mo").open("wb") as file:
                write_mo(file, load(path))
    return 0


def check() -> int:
    problems = []
    for room in rooms():
        known, wanted = load(po_path(room)), extracted(room)
        for identifier, context in wanted.values():
            message = known.get(identifier, context)
            if message is None or untranslated(message):
                problems.append(f"{room.name}: no German for {identifier!r}")
            elif placeholders(message.id) != placeholders(message.string):
                problems.append(f"{room.name}: other placeholders in the German of {identifier!r}")
        used = set(wanted)
        problems += [
            f"{room.name}: no longer used: {message.id!r}"
            for message in known
            if message.id and (message.id, message.context) not in used
        ]
    problems += disagreements()
    print("\n".join(problems) or "translations: complete")
    return 1 if problems else 0


def disagreements() -> list[str]:
    """English that is one German in one room and another in the next: Django shows one of them in both."""
    said: dict[Any, dict[Any, list[str]]] = defaultdict(lambda: defaultdict(list))
    for room in rooms():
        for message in load(po_path(room)):
            if message.id:
                said[message.id, message.context][message.string].append(room.name)
    found = []
    for (identifier, _context), germans in sorted(said.items(), key=str):
        if len(germans) > 1:
            each = " and ".join(f"{german!r} in {', '.join(where)}" for german, where in germans.items())
            found.append(f"{identifier!r} is {each}: agree, or tell them apart by a context")
    return found


def rooms() -> list[Path]:
    return sorted(path for path in PACKAGE.iterdir() if (path / "__init__.py").exists() and path.name != "formats")


def po_path(room: Path) -> Path:
    return room / "locale" / "de" / "LC_MESSAGES" / "django.po"


def new_catalog() -> Catalog:
    return Catalog(locale="de", project="austausch", header_comment="# German for one room.", fuzzy=False)


def load(path: Path) -> Catalog:
    if not path.exists():
        return new_catalog()
    with path.open("rb") as file:
        return read_po(file, locale="de")


Key = tuple[str | tuple[str, ...], str | None]


def extracted(room: Path) -> dict[Key, Key]:
    found: dict[Key, Key] = {}
    for key in messages_in(room):
        found.setdefault(key, key)
    return found


def messages_in(room: Path) -> Iterator[Key]:
    for path in sorted(room.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            source = path.read_text()
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            # Without indentation, which in a template means nothing and in Python's tokens too much.
            lines = templatize(path.read_text(), origin=str(path)).splitlines()
            source = "\n".join(line.strip() for line in lines)
        else:
            continue
        found: Iterable[Any] = extract_python(io.BytesIO(source.encode()), KEYWORDS, [], {})
        for _line, function, arguments, _comments in found:
            texts = arguments if isinstance(arguments, tuple) else (arguments,)
            # A variable instead of a text: its texts are marked where they are written.
            if any(texts):
                yield as_key(function, texts)


def as_key(function: str, arguments: Iterable[Any]) -> Key:
    texts = [text for text in arguments if text is not None]
    context = texts.pop(0) if "pgettext" in (function) else None
    if "ngettext" in (function) or "npgettext" in (function):
        return (texts[0], texts[1]), context
    return texts[0], context


def untranslated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return not all(strings)


def placeholders(text: object) -> set[str]:
    texts = text if isinstance(text, (tuple, list)) else (text,)
    return {found for part in texts for found in PLACEHOLDER.findall(str(part))}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
