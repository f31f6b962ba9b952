"""The edit form of an entry: six tabs, each required field explained where it is asked for, and the comments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.admin.widgets import SlugInput

from austausch.catalogue.admin.forms import DocumentForm, EntryForm
from austausch.catalogue.models import Document, Entry
from austausch.languages.panels import LanguagesPanel

ONE_PER_LINE = _("One point per line. A section without points is not shown.")
# As on a German keyboard without umlauts; the browser would leave out the dots.
UMLAUTS = [("[äÄ]", "ae"), ("[öÖ]", "oe"), ("[üÜ]", "ue"), ("ß", "ss")]


def points(name: str, help_text: Any = ONE_PER_LINE) -> FieldPanel:
    return FieldPanel(name, help_text=help_text)


class CommentsPanel(Panel):
    """What editors say to each other about the entry. Its forms stand outside the edit form; see edit.html."""

    def clone_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().clone_kwargs()
        kwargs.pop("help_text", None)
        return kwargs

    class BoundPanel(Panel.BoundPanel):
        template_name = "catalogue/admin/comments_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            if self.instance.pk:
                context["comments"] = self.instance.comments.select_related("author", "resolved_by").order_by(
                    "resolved_at", "written_at"
                )
            context["entry"] = self.instance
            context["fields"] = commentable_fields()
            return context


class CheckPanel(Panel):
    """When the entry was last checked, and the button that says it is still right."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "catalogue/admin/check_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return {**super().get_context_data(parent_context), "entry": self.instance}


def commentable_fields() -> list[tuple[str, str]]:
    """Name and label of the fields a comment can be about, in the order of the form."""
    return [(name, str(Entry._meta.get_field(name).verbose_name)) for name in COMMENTABLE]


COMMENTABLE = (
    "title", "summary", "kind", "approach", "lead", "starting_point", "goals", "procedure", "facts", "results",
    "lessons", "transferability", "starts_on", "ends_on", "funding_eur", "places", "topics", "target_groups",
    "evidence",
)  # fmt: skip

CONTENT = [
    TitleFieldPanel(
        "title",
        required_on_save=True,
        placeholder=False,
        classname="",
        help_text=_(
            "What the programme or measure is called. This is the heading of its page and stands in every list."
        ),
    ),
    FieldPanel(
        "slug",
        widget=SlugInput(formatters=UMLAUTS),
        help_text=_(
            "The last part of the page's address. It is made from the title and cannot be changed once the entry has "
            "been published, because it stands on letters and in bookmarks."
        ),
    ),
    FieldPanel(
        "lead",
        widget=forms.Select,
        help_text=_("The body that is responsible. Its publishers review the entry. You can choose yours only."),
    ),
    FieldRowPanel(
        [
            FieldPanel("kind", help_text=_("What it is: decides under which kind visitors find it.")),
            FieldPanel(
                "approach",
                help_text=_("How it works: helping people, applying the law, or coordinating those who do."),
            ),
        ],
        heading=_("Kind and approach"),
    ),
    FieldPanel("level", help_text=_("Leave empty if it is the level of the responsible body.")),
    FieldPanel("summary"),
    FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
    FieldPanel("target_groups", widget=forms.CheckboxSelectMultiple),
    MultiFieldPanel(
        [points("starting_point"), points("goals"), points("procedure"), points("facts")], heading=_("What it is about")
    ),
    MultiFieldPanel([points("results"), points("lessons")], heading=_("What came of it")),
    InlinePanel("partners", heading=_("Partners"), label=_("Partner"), panels=[FieldPanel("name")]),
]

PERIOD = [
    FieldRowPanel(
        [
            FieldPanel("starts_on", help_text=_("The first day of what the source says: for 2017 the 1 January 2017.")),
            FieldPanel("starts_precision", help_text=_("How exact the source is. Needed as soon as there is a date.")),
        ],
        heading=_("Beginning"),
    ),
    FieldRowPanel(
        [
            FieldPanel("ends_on", help_text=_("The last day of what the source says: for 2022 the 31 December 2022.")),
            FieldPanel("ends_precision", help_text=_("How exact the source is. Needed as soon as there is a date.")),
        ],
        heading=pgettext_lazy("of a measure", "End"),
    ),
    FieldPanel("open_end", help_text=_("Only if the source says that it continues, for example “ongoing” or “since”.")),
    FieldRowPanel(
        [
            FieldPanel("funding_eur", help_text=_("Only a sum that the source gives. Nothing is estimated.")),
            FieldPanel("funding_per", help_text=_("Needed as soon as there is a sum.")),
        ],
        heading=_("Funding"),
    ),
    InlinePanel(
        "actions",
        heading=_("Dated actions"),
        label=_("Dated action"),
        panels=[
            FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
            FieldPanel("place_names", help_text=_("One place per line, as the source names it.")),
            FieldPanel("district"),
        ],
    ),
]

