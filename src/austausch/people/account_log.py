"""What the editors' side writes in its history about accounts and access."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "austausch.domain_added": _("Mail domain added"),
    "austausch.domain_removed": _("Mail domain removed"),
    "austausch.registration_approved": _("Registration approved"),
    "austausch.registration_refused": _("Registration refused"),
    "austausch.invited": _("Person invited"),
    "austausch.invitation_revoked": _("Invitation taken back"),
    "austausch.invitation_accepted": _("Invitation accepted"),
    "austausch.role_changed": _("Role changed"),
    "austausch.member_removed": _("Membership ended"),
    "austausch.deactivated_for_absence": _("Deactivated after long absence"),
    "austausch.let_in_again": _("Let in again after long absence"),
    "austausch.second_factor_removed": _("Second factor removed"),
}
