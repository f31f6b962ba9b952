"""Setting up an installation: each step looks at the state it finds and does only what is missing.

Running it twice changes nothing; running it after an update brings the database, index and assets up to date.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from austausch.catalogue.models import Entry
from austausch.catalogue.workflow import ensure_workflow
from austausch.core.readiness import missing_migrations
from austausch.counselling.models import Office
from austausch.events.models import Event
from austausch.information.models import Information
from austausch.pages.setup import ensure_pages
from austausch.places.loading import load_places
from austausch.search import index, meaning, rebuilding, synonyms
from austausch.search.synonym_loading import ensure_start_list

# What a step did, in one line; None when there was nothing to do.
Step = Callable[[], str | None]


def steps(*, catalogue: Path | None) -> Iterator[tuple[str, Step]]:
    """What has to be true of an installation, in the order in which it can become true.

    `catalogue` is the file an empty catalogue starts with; None starts it empty.
    """
    yield "database", migrate
    yield "places", load_bundled_places
    yield "pages", make_pages
    yield "workflow", make_workflow
    yield "catalogue", lambda: load_first_catalogue(catalogue)
    yield "offices", lambda: load_first_offices(catalogue)
    yield "events", lambda: load_first_events(catalogue)
    yield "information", lambda: load_first_information(catalogue)
    yield "synonyms", make_synonyms
    yield "search index", agree_index
    yield "assets", collect_assets


def migrate() -> str | None:
    missing = missing_migrations()
    if not missing:
        return None
    call_command("migrate", interactive=False, verbosity=0)
    return f"{missing} migrations applied"


def load_bundled_places() -> str | None:
    outcome = load_places()
    if not outcome.new and not outcome.changed:
        return None
    return f"{outcome.new} loaded, {outcome.changed} updated"


def make_pages() -> str | None:
    made = ensure_pages()
    return f"{len(made)} made" if made else None


def make_workflow() -> str | None:
    ensure_workflow()
    return None


def make_synonyms() -> str | None:
    made = ensure_start_list()
    if made:
        return f"{made.new} made"
    # An update may bring a new analyser that reads every entry as before, but not every synonym.
    changed = synonyms.rekey()
    return f"{changed} with new keys" if changed else None


def load_first_catalogue(file: Path | None) -> str | None:
    """Loads `file` into an empty catalogue; one that has entries is left alone."""
    if file is None or Entry.objects.exists():
        return None
    if not file.exists():
        return f"left empty, because {file} does not exist"
    call_command("load_catalogue", str(file), apply=True, verbosity=0)
    return f"{Entry.objects.count()} entries loaded from {file.name}"


def load_first_offices(catalogue: Path | None) -> str | None:
    """Loads `offices.yaml` from beside the first catalogue into an empty directory of counselling."""
    file = catalogue.with_name("offices.yaml") if catalogue else None
    if file is None or not file.exists() or Office.objects.exists():
        return None
    call_command("load_catalogue", str(file), apply=True, verbosity=0)
    return f"{Office.objects.count()} offices loaded from {file.name}"


def load_first_events(catalogue: Path | None) -> str | None:
    """Loads the events that lie beside the catalogue, unless there are events already."""
    file = catalogue.with_name("events.yaml") if catalogue else None
    if file is None or not file.exists() or Event.objects.exists():
        return None
    call_command("load_catalogue", str(file), apply=True, verbosity=0)
    return f"{Event.objects.count()} loaded from {file.name}"


def load_first_information(catalogue: Path | None) -> str | None:
    """Loads the information pages that lie in a folder beside the catalogue, unless there are pages already."""
    folder = catalogue.with_name("information") if catalogue else None
    if folder is None or not folder.is_dir() or Information.objects.exists():
        return None
    call_command("load_information", str(folder), apply=True, verbosity=0)
    return f"{Information.objects.count()} pages loaded from {folder.name}"


def agree_index() -> str | None:
    """Entry and index are never apart, but an update may bring a new way of indexing."""
    difference = index.compare()
    # In the background: it takes a while, and nobody has to wait for it.
    meaning.index_later(meaning.missing())
    if not difference:
        return None
    return f"{rebuilding.rebuild()} entries indexed"


def collect_assets() -> str | None:
    """Collects, fingerprints and compresses the static files, unless exactly these were collected before."""
    seal = Path(settings.STATIC_ROOT) / ".sources"
    wanted = _digest_of_assets()
    if seal.exists() and seal.read_text() == wanted:
        return None
    call_command("collectstatic", interactive=False, verbosity=0, clear=seal.parent.exists())
    seal.write_text(wanted)
    return "collected"


def _digest_of_assets() -> str:
    """Of every static file's name and content, so that neither a copy nor a touched file misleads."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(name.encode())
            with storage.open(name) as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