WHERE = [
    FieldPanel(
        "places",
        help_text=_(
            "One place per line: its name, or its key (AGS) where several places have the same name. A district or the "
            "state stands for everything in it."
        ),
    ),
    FieldRowPanel([FieldPanel("venue"), FieldPanel("event_format")], heading=_("Venue of an event")),
    InlinePanel(
        "offices",
        heading=_("Offices"),
        label=_("Office"),
        help_text=_("Where the offer is to be had. Give a name or a place, or both."),
        panels=[FieldPanel("name"), FieldPanel("place_name"), FieldPanel("note")],
    ),
    InlinePanel(
        "contact_references",
        heading=_("Whom to ask"),
        label=_("Contact"),
        help_text=_(
            "Contacts are kept in the network. Here you only name them: when somebody else takes over, all measures "
            "follow. Readers see a person as far as that person agreed."
        ),
        panels=[FieldPanel("contact", widget=forms.Select), FieldPanel("task")],
    ),
]

SOURCES = [
    InlinePanel(
        "citations",
        heading=_("Documents"),
        label=_("Document"),
        help_text=_("Brochures, decrees, reports and law. A document becomes public with the entry that cites it."),
        panels=[FieldPanel("document")],
    ),
    InlinePanel(
        "legal_bases",
        heading=_("Legal bases"),
        label=_("Legal basis"),
        panels=[FieldPanel("title"), FieldPanel("reference"), FieldPanel("url")],
    ),
    InlinePanel("links", heading=_("Links"), label=_("Link"), panels=[FieldPanel("url"), FieldPanel("title")]),
]

TRANSFER = [
    points("transferability", _("What another town needs in order to do the same. One point per line.")),
    MultiFieldPanel(
        [
            FieldPanel("effort_staff"),
            FieldPanel("effort_cost"),
            FieldPanel("effort_duration"),
            FieldPanel("effort_town_size"),
        ],
        heading=_("Effort"),
        help_text=_("In the words of the source, for example “half a post for two years”."),
    ),
    FieldPanel("evidence", help_text=_("How well the effect is known. This says nothing about the cost.")),
]

CHECK = [
    CheckPanel(heading=_("Still right?")),
    LanguagesPanel(heading=_("Text in other languages")),
    FieldPanel(
        "review_every_months",
        help_text=_(
            "After this time the entry stands in the review list until somebody checks it. Empty: as for its kind."
        ),
    ),
    PublishingPanel(),
]

ENTRY = TabbedInterface(
    [
        ObjectList(CONTENT, heading=_("Content")),
        ObjectList(PERIOD, heading=_("Period and funding")),
        ObjectList(WHERE, heading=_("Places and offices")),
        ObjectList(SOURCES, heading=_("Documents and links")),
        ObjectList(TRANSFER, heading=_("Transfer and effort")),
        ObjectList(CHECK, heading=_("Check and schedule")),
        ObjectList([CommentsPanel(heading=_("Comments of the editors"))], heading=_("Comments")),
    ],
    base_form_class=EntryForm,
)


# What rooms above the catalogue say about a document's current file: they register here, the catalogue may not ask.
file_notes: list[Callable[[Document], str]] = []


class VersionsPanel(Panel):
    """The files of a document so far, newest first, with size, type and checksum."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "catalogue/admin/versions_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            versions = self.instance.versions.select_related("uploaded_by") if self.instance.pk else []
            notes = [note(self.instance) for note in file_notes] if versions else []
            context: dict[str, Any] = super().get_context_data(parent_context)
            return {**context, "versions": versions, "document": self.instance, "notes": notes}


DOCUMENT = ObjectList(
    [
        TitleFieldPanel(
            "title", placeholder=False, classname="", help_text=_("The title as it stands on the document.")
        ),
        FieldPanel(
            "slug",
            widget=SlugInput(formatters=UMLAUTS),
            help_text=_("The last part of the document's address. It stays when the file is replaced."),
        ),
        FieldPanel("kind", help_text=_("What it is: decides under which kind visitors find it.")),
        FieldPanel(
            "owner", widget=forms.Select, help_text=_("The organisation whose authors may change this document.")
        ),
        FieldPanel("issued_on"),
        FieldRowPanel(
            [
                FieldPanel("valid_from"),
                FieldPanel(
                    "valid_to", help_text=_("After this day every page that shows it says that it is out of date.")
                ),
            ],
            heading=_("Validity"),
        ),
        MultiFieldPanel([FieldPanel("new_file"), FieldPanel("new_note")], heading=_("New version")),
        VersionsPanel(heading=_("Versions")),
    ],
    base_form_class=DocumentForm,
)
