"""What of an import takes longer than a request. Each task may be run again: it sees what is done by the state."""

from __future__ import annotations

from django_tasks import task

from austausch.certificates.importing import actions, progress, resuming, servers
from austausch.certificates.models import ImportBatch
from austausch.certificates.reading import svws_client


@task()
def read_file(batch: int) -> None:
    actions.prepare(ImportBatch.objects.get(pk=batch))


@task()
def ask_server(batch: int) -> None:
    """Fetches a school's pupils; how far it is stands in the batch."""
    found = ImportBatch.objects.select_related("school").get(pk=batch)
    if found.state != ImportBatch.State.READING:
        return
    # First: where the server is no longer configured, the import is given up after some attempts, too.
    resuming.begin_run(found)
    server = servers.of(found.school)
    if server is None:
        return

    def heard(done: int, total: int) -> None:
        if done % 25 == 0 or done == total:
            progress.say(found, done, total)

    actions.finish_reading(found, svws_client.fetch(server, progress=heard))


@task()
def apply_import(batch: int) -> None:
    """What went wrong stands on the import's page, where it waits for a yes again."""
    actions.carry_out(ImportBatch.objects.get(pk=batch), nobody_waits=True)
