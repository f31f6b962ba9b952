"""Writing the catalogue as files that `load_catalogue` reads. The same content gives the same bytes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from austausch.catalogue.loading import columns, workbooks
from austausch.catalogue.loading.entries import exported
from austausch.catalogue.loading.reading.table import guarded
from austausch.catalogue.loading.sections import Scope, all_sections


def export(form: str, scope: Scope) -> bytes:
    """The catalogue that the scope's user may see, as "yaml", "json", "csv" or "xlsx".

    Tables hold entries only; the other sections need a tree. Raises `workbooks.CellError` for text too long for a
    workbook.
    """
    return FORMATS[form](scope)


def content(scope: Scope) -> dict[str, Any]:
    """All sections that have something to say, in their order."""
    found = {section.key: section.export(scope) for section in all_sections()}
    return {key: value for key, value in found.items() if value}


def as_yaml(scope: Scope) -> bytes:
    return "\n\n".join("\n".join(_yaml({key: value}, 0)) for key, value in content(scope).items()).encode() + b"\n"


def as_json(scope: Scope) -> bytes:
    return "".join((*_json(content(scope), 0), "\n")).encode()


def as_csv(scope: Scope) -> bytes:
    """With semicolons and a byte order mark, as a German Excel opens it without asking."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns.COLUMNS)
    writer.writerows([guarded(cell) for cell in columns.row(entry)] for entry in exported(scope))
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(scope: Scope) -> bytes:
    return workbooks.workbook(columns.COLUMNS, (columns.row(entry) for entry in exported(scope)))


FORMATS: dict[str, Callable[[Scope], bytes]] = {"yaml": as_yaml, "json": as_json, "csv": as_csv, "xlsx": as_xlsx}


# ── YAML and JSON, of our own: the same in every version of every library ───────────────────────────────────

INDENT = "  "
# Words that read as themselves in YAML 1.1 and 1.2 alike.
_BARE = re.compile(r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-zäöüß][a-z0-9äöüß_-]*")
_SHORT = 100


def _yaml(value: Any, depth: int) -> Iterator[str]:
    """The lines of a mapping or list in block style."""
    margin = INDENT * depth
    pairs = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    for position, (key, item) in enumerate(pairs):
        if depth == 1 and key is None and position and isinstance(item, dict):
            yield ""
        label = "-" if key is None else f"{_yaml_scalar(key)}:"
        if not isinstance(item, (dict, list)) or not item or (flow := _flow(item)):
            yield f"{margin}{label} {flow if isinstance(item, (dict, list)) and item else _yaml_scalar(item)}"
        elif key is None:
            first, *rest = _yaml(item, depth + 1)
            yield f"{margin}- {first.lstrip(' ')}"
            yield from rest
        else:
            yield f"{margin}{label}"
            yield from _yaml(item, depth + 1)


def _flow(value: Any) -> str:
    """A list or mapping of short words and numbers on one line, as people write it; else nothing."""
    parts = value.values() if isinstance(value, dict) else value
    if any(isinstance(part, (dict, list)) for part in parts):
        return ""
    if isinstance(value, dict):
        line = "{" + ", ".join(f"{_yaml_scalar(key)}: {_yaml_scalar(part)}" for key, part in value.items()) + "}"
    else:
        line = "[" + ", ".join(_yaml_scalar(part) for part in value) + "]"
    return line if len(line) <= _SHORT else ""


def _yaml_scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if _BARE.fullmatch(value) else _quoted(value)
    if value in ([], {}):
        return json.dumps(value)
    return _number(value)


def _json(value: Any, depth: int) -> Iterator[str]:
    inner, outer = "\n" + INDENT * (depth + 1), "\n" + INDENT * depth
    if isinstance(value, dict) and value:
        opening = "{"
        for key, item in value.items():
            yield f"{opening}{inner}{_quoted(str(key))}: "
            yield from _json(item, depth + 1)
            opening = ","
        yield f"{outer}}}"
    elif isinstance(value, list) and value:
        opening = "["
        for item in value:
            yield f"{opening}{inner}"
            yield from _json(item, depth + 1)
            opening = ","
        yield f"{outer}]"
    elif isinstance(value, dt.date):
        yield _quoted(value.isoformat())
    else:
        yield json.dumps(value) if value in ([], {}) else _quoted(value) if isinstance(value, str) else _number(value)


def _quoted(text: str) -> str:
    """In double quotes, right for YAML and JSON alike; only what neither can show is escaped."""
    plain = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\xa0\u2028\u2029\ufeff]", lambda found: f"\\u{ord(found[0]):04x}", plain)


def _number(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
