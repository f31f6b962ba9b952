"""Forms about contacts."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from austausch.core.policy import Action, policy
from austausch.people.models import Contact, Membership, Organisation, User
from austausch.people.policy import organisations_of

USUAL_CONSENT = dt.timedelta(days=2 * 365)


class DeputyField(forms.ModelChoiceField[Contact]):
    def label_from_instance(self, obj: Contact) -> str:
        return f"{obj.name} ({obj.organisation})"


class ContactForm(forms.ModelForm[Contact]):
    """A contact, but for its consent. The organisation is chosen once, among those the user writes for."""

    deputy = DeputyField(
        label=gettext_lazy("Deputy"),
        queryset=Contact.objects.none(),
        required=False,
        help_text=gettext_lazy("Another contact of the network. Readers see the deputy as far as the deputy agreed."),
    )

    class Meta:
        model = Contact
        fields = (
            "organisation",
            "kind",
            "name",
            "role",
            "responsibility",
            "phone",
            "email",
            "office_hours",
            "languages",
            "deputy",
            "visibility",
        )
        help_texts = {
            "kind": gettext_lazy("A functional address, such as the mailbox of an office, needs no consent."),
            "name": gettext_lazy("For another person consent has to be recorded anew."),
            "role": gettext_lazy("For example “Head of the public order office”."),
            "responsibility": gettext_lazy("What one can ask here."),
            "phone": gettext_lazy("For example 0211 123-456"),
            "email": gettext_lazy("For example name@example.org"),
            "office_hours": gettext_lazy("For example “Monday to Thursday, 9 to 15”."),
            "languages": gettext_lazy(
                "In which one can speak here, so that readers know. Nobody is searched or chosen by them."
            ),
            "visibility": gettext_lazy("A larger circle needs a new consent."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = policy.which(user, Action.VIEW, Contact.objects.select_related("organisation"))
        deputies = cast(DeputyField, self.fields["deputy"])
        deputies.queryset = visible.exclude(pk=self.instance.pk)
        if self.instance.pk:
            del self.fields["organisation"]
            return
        organisation = cast("forms.ModelChoiceField[Organisation]", self.fields["organisation"])
        organisation.queryset = kept_by(user)
        if organisation.queryset.count() == 1:
            organisation.empty_label = None


class ConsentForm(forms.Form):
    """From when until when a person agrees to be shown."""

    given_on = forms.DateField(
        label=gettext_lazy("Consent given on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Valid until"),
        help_text=gettext_lazy("At most three years later. You are reminded 30 days before."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("The person has agreed that this contact is shown to the circle named above."),
        error_messages={"required": gettext_lazy("Please confirm that the person has agreed.")},
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        today = timezone.localdate()
        super().__init__(data, initial={"given_on": today, "expires_on": today + USUAL_CONSENT})


class SearchForm(forms.Form):
    """Finds contacts by words. There is no search or filter by language, on purpose."""

    q = forms.CharField(label=gettext_lazy("Name, task or organisation"), max_length=100, required=False)


def kept_by(user: User) -> QuerySet[Organisation]:
    """The organisations whose contacts the user keeps."""
    existing = Organisation.objects.existing().order_by("name")
    if user.is_active and user.is_superuser:
        return existing
    return existing.filter(pk__in=organisations_of(user, Membership.Role.AUTHOR))


def circle(contact: Contact) -> str:
    """Who sees the contact now, in a sentence."""
    if not contact.may_be_shown():
        return _("Seen by the authors of the organisation only, because there is no valid consent.")
    return {
        Contact.Visibility.PUBLIC: _("Seen by everybody."),
        Contact.Visibility.SIGNED_IN: _("Seen by everybody who is signed in."),
        Contact.Visibility.ORGANISATION: _("Seen by the organisation only."),
    }[Contact.Visibility(contact.visibility)]
