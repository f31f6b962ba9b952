"""What editors fill in of an office, with errors at the field that is wrong."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from austausch.catalogue.models import Entry
from austausch.core.policy import Action, policy
from austausch.counselling import actions, versions
from austausch.counselling.models import RESERVED_ADDRESSES, Office, Precision, Provider
from austausch.people.models import Membership, Organisation
from austausch.people.policy import organisations_of
from austausch.places.forms import PlaceField, PlacesField

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


class OwnedForm(WagtailAdminModelForm):
    """Whoever is not of the portal's team keeps things for the own organisations only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user, owner = self.for_user, self.fields.get("owner")
        if user is None or owner is None or user.is_superuser:
            return
        own = Q(pk__in=organisations_of(user, Membership.Role.AUTHOR))
        owner.queryset = Organisation.objects.existing().filter(own)
        if owner.queryset.count() == 1:
            owner.empty_label = None


class ProviderForm(OwnedForm):
    pass


class OfficeForm(OwnedForm):
    """Coordinates that were worked out from postcode or place are not shown: nobody should think them exact."""

    place = PlaceField(
        label=gettext_lazy("Place"), required=False, help_text=gettext_lazy("Its name, or its key (AGS).")
    )
    areas = PlacesField(
        label=gettext_lazy("Responsible for"),
        required=False,
        help_text=gettext_lazy("Places whose people the office is there for, one in each line."),
    )
    entry = forms.ModelChoiceField(
        Entry.objects.none(),
        to_field_name="slug",
        required=False,
        widget=forms.TextInput,
        label=gettext_lazy("Measure"),
        help_text=gettext_lazy("The last part of its address: /massnahmen/…/"),
        error_messages={"invalid_choice": gettext_lazy("No measure that you may see has this address.")},
    )
    is_right = forms.BooleanField(
        label=gettext_lazy("All of this is right today"),
        required=False,
        help_text=gettext_lazy("Visitors then read that your organisation assured it today."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.for_user
        self.fields["slug"].required = False
        if user is not None:
            self.fields["entry"].queryset = policy.which(user, Action.VIEW, Entry.objects.all())
            self.fields["provider"].queryset = Provider.objects.all()
        if self.instance.entry:
            self.initial["entry"] = self.instance.entry.slug
        if self.instance.precision != Precision.EXACT:
            self.initial["latitude"] = self.initial["longitude"] = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("slug") and "slug" not in self.errors and cleaned.get("name"):
            cleaned["slug"] = self._free_address(cleaned)
        if cleaned.get("slug") in RESERVED_ADDRESSES:
            self.add_error("slug", _("This address is taken by a page of the portal."))
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("longitude", _("Latitude and longitude belong together, in degrees."))
        self._refuse_addresses_in_versions(cleaned)
        shows = cleaned.get("live") and not self.instance.live
        if shows and self.for_user is not None and not actions.may_show(self.for_user, cleaned.get("owner")):
            self.add_error("live", _("Only publishers of the organisation decide what the public sees."))
        return cleaned

    def save(self, commit: bool = True) -> Office:
        office: Office = self.instance
        office.precision = Precision.NONE
        actions.position(office)
        office = super().save(commit)
        if commit:
            versions.forget_sources(office)
        if commit and self.cleaned_data["is_right"] and self.for_user is not None:
            actions.assure(office=office, user=self.for_user)
        return office

    def _refuse_addresses_in_versions(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("is_protected") or not self.instance.pk:
            return
        saying = versions.telling(Office(pk=self.instance.pk, is_protected=True))
        if saying:
            message = _("What it says in these languages looks like an address: %(languages)s. Mend that first.")
            self.add_error("is_protected", message % {"languages": ", ".join(saying)})

    def _free_address(self, cleaned: dict[str, Any]) -> str:
        """From the name; where that could tell on somebody, from the word for an office and the place."""
        discreet = cleaned.get("sensitive") or cleaned.get("is_protected")
        place = cleaned.get("place")
        text = f"stelle {place.name if place else ''}" if discreet else cleaned["name"]
        wanted = slugify(text.translate(UMLAUTS))[:76].strip("-") or "stelle"
        taken = Office.objects.exclude(pk=self.instance.pk)
        address, number = wanted, 1
        while address in RESERVED_ADDRESSES or taken.filter(slug=address).exists():
            number += 1
            address = f"{wanted}-{number}"
        return address
