"""Plain text as it is kept: nothing in it but what a reader sees."""

from __future__ import annotations

from django.utils.translation import gettext as _

from austausch.languages.kinds import Field, Value

# Two signs that nobody sees join and part letters in Arabic script; the others turn the direction of what follows.
JOINERS = "\u200c\u200d"
MOST_LINES = 100


def plain(field: Field, value: Value) -> Value:
    """Plain text: without blanks around it, without characters that nobody sees, lines without breaks inside."""
    if field.lines:
        lines = value if isinstance(value, list) else str(value).splitlines()
        return [line for line in (_visible(str(one)) for one in lines) if line]
    text = "\n".join(value) if isinstance(value, list) else str(value)
    if not field.long:
        return _visible(text)
    return "\n".join(_visible(line) for line in text.splitlines()).strip()


def _visible(text: str) -> str:
    kept = (" " if sign.isspace() else sign for sign in text if sign.isspace() or sign.isprintable() or sign in JOINERS)
    return " ".join("".join(kept).split())


def too_long(field: Field, value: Value) -> str:
    if isinstance(value, list) and len(value) > MOST_LINES:
        return _("%(number)d lines are too many; %(most)d fit.") % {"number": len(value), "most": MOST_LINES}
    for text in value if isinstance(value, list) else [value]:
        if len(text) > field.most:
            return _("%(number)d characters are too many; %(most)d fit.") % {"number": len(text), "most": field.most}
    return ""
