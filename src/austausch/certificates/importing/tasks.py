"""What of an import takes longer than a request. Each task may be run again: it sees what is done by the state."""

from __future__ import annotations

import logging

from django.db import transaction
from django_tasks import task

from austausch.certificates.importing import actions, servers
from austausch.certificates.importing.errors import PupilImportError
from austausch.certificates.models import ImportBatch
from austausch.certificates.reading import svws_client

logger = logging.getLogger(__name__)


@task()
def read_file(batch: int) -> None:
    actions.prepare(ImportBatch.objects.get(pk=batch))


@task()
def ask_server(batch: int) -> None:
    """Fetches a school's pupils; how far it is stands in the batch."""
    found = ImportBatch.objects.select_related("school").get(pk=batch)
    server = servers.of(found.school)
    if server is None or found.state != ImportBatch.State.READING:
        return

    def progress(done: int, total: int) -> None:
        if done % 25 == 0 or done == total:
            with transaction.atomic():
                ImportBatch.objects.filter(pk=batch).update(done=done, total=total)

    actions.finish_reading(found, svws_client.fetch(server, progress=progress))


@task()
def apply_import(batch: int) -> None:
    try:
        actions.carry_out(ImportBatch.objects.get(pk=batch))
    except PupilImportError as error:
        # The import waits for a yes again; its page says why.
        ImportBatch.objects.filter(pk=batch).update(problems=[{"kind": "told", "detail": str(error), "row": 0}])
