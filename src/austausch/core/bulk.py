"""Steps for many rows of a list at once, each row through its action; which were not done, and why, is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from austausch.core.policy import Action, policy


class PolicyBulkAction(SnippetBulkAction):
    """Base. A subclass has one model in `models`, and says what is done to one row: `do`.

    `needed`: what the policy must allow; `question`: asked before; `filters` and `searched`: those of the list, by
    which “all” means what the list shows; `most`: how many “all” are at most; `refusals`: errors of `do` that concern
    one row, so that the others go on.
    """

    template_name = "core/admin/bulk.html"
    needed = Action.EDIT
    question: Any
    filters: type[WagtailFilterSet]
    searched: Sequence[str] = ()
    most: int | None = None
    refusals: tuple[type[Exception], ...] = ()

    def do(self, row: Any) -> None:
        raise NotImplementedError

    def done(self, count: int) -> str:
        """The sentence that says for how many it was done."""
        raise NotImplementedError

    def rows(self) -> QuerySet[Any]:
        """What the user may not edit is not even named."""
        return policy.which(self.request.user, Action.EDIT, self.get_default_model()._default_manager.all())

    def get_queryset(self, model: Any, object_ids: Any) -> QuerySet[Any]:
        return self.rows().filter(pk__in=object_ids)

    def get_all_objects_in_listing_query(self, parent_id: Any) -> list[int]:
        """What the list shows that the user came from, its filters and search included."""
        wanted = QueryDict(urlsplit(self.next_url).query)
        rows = self.rows()
        filters = self.filters(wanted, queryset=rows, request=self.request)
        # Filters that nobody understands choose nothing: “all” of something else must not be changed.
        found = filters.qs if filters.is_valid() else rows.none()
        if text := wanted.get("q", ""):
            matches = Q(pk__in=[])
            for field in self.searched:
                matches |= Q(**{f"{field}__icontains": text})
            found = found.filter(matches)
        return list(found.values_list("pk", flat=True)[: self.most])

    def check_perm(self, row: Any) -> bool:
        return policy.may(self.request.user, self.needed, row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "title": self.display_name, "question": self.question}

    @classmethod
    def execute_action(cls, objects: list[Any], **kwargs: Any) -> tuple[int, int]:
        view = kwargs["self"]
        view.refused = []
        for row in objects:
            try:
                view.do(row)
            except view.refusals as error:
                view.refused.append((row, str(error)))
            except PermissionDenied:
                view.refused.append((row, _("You are not allowed to do this.")))
        return len(objects) - len(view.refused), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        for row, why in self.refused:
            messages.warning(self.request, _("“%(row)s”: %(why)s") % {"row": row, "why": why})
        return f"{self.display_name}: {self.done(num_parent_objects)}" if num_parent_objects else None
