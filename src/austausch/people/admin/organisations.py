"""Organisations and the roles of people in them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views import snippets

from austausch.core.viewsets import PolicyViewSet
from austausch.people.models import Organisation
from austausch.places.forms import PlaceField


class OrganisationForm(WagtailAdminModelForm):
    place = PlaceField(label=_("Place"), required=False, help_text=_("Its name, or its key (AGS)."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # The key stands in addresses; a new name keeps the former one, which this form knows nothing of.
            self.fields["key"].disabled = self.fields["name"].disabled = True
            self.fields["name"].help_text = _("To rename it, open it in the network: the former name stays findable.")


class OrganisationListView(snippets.IndexView):
    def get_base_queryset(self) -> QuerySet[Organisation]:
        organisations = super().get_base_queryset().select_related("place")
        counted: QuerySet[Organisation] = organisations.annotate(people=Count("memberships"))
        return counted


class OrganisationViewSet(PolicyViewSet):
    model = Organisation
    icon = "home"
    menu_label = _("Organisations")
    add_to_settings_menu = True
    menu_order = 100
    base_url_path = "organisationen"
    index_view_class = OrganisationListView
    search_fields = ["name", "key"]
    list_display = [
        "name",
        Column("get_kind_display", label=_("Kind"), sort_key="kind"),
        Column("place", label=_("Place"), sort_key="place__name"),
        Column("people", label=_("People"), sort_key="people"),
    ]
    list_filter = ["kind"]
    edit_handler = ObjectList(
        [
            FieldPanel("name", help_text=_("As visitors read it.")),
            FieldPanel("key", help_text=_("The word in catalogue files and addresses. Does not change.")),
            FieldPanel("kind", help_text=_("Decides the level of its entries, where they give none.")),
            FieldPanel("place", widget=forms.TextInput),
            InlinePanel(
                "memberships",
                heading=_("People and roles"),
                label=_("Person"),
                help_text=_("Readers see drafts, authors write, publishers publish. Each includes the ones before."),
                panels=[FieldRowPanel([FieldPanel("user", widget=forms.Select), FieldPanel("role")])],
            ),
        ],
        base_form_class=OrganisationForm,
    )

    def get_edit_handler(self) -> Any:
        return self.edit_handler.bind_to_model(self.model)
