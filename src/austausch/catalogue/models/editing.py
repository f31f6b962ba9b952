"""What editors need beside the entries: comments and the step of approval."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import (
    Task,
    TaskState,
)

from austausch.catalogue.models.entries import Entry


class EditorialComment(models.Model):
    """What editors say to each other about an entry's draft. Never public."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="comments", verbose_name=_("entry"))
    field = models.CharField(_("field"), max_length=60, blank=True, validators=[RegexValidator(r"^[a-z_]*$")])
    text = models.TextField(_("comment"), max_length=4000)
    author = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("author"))
    written_at = models.DateTimeField(_("written at"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        "people.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("resolved by")
    )

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")

    def __str__(self) -> str:
        return self.text[:60]


class ApprovalTask(Task):
    """The one step of the workflow: a publisher of the responsible body, other than whoever asked, approves."""

    class Meta:
        verbose_name = _("approval by a publisher")
        verbose_name_plural = _("approvals by a publisher")

    def locked_for_user(self, obj: Entry, user: Any) -> bool:
        return not self.user_can_lock(obj, user)

    def user_can_lock(self, obj: Entry, user: Any) -> bool:
        from austausch.catalogue import workflow

        return workflow.may_publish(user, obj)

    def user_can_unlock(self, obj: Entry, user: Any) -> bool:
        return self.user_can_lock(obj, user)

    def get_actions(self, obj: Entry, user: Any) -> list[tuple[str, Any, bool]]:
        from austausch.catalogue import workflow

        if not workflow.may_approve(user, obj):
            return []
        return [
            # Wagtail adds "and publish".
            ("approve", _("Approve"), False),
            ("approve", _("Approve with a comment"), True),
            ("reject", _("Ask for changes"), True),
        ]

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> models.QuerySet[TaskState]:
        from austausch.catalogue import workflow

        return workflow.waiting_for(user).filter(task=self)

    @classmethod
    def get_description(cls) -> Any:
        return _("Publishers of the responsible body approve; nobody approves what they submitted themselves.")
