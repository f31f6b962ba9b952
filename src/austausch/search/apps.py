from typing import Any

from django.apps import AppConfig
from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_delete

# What entries name, and how an entry finds it: a change of its name, address or place changes their index rows, and
# so does its end.
NAMED = {
    "catalogue.Topic": "topics",
    "catalogue.TargetGroup": "target_groups",
    "catalogue.Document": "citations__document",
    "people.Organisation": "lead",
    "places.Place": "places",
}


class SearchConfig(AppConfig):
    name = "austausch.search"

    def ready(self) -> None:
        from django.apps import apps

        from austausch.catalogue import publication
        from austausch.core import page_cache
        from austausch.search import document_reading, searches
        from austausch.search.index import index
        from austausch.search.saved import (
            arrivals,
            news,  # noqa: F401 - its kind of mail has to be known wherever one can refuse it
        )

        publication.observe(index)
        publication.observe(arrivals.note)
        page_cache.observe(searches.answered)
        # Signals, as for the generation of the content and for the same reason: plumbing below every way of writing.
        for label in NAMED:
            model = apps.get_model(label)
            post_save.connect(_changed, sender=model, dispatch_uid=f"index-{label}")
            pre_delete.connect(_leaving, sender=model, dispatch_uid=f"index-{label}")
            post_delete.connect(_left, sender=model, dispatch_uid=f"index-{label}")
        version = apps.get_model("catalogue.DocumentVersion")
        post_save.connect(document_reading.on_version_saved, sender=version, dispatch_uid="read-saved")
        post_delete.connect(document_reading.on_version_deleted, sender=version, dispatch_uid="read-deleted")


def _changed(sender: type[Model], instance: Model, created: bool, raw: bool = False, **kwargs: Any) -> None:
    from austausch.search.index import index, naming

    if not created and not raw:
        index(naming(**{NAMED[sender._meta.label]: instance}))


def _leaving(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    from austausch.search.index import naming

    # Once it is gone, nobody knows any more which entries named it.
    instance._named_by = naming(**{NAMED[sender._meta.label]: instance})  # type: ignore[attr-defined]


def _left(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    from austausch.search.index import index

    index(instance._named_by)  # type: ignore[attr-defined]
