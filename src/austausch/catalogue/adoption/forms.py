"""The forms of taking over and reporting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.adoption.fields import ALWAYS, FIELDS
from austausch.catalogue.models import Adoption
from austausch.core.policy import Action, is_portal_team, policy
from austausch.people.models import Contact, Membership, Organisation
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor

AS_IS, ADAPTED = "so", "angepasst"


class AdoptForm(forms.Form):
    """For whom, how, and with which fields."""

    organisation = forms.ModelChoiceField(label=_("For whom"), queryset=Organisation.objects.none(), empty_label=None)
    how = forms.ChoiceField(
        label=_("How"),
        choices=[
            (AS_IS, _("We do this as it is described")),
            (ADAPTED, _("We adapt it: make a copy of our own, as a draft")),
        ],
        widget=forms.RadioSelect,
    )
    fields_taken = forms.MultipleChoiceField(
        label=_("What our copy starts with"),
        required=False,
        help_text=_("Title, kind and approach always come along. What you leave out is empty and not compared later."),
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(field.name, field.label) for field in FIELDS.values() if field.name not in ALWAYS],
        initial=lambda: [field.name for field in FIELDS.values() if field.usual],
    )

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Organisation]", self.fields["organisation"])
        field.queryset = may_adopt_for(user)


class ContactField(forms.ModelChoiceField[Contact]):
    """Names a contact; elsewhere it says nothing about the person."""

    def label_from_instance(self, obj: Contact) -> str:
        return obj.name


class ReportForm(forms.ModelForm[Adoption]):
    """That it is done here, and what came of it."""

    contact = ContactField(
        label=_("Whom others may ask"),
        queryset=Contact.objects.none(),
        required=False,
        help_text=_("Shown to those who may see this contact."),
    )

    class Meta:
        model = Adoption
        fields = ("contact", "effort", "results", "failures")
        labels = {
            "effort": _("What it took"),
            "results": _("What came of it"),
            "failures": _("What failed, and what we would do differently"),
        }
        help_texts = {
            "effort": _("For example staff, money and time."),
            "failures": _("Others learn most from this."),
        }
        widgets = {name: forms.Textarea(attrs={"rows": 4}) for name in ("effort", "results", "failures")}

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contacts = policy.which(user, Action.VIEW, Contact.objects.all())
        field = cast(ContactField, self.fields["contact"])
        field.queryset = contacts.filter(organisation=self.instance.organisation_id)


class EndForm(forms.Form):
    reason = forms.CharField(
        label=_("Why you no longer do it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown to the members of your organisation."),
    )


def may_adopt_for(user: Actor) -> QuerySet[Organisation]:
    """The organisations for which the user may take something over."""
    if is_portal_team(user):
        return Organisation.objects.all()
    return Organisation.objects.filter(pk__in=organisations_of(user, Membership.Role.AUTHOR))
