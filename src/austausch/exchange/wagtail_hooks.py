"""What the log calls the actions of the exchange."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter

from austausch.exchange import editors_shelf  # noqa: F401 - its shelf on the board

NAMES = {
    "post_written": (_("Write a post"), _("Post written")),
    "post_changed": (_("Change a post"), _("Post changed")),
    "post_withdrawn": (_("Withdraw a post"), _("Post withdrawn")),
    "post_reported": (_("Report a post"), _("Post reported")),
    "support_requested": (_("Request support"), _("Support requested")),
    "support_state": (_("Change the state of a request"), _("State of the request changed")),
    "support_owner": (_("Change who is in charge"), _("Person in charge changed")),
    "interest_expressed": (_("Express interest"), _("Interest expressed")),
    "interest_accepted": (_("Accept interest"), _("Interest accepted")),
    "interest_declined": (_("Decline interest"), _("Interest declined")),
    "interest_withdrawn": (_("Withdraw interest"), _("Interest withdrawn")),
}
DECISIONS = {
    "post_released": (_("Approve a post"), _("Post approved"), _("Post approved: %(reason)s")),
    "post_hidden": (_("Hide a post"), _("Post hidden"), _("Post hidden: %(reason)s")),
    "post_restored": (_("Show a post again"), _("Post shown again"), _("Post shown again: %(reason)s")),
}


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for name, (label, message) in NAMES.items():
        actions.register_action(f"austausch.{name}", label, message)
    for name, (label, message, with_reason) in DECISIONS.items():
        actions.register_action(f"austausch.{name}")(_decision(label, message, with_reason))


def _decision(name: Any, message: Any, with_reason: Any) -> type[LogFormatter]:
    class DecisionFormatter(LogFormatter):
        label = name

        def format_message(self, log_entry: Any) -> Any:
            reason = log_entry.data.get("reason")
            return with_reason % {"reason": reason} if reason else message

    return DecisionFormatter
