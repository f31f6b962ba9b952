"""Figures on the editors' side; the portal team keeps them."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet

from austausch.core.editing import ask_policy
from austausch.figures.models import Statistic

# Before anything below makes Wagtail look for a policy of its own.
ask_policy(Statistic)

from austausch.core.viewsets import PolicyViewSet  # noqa: E402


class StatisticViewSet(PolicyViewSet):
    model = Statistic
    icon = "table"
    menu_label = _("Figures")
    menu_order = 400
    add_to_admin_menu = True
    list_display = ["title", "unit", "source"]


register_snippet(StatisticViewSet)
