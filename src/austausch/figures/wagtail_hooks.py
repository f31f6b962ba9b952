"""Figures on the editors' side; the portal team keeps them."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from austausch.core.editing import ask_policy, open_to_editors
from austausch.core.policy import Action, policy
from austausch.figures import admin_views, revising
from austausch.figures.models import PageUse, Statistic

# Before anything below makes Wagtail look for a policy of its own.
ask_policy(Statistic)

from austausch.core.viewsets import PolicyEditView, PolicyViewSet  # noqa: E402

open_to_editors("figures_use:months")


class StatisticEditView(PolicyEditView):
    def save_instance(self) -> Any:
        """Keeps what figures were before they were changed by hand, too."""
        with transaction.atomic():
            statistic = Statistic.objects.get(pk=self.object.pk) if self.object else Statistic()
            before = revising.figures_of(statistic)
            saved = super().save_instance()
            revising.keep_older(statistic, before)
        return saved


class StatisticViewSet(PolicyViewSet):
    model = Statistic
    edit_view_class = StatisticEditView
    icon = "table"
    menu_label = _("Figures")
    menu_order = 400
    add_to_admin_menu = True
    list_display = ["title", "unit", "source"]


register_snippet(StatisticViewSet)


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    return [
        path("zahlen-einlesen/", include((admin_views.import_urls, "figures_import"))),
        path("nutzung/", include((admin_views.use_urls, "figures_use"))),
    ]


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("austausch.figures_imported", _("Take figures over"), _("Figures taken over from a file"))


class AskingMenuItem(MenuItem):
    """Shown to those whom the policy lets in."""

    def __init__(self, *args: Any, action: Action, model: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action, self.model = action, model

    def is_shown(self, request: HttpRequest) -> bool:
        return policy.may(request.user, self.action, self.model)


@hooks.register("register_admin_menu_item")
def import_item() -> MenuItem:
    url = reverse("figures_import:read")
    return AskingMenuItem(
        _("Read figures"), url, name="figures-import", icon_name="upload", order=405, action=Action.CREATE,
        model=Statistic,
    )  # fmt: skip


@hooks.register("register_admin_menu_item")
def use_item() -> MenuItem:
    url = reverse("figures_use:months")
    return AskingMenuItem(
        _("Use of the portal"), url, name="portal-use", icon_name="view", order=410, action=Action.VIEW, model=PageUse
    )
