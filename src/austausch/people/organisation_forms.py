"""Forms about organisations."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.people.models import Organisation
from austausch.places.forms import PlaceField


class DirectoryForm(forms.Form):
    """What the directory of organisations can be searched by."""

    q = forms.CharField(label=_("Name"), max_length=100, required=False, help_text=_("Former names are found, too."))
    art = forms.ChoiceField(label=_("Kind"), choices=[("", _("All kinds")), *Organisation.Kind.choices], required=False)
    ort = PlaceField(
        label=_("Place"), required=False, help_text=_("Name or key (AGS). A district stands for all places in it.")
    )


class ChangeForm(forms.Form):
    """One change to an organisation: which, and what it needs."""

    NAME, PARENT, MERGER = "name", "ueber", "aufgehen"
    what = forms.ChoiceField(
        label=_("What changes?"),
        choices=[(NAME, _("Its name")), (PARENT, _("The body above it")), (MERGER, _("It becomes part of another"))],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("New name"), max_length=200, required=False)
    other = forms.ModelChoiceField(
        label=_("Other organisation"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("The body above it, or the one it becomes part of."),
    )
    on = forms.DateField(
        label=_("Since when?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day of the new name or of the merger."),
    )

    def __init__(self, data: QueryDict | None = None, *, organisation: Organisation) -> None:
        super().__init__(data, initial={"on": timezone.localdate()})
        other = cast("forms.ModelChoiceField[Organisation]", self.fields["other"])
        other.queryset = Organisation.objects.existing().exclude(pk=organisation.pk).order_by("name")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        what = cleaned.get("what")
        if what == self.NAME and not cleaned.get("name"):
            self.add_error("name", _("Please give the new name."))
        if what == self.MERGER and not cleaned.get("other") and "other" not in self.errors:
            self.add_error("other", _("Please choose the organisation that goes on."))
        return cleaned
