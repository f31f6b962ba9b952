"""Certificates on the editors' side: what the trail of an organisation calls things."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for name, label in {
        "certificates.allow_checking": _("May check certificates"),
        "certificates.end_checking": _("May check certificates no more"),
        "certificates.make_key": _("Key of a program made"),
        "certificates.rotate_key": _("Key of a program replaced"),
        "certificates.revoke_key": _("Key of a program withdrawn"),
    }.items():
        actions.register_action(name, label, label)
