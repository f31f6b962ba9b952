"""Synonyms on the editors' side: list, create, change, switch on and off, delete, each through its action."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.snippets.views import snippets

from austausch.core.bulk import PolicyBulkAction
from austausch.core.policy import Action, policy
from austausch.core.viewsets import PolicyCreateView, PolicyEditView, PolicyViewSet
from austausch.search import synonym_editing, synonym_effects
from austausch.search.admin.reports import way_back
from austausch.search.models import Synonym
from austausch.search.synonyms import EDITORS, START_LIST

LONGEST_PREFILL = 1000
MOST_AT_ONCE = 500
MOST_SHOWN = 12
# How the filter calls the list that has no name.
OWN = "editors"


def list_name(word_list: str) -> str:
    """What editors read instead of the name of a list."""
    return {EDITORS: _("Editors"), START_LIST: _("Start list")}.get(word_list, word_list)


def in_one_line(synonym: Synonym) -> str:
    """What means what: “↔ all of it”, or “these → those”."""
    words, means = synonym.words.splitlines(), synonym.means.splitlines()
    return f"↔ {shortened([*words, *means])}" if synonym.both_ways else f"{shortened(words)} → {shortened(means)}"


def shortened(expressions: list[str]) -> str:
    shown = ", ".join(expressions[:MOST_SHOWN])
    rest = len(expressions) - MOST_SHOWN
    if rest <= 0:
        return shown
    return shown + " " + _("and %(count)d more") % {"count": rest}


class SynonymFilters(WagtailFilterSet):
    word_list = django_filters.ChoiceFilter(
        label=gettext_lazy("List"), choices=lambda: word_lists(), method="from_list", empty_label=gettext_lazy("All")
    )
    active = django_filters.BooleanFilter(label=gettext_lazy("In use"))
    both_ways = django_filters.BooleanFilter(label=gettext_lazy("In both directions"))

    class Meta:
        model = Synonym
        fields: list[str] = []

    def from_list(self, queryset: QuerySet[Synonym], name: str, value: str) -> QuerySet[Synonym]:
        return queryset.filter(word_list=EDITORS if value == OWN else value)


def word_lists() -> list[tuple[str, str]]:
    known = Synonym.objects.order_by("word_list").values_list("word_list", flat=True).distinct()
    return [(word_list or OWN, list_name(word_list)) for word_list in known]


class SynonymForm(WagtailAdminModelForm):
    """The wording is checked by `synonym_editing.check`; what is wrong is said at its field."""

    wording: synonym_editing.Wording

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        asked = {name: cleaned.get(name) or "" for name in ("words", "means", "note")}
        try:
            self.wording = synonym_editing.check(both_ways=bool(cleaned.get("both_ways")), **asked)
        except synonym_editing.SynonymError as error:
            for problem in error.problems:
                self.add_error(problem.field, ValidationError(str(problem)))
        return cleaned


class ChangedPanel(Panel):
    """Which list it came from, who changed it last and when."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "search/admin/synonym_changed.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk) and super().is_shown()

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            # The form has written into the instance what was typed; this is about what is stored.
            stored = Synonym.objects.select_related("changed_by").filter(pk=self.instance.pk).first()
            listed = stored and stored.word_list != EDITORS
            return {**context, "synonym": stored, "list": list_name(stored.word_list) if listed and stored else ""}


EDIT_HANDLER = ObjectList(
    [
        FieldPanel(
            "words",
            widget=forms.Textarea(attrs={"rows": 6}),
            help_text=gettext_lazy(
                "One expression a line, a word or a few words. Endings need no line of their own: “Haus” also finds "
                "“Häuser”."
            ),
        ),
        FieldPanel(
            "both_ways",
            help_text=gettext_lazy(
                "Yes: all expressions, above and below, mean the same; whoever looks for one finds all. No: whoever "
                "looks for an expression above also finds those below, but not the other way round. Choose one way "
                "where the expression below is the wider one."
            ),
        ),
        FieldPanel(
            "means",
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=gettext_lazy("One expression a line. Needed for one way; may stay empty for both directions."),
        ),
        FieldPanel(
            "note",
            help_text=gettext_lazy("One sentence for colleagues who come across this later. Not shown to visitors."),
        ),
        FieldPanel(
            "active", help_text=gettext_lazy("Only what is in use changes searches. A change takes effect at once.")
        ),
        ChangedPanel(heading=gettext_lazy("Last change")),
    ],
    base_form_class=SynonymForm,
)


class SynonymListView(snippets.IndexView):
    # "choose" is Wagtail's word for looking at: authors see the list and change nothing.
    any_permission_required = ["choose"]

    def get_base_queryset(self) -> QuerySet[Synonym]:
        synonyms: QuerySet[Synonym] = super().get_base_queryset().select_related("changed_by")
        return synonyms

    def _get_title_column(self, *args: Any, **kwargs: Any) -> Any:
        # Left to itself, the browser gives it so little room that words break anywhere.
        return super()._get_title_column(*args, **kwargs, width="22%")


class Warned:
    """Mixin: after saving, says what of the synonym leads nowhere or is there already."""

    request: Any
    object: Any

    def save_action(self) -> HttpResponse:
        response: HttpResponse = super().save_action()  # type: ignore[misc]
        for warning in said_after_saving(self.object):
            messages.warning(self.request, warning)
        return response


