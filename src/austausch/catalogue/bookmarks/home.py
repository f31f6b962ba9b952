"""Where bookmarks stand in the network's navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from austausch.core import network

network.link(label=_("Bookmarks"), name="catalogue:bookmark_lists", group=network.Group.MEASURES, order=30)
