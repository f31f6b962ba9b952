"""Rows that belong to an entry and are edited and versioned with it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import (
    Orderable,
)

from austausch.catalogue.models.documents import Document
from austausch.catalogue.models.entries import Entry
from austausch.core.fields import PointsField


class EntryPart(Orderable):
    """A row that belongs to an entry and is edited and versioned with it."""

    class Meta(Orderable.Meta):
        abstract = True


class Partner(EntryPart):
    """A body that takes part without leading, by the name that the source gives it."""

    entry = ParentalKey(Entry, on_delete=models.CASCADE, related_name="partners")
    name = models.CharField(_("name"), max_length=200)

    class Meta(EntryPart.Meta):
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return self.name


class LegalBasis(EntryPart):
    """A statute an entry rests on. Fields: `title`, `reference` (section), `url`."""

    entry = ParentalKey(Entry, on_delete=models.CASCADE, related_name="legal_bases")
    title = models.CharField(_("law"), max_length=300)
    reference = models.CharField(_("section"), max_length=100, blank=True)
    url = models.URLField(_("address"), blank=True)

    class Meta(EntryPart.Meta):
        verbose_name = _("legal basis")
        verbose_name_plural = _("legal bases")

    def __str__(self) -> str:
        return f"{self.reference} {self.title}".strip()


class Citation(EntryPart):
    """A document an entry cites."""

    entry = ParentalKey(Entry, on_delete=models.CASCADE, related_name="citations")
    document = models.ForeignKey(Document, models.PROTECT, related_name="citations", verbose_name=_("document"))

    class Meta(EntryPart.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return str(self.document)


class Link(EntryPart):
    """An address outside the portal. Fields: `url` (http or https), `title` (may be empty: the address is shown)."""

    entry = ParentalKey(Entry, on_delete=models.CASCADE, related_name="links")
    url = models.URLField(_("address"), max_length=500)
    title = models.CharField(_("title"), max_length=200, blank=True)

    class Meta(EntryPart.Meta):
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self) -> str:
        return self.title or self.url


class Office(EntryPart):
    """Where an entry is offered. Fields: `name` or `place_name` or both, as the source has them, and `note`."""

    entry = ParentalKey(Entry, on_delete=models.CASCADE, related_name="offices")
    name = models.CharField(_("name"), max_length=200, blank=True)
    place_name = models.CharField(_("place"), max_length=100, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta(EntryPart.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="", place_name=""),
                name="office_has_name_or_place",
                violation_error_message=_("Give the office a name or a place."),
            )
        ]
        verbose_name = _("office")
        verbose_name_plural = _("offices")

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.place_name) if part)


class DatedAction(EntryPart):
    """Something that took place on given days, such as a joint inspection.

    Fields: `starts_on`, `ends_on` (inclusive), `place_names` (as the source names them), `district`.
    """

    entry = ParentalKey(Entry, on_delete=models.CASCADE, related_name="actions")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    place_names = PointsField(_("places"))
    district = models.CharField(_("district"), max_length=100, blank=True)

    class Meta(EntryPart.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="action_days_in_order",
                violation_error_message=_("The end lies before the beginning."),
            )
        ]
        verbose_name = _("dated action")
        verbose_name_plural = _("dated actions")

    def __str__(self) -> str:
        return f"{self.starts_on:%d.%m.%Y}, {', '.join(self.place_names)}"

    def clean(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The end lies before the beginning.")})


class ContactReference(EntryPart):
    """Whom to ask about an entry. Versions hold this reference, never what stands in it: that is asked each time.

    Fields: `contact`, `task` (what to ask there; may be empty).
    """

    entry = ParentalKey(Entry, on_delete=models.CASCADE, related_name="contact_references")
    contact = models.ForeignKey("people.Contact", models.PROTECT, related_name="references", verbose_name=_("contact"))
    task = models.CharField(_("what for"), max_length=150, blank=True)

    class Meta(EntryPart.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return str(self.contact)
