"""What the log calls what is done to information pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action(
        "austausch.information_changed",
        _("Change an information page"),
        _("German text of an information page changed"),
    )
