"""The forms of the room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.certificates import actions
from austausch.certificates.models import IssueBatch, Revocation, School, SchoolRole
from austausch.people.models import User
from austausch.places.models import Place

PURPOSES = [
    ("Bescheinigungen ausstellen", _("Issue certificates")),
    ("Anfrage einer Familie beantworten", _("Answer a family’s question")),
    ("Bescheinigung prüfen oder widerrufen", _("Check or revoke a certificate")),
    ("Schülerdaten pflegen", _("Keep the pupils’ data in order")),
    ("other", _("Another purpose")),
]
NO_PURPOSE = _("Please choose a purpose, or say which other one it is.")


WHOLE_SCHOOL = "schule"
CLASS = "klasse:"


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PurposeForm(forms.Form):
    choice = forms.ChoiceField(
        label=_("Why do you look at pupils’ data?"),
        choices=PURPOSES,
        widget=forms.RadioSelect,
        error_messages={"required": NO_PURPOSE},
    )
    other = forms.CharField(label=_("Another purpose, in a few words"), max_length=150, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        purpose = data.get("choice")
        if purpose == "other":
            purpose = " ".join(data.get("other", "").split())
            if not purpose:
                self.add_error("other", NO_PURPOSE)
        return {**data, "purpose": purpose}


class IssueForm(forms.Form):
    """Whom, why and until when. Whom is left out where one pupil is already chosen."""

    whom = forms.ChoiceField(label=_("For whom?"))
    purpose = forms.CharField(
        label=_("What are the certificates for?"),
        max_length=200,
        help_text=_("Stands in the log, not on the certificate. For example: Familienkasse"),
        error_messages={"required": _("Please say what the certificates are for.")},
    )
    valid_until = forms.DateField(label=_("Valid until"), widget=DayInput())

    def __init__(self, *args: Any, classes: list[str], one: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_until"].initial = actions.default_validity(timezone.localdate())
        if one:
            del self.fields["whom"]
            return
        field: Any = self.fields["whom"]
        field.choices = [
            (WHOLE_SCHOOL, _("the whole school")),
            *((f"{CLASS}{name}", _("class %(name)s") % {"name": name}) for name in classes if name),
        ]


class RunForm(forms.Form):
    """A run for all schools of a municipality."""

    place = forms.ModelChoiceField(Place.objects.none(), label=_("Municipality"))
    purpose = forms.CharField(label=_("What are the certificates for?"), max_length=200)
    valid_until = forms.DateField(label=_("Valid until"), widget=DayInput())

    def __init__(self, *args: Any, organisations: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = School.objects.open().filter(organisation__in=organisations)
        field: Any = self.fields["place"]
        field.queryset = Place.objects.filter(pk__in=own.values("place"))
        self.fields["valid_until"].initial = actions.default_validity(timezone.localdate())


class RefusalForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=IssueBatch._meta.get_field("refusal").max_length)


class ReissueForm(forms.Form):
    purpose = forms.CharField(label=_("Why is it issued anew?"), max_length=200)


class RevocationForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[choice for choice in Revocation.Reason.choices if choice[0] != Revocation.Reason.REPLACED],
        widget=forms.RadioSelect,
    )
    explanation = forms.CharField(
        label=_("Explanation"),
        max_length=300,
        required=False,
        help_text=_("For your school only. Whoever checks the certificate sees no reason."),
    )


class RoleForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address of the account"), help_text=_("The person needs an account in the network first.")
    )
    role = forms.TypedChoiceField(label=_("Role"), choices=SchoolRole.Role.choices, coerce=int)

    def clean_email(self) -> User:
        user = User.objects.filter(email=self.cleaned_data["email"].lower(), is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("There is no account with this address. Ask the person to register first."))
        return user


class SettlementForm(forms.Form):
    text = forms.CharField(label=_("What came of it?"), max_length=300)


class SchoolForm(forms.ModelForm[School]):
    class Meta:
        model = School
        fields = (
            "number",
            "name",
            "kind",
            "body",
            "organisation",
            "place",
            "street",
            "house_number",
            "postal_code",
            "town",
            "phone",
            "email",
            "website",
            "certificates_per_day",
            "closed_on",
        )
        widgets = {"closed_on": DayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # Seals, numbers and the log name it.
            self.fields["number"].disabled = True
