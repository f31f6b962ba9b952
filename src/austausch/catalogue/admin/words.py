"""Topics and target groups on the editors' side; the portal team keeps them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList

from austausch.catalogue.models import TargetGroup, Topic
from austausch.core.viewsets import PolicyViewSet

PANELS = ObjectList(
    [
        FieldPanel("name", help_text=_("What visitors read.")),
        FieldPanel("name_en", help_text=_("What visitors of the English pages read. Empty: the German name.")),
        FieldPanel("key", help_text=_("The word in catalogue files. Does not change: files refer to it.")),
        FieldPanel("slug", help_text=_("The word in addresses of searches. Does not change: bookmarks refer to it.")),
    ]
)


class WordViewSet(PolicyViewSet):
    list_display = ["name", "name_en", "key"]
    search_fields = ["name", "name_en", "key"]
    add_to_settings_menu = True
    edit_handler = PANELS


class TopicViewSet(WordViewSet):
    model = Topic
    icon = "tag"
    menu_order = 200
    base_url_path = "themen"


class TargetGroupViewSet(WordViewSet):
    model = TargetGroup
    icon = "group"
    menu_order = 210
    base_url_path = "zielgruppen"
