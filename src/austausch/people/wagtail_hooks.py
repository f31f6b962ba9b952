"""People and organisations on the editors' side: what Wagtail has to be told."""

from wagtail.snippets.models import register_snippet

from austausch.core.editing import ask_policy
from austausch.people.models import Organisation

# Before anything below makes Wagtail look for a policy of its own.
ask_policy(Organisation)

from austausch.people.admin.organisations import OrganisationViewSet  # noqa: E402

register_snippet(OrganisationViewSet)
