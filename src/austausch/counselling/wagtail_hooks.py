"""The directory's part of the editors' side: what Wagtail has to be told."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from austausch.core.editing import ask_policy, open_to_editors
from austausch.core.viewsets import PolicyBulkDelete
from austausch.counselling.models import Office, Provider

# Before anything below makes Wagtail look for a policy of its own.
ask_policy(Office, Provider)

from austausch.counselling.admin.offices import OfficeViewSet, ProviderViewSet  # noqa: E402

register_snippet(OfficeViewSet)
register_snippet(ProviderViewSet)

open_to_editors(
    "wagtailsnippets_counselling_office:",
    "wagtailsnippets_counselling_provider:",
    "wagtail_bulk_action/counselling.office",
)


class DeleteOffices(PolicyBulkDelete):
    """What was shown stays: its address was printed somewhere."""

    models = [Office, Provider]


# After Wagtail's own, so that ours replaces its way of deleting.
hooks.register("register_bulk_action", DeleteOffices, order=100)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("austausch.office_assured", _("Assure"), _("Assured: all of it is right"))
