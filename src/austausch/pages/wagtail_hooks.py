"""Providers of third-party media and the background on the editors' side."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from austausch.core.editing import ask_policy
from austausch.pages.models import Background, Provider

# Before anything below makes Wagtail look for a policy of its own.
ask_policy(Background, Provider)

from austausch.core.viewsets import PolicyViewSet  # noqa: E402


class ProviderViewSet(PolicyViewSet):
    model = Provider
    icon = "media"
    list_display = ["name", "key"]


class BackgroundViewSet(PolicyViewSet):
    model = Background
    icon = "info-circle"
    list_display = ["title", "position"]


class PagesGroup(SnippetViewSetGroup):
    items = (BackgroundViewSet, ProviderViewSet)
    menu_label = _("Page parts")
    menu_icon = "doc-full"
    menu_order = 410


register_snippet(PagesGroup)
