"""What the log calls what is done to events."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

NAMES = {
    "event_created": (_("Write an event"), _("Event written")),
    "event_changed": (_("Change an event"), _("Event changed")),
    "event_published": (_("Publish an event"), _("Event published")),
    "event_cancelled": (_("Cancel an event"), _("Event cancelled")),
    "event_deleted": (_("Delete the draft of an event"), _("Draft of an event deleted")),
    "event_document_added": (_("Add a document to an event"), _("Document added to an event")),
    "event_participant_removed": (_("Take somebody off a list"), _("Somebody was taken off the list")),
    "event_participants_exported": (_("Export participants"), _("Participants exported")),
}


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for name, (label, message) in NAMES.items():
        actions.register_action(f"austausch.{name}", label, message)
