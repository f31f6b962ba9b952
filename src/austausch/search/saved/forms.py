"""Forms about saved searches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from austausch.core.policy import Action, policy
from austausch.search.models import SavedSearch

if TYPE_CHECKING:
    from austausch.people.models import User


class SavedSearchForm(forms.Form):
    """Name and mail of a saved search."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Only you see it."))
    rhythm = forms.ChoiceField(
        label=_("Mail about what is new"), choices=SavedSearch.Rhythm.choices, widget=forms.RadioSelect
    )

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name:
            raise forms.ValidationError(_("Please give the search a name."))
        return name


class NewSavedSearchForm(SavedSearchForm):
    """The same for one that is to be saved, perhaps in place of another."""

    instead_of = forms.ModelChoiceField(
        label=_("Replaces"),
        queryset=SavedSearch.objects.none(),
        required=False,
        empty_label=_("none of my saved searches"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = policy.which(user, Action.EDIT, SavedSearch.objects.kept())
        if not own.exists():
            del self.fields["instead_of"]
            return
        field: Any = self.fields["instead_of"]
        field.queryset = own
        field.label_from_instance = lambda search: search.name
