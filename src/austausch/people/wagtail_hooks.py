"""People and organisations on the editors' side: what Wagtail has to be told."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from austausch.core.editing import ask_policy
from austausch.people import account_log
from austausch.people.models import Organisation

# Before anything below makes Wagtail look for a policy of its own.
ask_policy(Organisation)

from austausch.people.admin.organisations import OrganisationViewSet  # noqa: E402

register_snippet(OrganisationViewSet)


@hooks.register("register_log_actions")
def log_actions_of_organisations(actions: Any) -> None:
    actions.register_action("austausch.renamed", _("Rename"), _("Renamed"))
    actions.register_action("austausch.placed", _("Put below another body"), _("Put below another body"))
    actions.register_action("austausch.merged", _("Merge"), _("Became part of another"))
    actions.register_action("austausch.took_over", _("Merge"), _("Took over another"))
    actions.register_action("austausch.contact_made", _("Add a contact"), _("Contact added"))
    actions.register_action("austausch.contact_changed", _("Edit a contact"), _("Contact changed"))
    actions.register_action("austausch.contact_deleted", _("Delete a contact"), _("Contact deleted"))
    actions.register_action("austausch.consent_recorded", _("Record consent"), _("Consent recorded"))
    actions.register_action("austausch.consent_withdrawn", _("Withdraw consent"), _("Consent withdrawn"))


@hooks.register("register_log_actions")
def log_actions_of_accounts(actions: Any) -> None:
    for action, sentence in account_log.SENTENCES.items():
        actions.register_action(action, sentence, sentence)
