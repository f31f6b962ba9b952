"""What editors fill in: entries and documents, with errors at the field that is wrong."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from austausch.catalogue.models import RESERVED_ADDRESSES, Document
from austausch.catalogue.policy import organisations
from austausch.core.policy import Action, policy
from austausch.people.models import Contact, Membership, Organisation
from austausch.places.forms import PlacesField

Role = Membership.Role

# Where an editor looks for what a rule of the database says.
FIELD_OF_CONSTRAINT = {
    "entry_period_in_order": "ends_on",
    "entry_start_has_precision": "starts_precision",
    "entry_end_has_precision": "ends_precision",
    "entry_ends_or_is_open": "open_end",
    "entry_funding_has_basis": "funding_per",
    "document_validity_in_order": "valid_to",
}
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


class ContactField(forms.ModelChoiceField[Contact]):
    """The contacts that the user may see, by name, and the one that is named already, which stays as a number."""

    def __init__(self, *, user: Any, named: int | None) -> None:
        visible = policy.which(user, Action.VIEW, Contact.objects.all())
        self.visible = set(visible.values_list("pk", flat=True))
        rows = Contact.objects.filter(Q(pk__in=visible.values("pk")) | Q(pk=named))
        super().__init__(rows.select_related("organisation"), label=gettext_lazy("Contact"), widget=forms.Select)

    def label_from_instance(self, obj: Contact) -> str:
        return f"{obj.name} ({obj.organisation})" if obj.pk in self.visible else f"{obj} ({obj.organisation})"


class CatalogueForm(WagtailAdminModelForm):
    """Errors of database constraints at their field; the address made from the title and fixed once it is public."""

    reserved: frozenset[str] = frozenset()

    @property
    def fixed_address(self) -> bool:
        return False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slug = self.fields.get("slug")
        if slug:
            slug.required = False
            slug.disabled = self.fixed_address

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "slug" in self.fields and not cleaned.get("slug") and "slug" not in self.errors and cleaned.get("title"):
            cleaned["slug"] = self._free_address(cleaned["title"])
        if cleaned.get("slug") in self.reserved:
            self.add_error("slug", _("This address is taken by a page of the portal."))
        return cleaned

    def _free_address(self, title: str) -> str:
        model = self._meta.model
        longest = model._meta.get_field("slug").max_length
        wanted = slugify(title.translate(UMLAUTS))[:longest].strip("-") or str(model._meta.model_name)
        taken = model._default_manager.exclude(pk=self.instance.pk)
        address, number = wanted, 1
        while address in self.reserved or taken.filter(slug=address).exists():
            number += 1
            address = f"{wanted[: longest - len(str(number)) - 1]}-{number}"
        return address

    def _update_errors(self, errors: ValidationError) -> None:
        if hasattr(errors, "error_dict"):
            for error in errors.error_dict.pop(NON_FIELD_ERRORS, []):
                errors.error_dict.setdefault(self._field_of(error), []).append(error)
        super()._update_errors(errors)

    def _field_of(self, error: ValidationError) -> str:
        for constraint in self._meta.model._meta.constraints:
            if str(error.message) == str(constraint.violation_error_message):
                field = FIELD_OF_CONSTRAINT.get(constraint.name, NON_FIELD_ERRORS)
                return field if field in self.fields else NON_FIELD_ERRORS
        return NON_FIELD_ERRORS


class EntryForm(CatalogueForm):
    """An entry. Who is not of the portal team writes for the own organisations only."""

    reserved = RESERVED_ADDRESSES

    places = PlacesField(label=gettext_lazy("Places"), required=False)

    @property
    def fixed_address(self) -> bool:
        return self.instance.first_published_at is not None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.for_user
        if user is None:
            return
        if "lead" in self.fields:
            self._limit_lead(user)
        for form in self.formsets["citations"].forms if "citations" in self.formsets else []:
            cited = Q(pk=form.instance.document_id)
            visible = policy.which(user, Action.VIEW, Document.objects.all())
            form.fields["document"].queryset = Document.objects.filter(Q(pk__in=visible.values("pk")) | cited)
        for form in self.formsets["contact_references"].forms if "contact_references" in self.formsets else []:
            form.fields["contact"] = ContactField(user=user, named=form.instance.contact_id)

    def _limit_lead(self, user: Any) -> None:
        field = self.fields["lead"]
        if user.is_superuser:
            return
        own = Organisation.objects.existing().filter(pk__in=organisations(user, Role.AUTHOR))
        # A published entry moves to another body only by the portal team's hand.
        field.disabled = self.instance.first_published_at is not None
        field.queryset = Organisation.objects.filter(pk=self.instance.lead_id) if field.disabled else own
        if own.count() == 1:
            field.empty_label = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        lead, user = cleaned.get("lead"), self.for_user
        publishes = "action-publish" in self.data and user and not user.is_superuser
        if publishes and lead and lead.pk not in organisations(user, Role.PUBLISHER):
            self.add_error("lead", _("You may write for this body, but not publish. Please submit for review."))
        return cleaned


class DocumentForm(CatalogueForm):
    """A document and, if there is one, its next file."""

    new_file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy(
            "The new file becomes the next version. The address of the document stays the same. "
            "Once a published entry cites the document, everybody can read all its versions, the earlier ones too."
        ),
    )
    new_note = forms.CharField(
        label=gettext_lazy("What has changed"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("One sentence for readers who know the earlier version."),
    )

    @property
    def fixed_address(self) -> bool:
        return (
            bool(self.instance.pk) and self.instance.citations.filter(entry__first_published_at__isnull=False).exists()
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.for_user
        owner = self.fields.get("owner")
        if user is None or owner is None or user.is_superuser:
            return
        owner.required = True
        owner.queryset = Organisation.objects.filter(pk__in=organisations(user, Role.AUTHOR))
        if owner.queryset.count() == 1:
            owner.empty_label = None
