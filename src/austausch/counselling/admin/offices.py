"""Offices and their providers on the editors' side."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.snippets.views import snippets

from austausch.core.editors_board import TODAY, Row, Shelf, shelf
from austausch.core.policy import Action, policy
from austausch.core.viewsets import PolicyViewSet
from austausch.counselling import assurance
from austausch.counselling.admin.forms import OfficeForm, ProviderForm
from austausch.counselling.models import Office, Provider, Sensitive
from austausch.languages.panels import LanguagesPanel

HIDING = gettext_lazy(
    "Of protected accommodation none of these may be given: whoever threatens people reads them, too."
)

WHAT = [
    FieldPanel("name"),
    FieldPanel("slug", help_text=gettext_lazy("Empty: made from the name. Does not change once it was printed.")),
    FieldRowPanel([FieldPanel("owner", widget=forms.Select), FieldPanel("provider", widget=forms.Select)]),
    FieldPanel("description"),
    FieldRowPanel([FieldPanel("sensitive"), FieldPanel("is_protected")]),
    FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
    FieldPanel("target_groups", widget=forms.CheckboxSelectMultiple),
    FieldPanel("entry"),
    LanguagesPanel(heading=gettext_lazy("Text in other languages")),
]
WHERE = [
    FieldPanel("place"),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("street"), FieldPanel("postcode")]),
            FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
        ],
        heading=gettext_lazy("Street and position"),
        help_text=HIDING,
    ),
    FieldPanel("transport"),
    FieldRowPanel([FieldPanel("step_free"), FieldPanel("accessibility_note")]),
    FieldPanel("areas"),
]
HOW = [
    FieldRowPanel([FieldPanel("phone"), FieldPanel("phone_note")]),
    FieldRowPanel([FieldPanel("email"), FieldPanel("website")]),
    FieldRowPanel([FieldPanel("online"), FieldPanel("online_url")]),
    FieldPanel("admission"),
    FieldRowPanel([FieldPanel("cost"), FieldPanel("cost_note")]),
    FieldRowPanel([FieldPanel("confidentiality"), FieldPanel("confidentiality_note")]),
    FieldPanel("emergency_note"),
    InlinePanel("spoken", heading=gettext_lazy("Languages spoken in the office"), label=gettext_lazy("Language")),
]
WHEN = [
    InlinePanel(
        "openings",
        heading=gettext_lazy("Every week"),
        label=gettext_lazy("Opening hours"),
        help_text=gettext_lazy("Hours that end before they begin end on the next day; the same time twice: 24 hours."),
    ),
    InlinePanel(
        "exceptions",
        heading=gettext_lazy("On other days"),
        label=gettext_lazy("Other hours"),
        help_text=gettext_lazy("Without times: closed. Public holidays of the state need not be entered."),
    ),
    FieldPanel("open_on_holidays"),
    FieldPanel("hours_note"),
]
STATE = [
    FieldPanel("is_right"),
    FieldPanel("live", help_text=gettext_lazy("Publishers decide this.")),
    FieldPanel("state"),
    FieldRowPanel([FieldPanel("source"), FieldPanel("source_url")]),
]


class OfficeFilters(WagtailFilterSet):
    live = django_filters.BooleanFilter(label=gettext_lazy("Shown to the public"))
    sensitive = django_filters.ChoiceFilter(label=gettext_lazy("Helps against"), choices=Sensitive.choices[1:])
    due = django_filters.BooleanFilter(label=gettext_lazy("To be assured"), method="only_due")

    class Meta:
        model = Office
        fields: list[str] = []

    def only_due(self, rows: QuerySet[Office], name: str, value: bool | None) -> QuerySet[Office]:
        return rows.filter(pk__in=Office.objects.due_for_assurance().values("pk")) if value else rows


class OfficeListView(snippets.IndexView):
    def get_base_queryset(self) -> QuerySet[Office]:
        offices: QuerySet[Office] = super().get_base_queryset().select_related("owner", "place")
        return offices


class OfficeViewSet(PolicyViewSet):
    model = Office
    icon = "group"
    menu_label = gettext_lazy("Counselling offices")
    menu_name = "counselling-offices"
    menu_order = 130
    add_to_admin_menu = True
    base_url_path = "beratungsstellen"
    index_view_class = OfficeListView
    filterset_class = OfficeFilters
    search_fields = ["name", "slug"]
    list_display = [
        "name",
        Column("place", label=gettext_lazy("Place"), sort_key="place__name"),
        Column("owner", label=gettext_lazy("Kept by"), sort_key="owner__name"),
        BooleanColumn("live", label=gettext_lazy("Shown")),
        DateColumn("assured_on", label=gettext_lazy("Assured"), sort_key="assured_on"),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(WHAT, heading=gettext_lazy("What")),
            ObjectList(WHERE, heading=gettext_lazy("Where")),
            ObjectList(HOW, heading=gettext_lazy("How")),
            ObjectList(WHEN, heading=gettext_lazy("When")),
            ObjectList(STATE, heading=gettext_lazy("Status and source")),
        ],
        base_form_class=OfficeForm,
    )

    def get_edit_handler(self) -> Any:
        return self.edit_handler.bind_to_model(self.model)


class ProviderViewSet(PolicyViewSet):
    model = Provider
    icon = "home"
    menu_label = gettext_lazy("Providers of counselling")
    menu_name = "counselling-providers"
    add_to_settings_menu = True
    menu_order = 120
    base_url_path = "beratungstraeger"
    search_fields = ["name", "key"]
    list_display = ["name", "key", Column("owner", label=gettext_lazy("Kept by"), sort_key="owner__name")]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("key", help_text=gettext_lazy("The word in files. Does not change: files refer to it.")),
            FieldPanel("owner", widget=forms.Select),
            FieldPanel("description"),
            FieldPanel("website"),
        ],
        base_form_class=ProviderForm,
    )

    def get_edit_handler(self) -> Any:
        return self.edit_handler.bind_to_model(self.model)


@shelf(order=60)
def to_be_assured(request: HttpRequest) -> Shelf | None:
    """Offices of this user that nobody has assured for half a year."""
    if not policy.may(request.user, Action.EDIT, Office):
        return None
    due = assurance.due_for(request.user)
    return Shelf(
        title=gettext_lazy("Counselling offices to be assured"),
        empty=gettext_lazy("All counselling offices were assured within half a year."),
        count=due.count(),
        rows=[_row(office) for office in due.order_by("assured_on", "pk")[:TODAY]],
        url=f"{reverse('wagtailsnippets_counselling_office:list')}?due=true",
    )


def _row(office: Office) -> Row:
    assured = _("last assured on %(day)s") % {"day": date_format(office.assured_on)} if office.assured_on else ""
    url = reverse("wagtailsnippets_counselling_office:edit", args=[office.pk])
    return Row(office.name, url, assured or _("never assured"))
