"""The form in which somebody proposes new values: the entry's own fields, filled with what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.adoption.fields import EFFORT, FIELDS, Value, values
from austausch.catalogue.models import Entry
from austausch.people.models import Membership, Organisation
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor

TEXTS = ("title", "summary")
POINTS = ("starting_point", "goals", "procedure", "facts", "results", "lessons", "transferability")
WORDS = ("topics", "target_groups")
# Documents, links and legal bases are said in words: whoever keeps the entry has to look at them anyway.
PROPOSABLE = (*TEXTS, *POINTS, *WORDS, "effort")


class ProposalForm(forms.Form):
    """`wanted` are the values as `FIELDS` has them, for all that the form offers."""

    organisation = forms.ModelChoiceField(label=_("For whom"), queryset=Organisation.objects.none(), empty_label=None)
    reason = forms.CharField(
        label=_("Why you propose this"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Where it can be looked up, or what you have seen. The office that keeps the entry reads it."),
    )

    def __init__(self, data: Any, *, entry: Entry, user: Actor) -> None:
        said = values(entry)
        initial = {name: said[name] for name in (*TEXTS, *POINTS)} | said["effort"]
        initial |= {name: list(getattr(entry, name).all()) for name in WORDS}
        super().__init__(data, initial=initial)
        own = may_propose_for(user)
        field = cast("forms.ModelChoiceField[Organisation]", self.fields["organisation"])
        field.queryset = own
        field.initial = own.first()
        offered = forms.fields_for_model(Entry, fields=[*TEXTS, *POINTS, *WORDS, *EFFORT])
        for name, one in offered.items():
            if name in WORDS:
                one.widget = forms.CheckboxSelectMultiple(choices=one.choices)
            if name in POINTS:
                one.help_text = _("One point per line.")
        self.fields = {**offered, **{name: self.fields[name] for name in ("reason", "organisation")}}

    @property
    def wanted(self) -> dict[str, Value]:
        data = self.cleaned_data
        found: dict[str, Value] = {name: data[name] for name in (*TEXTS, *POINTS)}
        found |= {name: sorted(word.key for word in data[name]) for name in WORDS}
        found["effort"] = {name: data[name] for name in EFFORT}
        return {name: found[name] for name in FIELDS if name in found}


def may_propose_for(user: Actor) -> Any:
    return Organisation.objects.filter(pk__in=organisations_of(user, Membership.Role.READER)).order_by("name")
