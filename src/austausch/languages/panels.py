"""The way from an edit page on the editors' side to the versions in other languages."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import Panel

from austausch.languages import kinds, listing
from austausch.languages.models import Version


class LanguagesPanel(Panel):
    """Which versions there are, and a link to where they are written. Nothing before the first save."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "languages/admin/panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            if not self.instance.pk:
                return context
            versions = Version.objects.of(self.instance).order_by("language")
            return {**context, "url": listing.address(kinds.of(self.instance), self.instance), "versions": versions}
