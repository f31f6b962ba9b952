"""What the log calls what is done to versions. It stands at the thing they are a version of."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.log_actions import LogFormatter

NAMES = {
    "written": (gettext_lazy("Write a version"), gettext_lazy("Version written: %(language)s")),
    "shown": (gettext_lazy("Show a version"), gettext_lazy("Version shown to the public: %(language)s")),
    "withdrawn": (gettext_lazy("Withdraw a version"), gettext_lazy("Version withdrawn: %(language)s")),
    "confirmed": (gettext_lazy("Confirm a version"), gettext_lazy("Language of the version confirmed: %(language)s")),
    "still_right": (gettext_lazy("Call a version still right"), gettext_lazy("Version still right: %(language)s")),
    "deleted": (gettext_lazy("Delete a version"), gettext_lazy("Draft of a version deleted: %(language)s")),
}


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for name, (what, sentence) in NAMES.items():
        actions.register_action(f"austausch.version_{name}")(_formatter(what, sentence))


def _formatter(what: Any, sentence: Any) -> type[LogFormatter]:
    class Formatter(LogFormatter):
        label = what

        def format_message(self, log_entry: Any) -> Any:
            return sentence % {"language": log_entry.data.get("language", "")}

    return Formatter
