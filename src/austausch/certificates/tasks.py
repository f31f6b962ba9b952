"""What the worker does for this room: issue batches, keep the lists fresh, forget what is past its retention."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from austausch.certificates import issuing
from austausch.certificates.models import IssueBatch


def begin(batch: IssueBatch) -> None:
    """Lets a worker begin once everything that was written about the batch can be seen."""
    transaction.on_commit(lambda: issue.enqueue(batch.pk))


@task()
def issue(batch: int) -> None:
    """Issues a batch, or goes on with it."""
    issuing.run(batch)


def take_up() -> None:
    """Batches whose worker has fallen silent. Asked once a minute; who is at work already is left in peace."""
    silent = timezone.now() - issuing.SILENT
    left = IssueBatch.objects.unfinished().filter(Q(claimed_at__lte=silent) | Q(claimed_at=None, made_at__lte=silent))
    for pk in left.order_by("made_at").values_list("pk", flat=True):
        issue.enqueue(pk)
