"""The way of an entry from draft to publication: who reviews, and what is waiting for whom.

Draft → in review → published. Authors submit; publishers of the responsible body approve or ask for changes, but
never what they submitted themselves (four eyes). A publisher who wants no second pair of eyes publishes directly,
and the entry's history says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models.functions import Cast
from wagtail.models import TaskState, Workflow, WorkflowContentType, WorkflowState, WorkflowTask

from austausch.catalogue.models import ApprovalTask, Entry
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.core.policy import Actor

# Stored in the database and shown as it stands, therefore not translated.
NAME = "Freigabe"


@transaction.atomic
def ensure_workflow() -> Workflow:
    """Makes the workflow for entries where it does not exist. Calling it again changes nothing."""
    entries = ContentType.objects.get_for_model(Entry)
    assigned = WorkflowContentType.objects.filter(content_type=entries).select_related("workflow").first()
    if assigned:
        return assigned.workflow
    task = ApprovalTask.objects.filter(name=NAME).first() or ApprovalTask.objects.create(name=NAME)
    workflow = Workflow.objects.create(name=NAME)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowContentType.objects.create(content_type=entries, workflow=workflow)
    return workflow


def may_publish(user: Actor, entry: Entry) -> bool:
    return policy.may(user, Action.PUBLISH, entry)


def may_approve(user: Actor, entry: Entry) -> bool:
    """Publishers may, except for what they submitted themselves."""
    state = entry.current_workflow_state
    return state is not None and state.requested_by_id != user.pk and may_publish(user, entry)


def waiting_for(user: Actor) -> models.QuerySet[TaskState]:
    """The reviews this user may decide now."""
    return _running(user, Action.PUBLISH).exclude(workflow_state__requested_by=user.pk)


def in_review(user: Actor) -> models.QuerySet[Entry]:
    """Entries this user works on that are waiting for a decision, by whomever."""
    keys = _running(user, Action.EDIT).values_list("workflow_state__object_id", flat=True)
    return Entry.objects.filter(pk__in=[int(key) for key in keys])


def to_be_changed(user: Actor) -> models.QuerySet[Entry]:
    """Entries this user works on that a publisher sent back."""
    keys = _states(user, Action.EDIT).filter(status=WorkflowState.STATUS_NEEDS_CHANGES)
    return Entry.objects.filter(pk__in=[int(key) for key in keys.values_list("object_id", flat=True)])


def _running(user: Actor, action: Action) -> models.QuerySet[TaskState]:
    running: models.QuerySet[TaskState] = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS, workflow_state__in=_states(user, action)
    )
    return running


def _states(user: Actor, action: Action) -> models.QuerySet[Any]:
    entries = policy.which(user, action, Entry.objects.all())
    # Wagtail keeps the keys of all models as text.
    keys = entries.order_by().values(key=Cast("pk", models.CharField(max_length=255)))
    states: models.QuerySet[Any] = WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Entry), object_id__in=keys
    )
    return states