def said_after_saving(synonym: Synonym) -> Iterator[str]:
    if empty := synonym_effects.fruitless(synonym):
        words = shortened([_("“%(text)s”") % {"text": text} for text in empty])
        message = _("Still nothing is found for %(words)s: what the synonym leads to finds nothing itself.")
        yield message % {"words": words}
    for word_list, pairs in synonym_effects.repeated(synonym).items():
        message = _("Already in use in the list “%(list)s”: %(pairs)s")
        yield message % {"list": list_name(word_list), "pairs": shortened(pairs)}


class SynonymCreateView(Warned, PolicyCreateView):
    def get_initial(self) -> dict[str, Any]:
        # The report of searches without a hit leads here.
        words = self.request.GET.get("words", "")[:LONGEST_PREFILL]
        return {**super().get_initial(), "words": synonym_editing.clean(words)}

    def get_add_url(self) -> str:
        # Where the form is sent, so that the way back is still known after a mistake.
        address: str = super().get_add_url()
        back = way_back(self.request)
        return f"{address}?{urlencode({'next': back})}" if back else address

    def get_success_url(self) -> str:
        return way_back(self.request) or str(super().get_success_url())

    def save_instance(self) -> Synonym:
        active = self.form.cleaned_data["active"]
        return synonym_editing.create(user=self.request.user, wording=self.form.wording, active=active)


class SynonymEditView(Warned, PolicyEditView):
    def save_instance(self) -> Synonym:
        active = self.form.cleaned_data["active"]
        return synonym_editing.change(
            self.form.instance, user=self.request.user, wording=self.form.wording, active=active
        )


class SynonymDeleteView(snippets.DeleteView):
    def delete_action(self) -> None:
        synonym_editing.delete(self.object, user=self.request.user)


class SynonymViewSet(PolicyViewSet):
    model = Synonym
    icon = "resubmit"
    menu_label = gettext_lazy("Synonyms")
    menu_name = "search-synonyms"
    menu_order = 310
    add_to_admin_menu = True
    base_url_path = "suche/synonyme"
    chooser_base_url_path = "suche/synonyme-auswahl"
    index_view_class = SynonymListView
    add_view_class = SynonymCreateView
    edit_view_class = SynonymEditView
    delete_view_class = SynonymDeleteView
    filterset_class = SynonymFilters
    search_fields = ["words", "means", "note"]
    list_per_page = 50
    list_display = [
        "__str__",
        Column(
            "expressions",
            label=gettext_lazy("Expressions"),
            accessor=in_one_line,
            width="24%",
            classname="synonym-expressions",
        ),
        Column("note", label=gettext_lazy("Why"), classname="synonym-detail"),
        Column(
            "word_list",
            label=gettext_lazy("List"),
            sort_key="word_list",
            accessor=lambda synonym: list_name(synonym.word_list),
            classname="synonym-detail",
        ),
        BooleanColumn("active", label=gettext_lazy("In use"), sort_key="active", classname="synonym-active"),
        DateColumn("changed_at", label=gettext_lazy("Changed"), sort_key="changed_at", classname="synonym-detail"),
        Column(
            "changed_by",
            label=gettext_lazy("By"),
            accessor=lambda synonym: synonym.changed_by or "",
            width="12%",
            classname="synonym-detail synonym-by",
        ),
    ]
    edit_handler = EDIT_HANDLER
    own_rules = {"list": Action.VIEW, "list_results": Action.VIEW}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # Unlike entries, a synonym has no draft that whoever may look must not see.
        return policy.which(request.user, Action.VIEW, Synonym.objects.all())

    def get_edit_handler(self) -> Any:
        return self.edit_handler.bind_to_model(self.model)


class SynonymBulkAction(PolicyBulkAction):
    """Base: steps for synonyms."""

    models = [Synonym]
    filters = SynonymFilters
    searched = SynonymViewSet.search_fields
    most = MOST_AT_ONCE

    def done(self, count: int) -> str:
        return ngettext("Done for %(count)d synonym.", "Done for %(count)d synonyms.", count) % {"count": count}


class BulkSwitchOn(SynonymBulkAction):
    display_name = gettext_lazy("Switch on")
    aria_label = gettext_lazy("Use the selected synonyms")
    question = gettext_lazy("Use these synonyms from now on? At most 500 at once.")
    action_type = "switch_on"
    action_priority = 10

    def do(self, synonym: Synonym) -> None:
        synonym_editing.switch(synonym, user=self.request.user, active=True)


class BulkSwitchOff(SynonymBulkAction):
    display_name = gettext_lazy("Switch off")
    aria_label = gettext_lazy("Stop using the selected synonyms")
    question = gettext_lazy("Stop using these synonyms? They stay in the list. At most 500 at once.")
    action_type = "switch_off"
    action_priority = 20

    def do(self, synonym: Synonym) -> None:
        synonym_editing.switch(synonym, user=self.request.user, active=False)


class BulkDelete(SynonymBulkAction):
    """Instead of Wagtail's, which deletes without leaving a trace in the log."""

    display_name = gettext_lazy("Delete")
    aria_label = gettext_lazy("Delete the selected synonyms")
    question = gettext_lazy("Delete these synonyms for good? At most 500 at once.")
    action_type = "delete"
    action_priority = 60
    classes = {"serious"}
    needed = Action.DELETE

    def do(self, synonym: Synonym) -> None:
        synonym_editing.delete(synonym, user=self.request.user)


BULK = (BulkSwitchOn, BulkSwitchOff, BulkDelete)
