"""Names of browsers and systems, so that people recognise their own."""

from __future__ import annotations

from django.utils.translation import gettext as _

# The first that stands in the text; who pretends to be another one says its own name as well.
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def name(user_agent: str) -> str:
    """As in "Firefox, Windows"; what is not known is left out."""
    found = [next((label for sign, label in known if sign in user_agent), None) for known in (BROWSERS, SYSTEMS)]
    return ", ".join(label for label in found if label) or _("Unknown browser")
