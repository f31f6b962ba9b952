"""Documents on the editors' side: facts about them, and new files as versions."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.snippets.views import snippets

from austausch.catalogue.admin import panels
from austausch.catalogue.documents import DocumentError, add_version
from austausch.catalogue.models import Document, DocumentKind
from austausch.core.viewsets import PolicyCreateView, PolicyEditView, PolicyViewSet


class DocumentFilters(WagtailFilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=DocumentKind.choices)

    class Meta:
        model = Document
        fields: list[str] = []


class WithUpload:
    """Mixin: the uploaded file becomes a version, in the transaction that saves the document."""

    form: Any
    request: Any

    def save_instance(self) -> Any:
        document = super().save_instance()  # type: ignore[misc]
        upload = self.form.cleaned_data.get("new_file")
        if upload:
            note = self.form.cleaned_data["new_note"]
            add_version(document=document, upload=upload, note=note, user=self.request.user)
        return document

    def form_valid(self, form: Any) -> Any:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except DocumentError as error:
            form.add_error("new_file", str(error))
            self.produced_error_code = "validation_error"
            self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
            return self.form_invalid(form)  # type: ignore[attr-defined]


class DocumentListView(snippets.IndexView):
    def get_base_queryset(self) -> QuerySet[Document]:
        documents: QuerySet[Document] = (
            super()
            .get_base_queryset()
            .select_related("owner")
            .annotate(newest=Max("versions__number"), cited=Count("citations", distinct=True))
        )
        return documents


class DocumentCreateView(WithUpload, PolicyCreateView):
    pass


class DocumentEditView(WithUpload, PolicyEditView):
    pass


class DocumentViewSet(PolicyViewSet):
    model = Document
    icon = "doc-full-inverse"
    menu_label = _("Documents")
    menu_name = "catalogue-documents"
    menu_order = 110
    add_to_admin_menu = True
    base_url_path = "dokumente"
    chooser_base_url_path = "dokumente-auswahl"
    index_view_class = DocumentListView
    add_view_class = DocumentCreateView
    edit_view_class = DocumentEditView
    filterset_class = DocumentFilters
    search_fields = ["title", "slug"]
    list_display = [
        "title",
        Column("get_kind_display", label=_("Kind"), sort_key="kind"),
        Column("owner", label=_("Kept by"), sort_key="owner__name"),
        Column("newest", label=_("Version")),
        Column("cited", label=_("Cited by")),
        DateColumn("valid_to", label=_("Valid to"), sort_key="valid_to"),
    ]
    edit_handler = panels.DOCUMENT
    # Going back to an earlier state of the facts would delete the files that came later.
    left_out = ("revisions_revert",)

    def get_edit_handler(self) -> Any:
        return self.edit_handler.bind_to_model(self.model)
