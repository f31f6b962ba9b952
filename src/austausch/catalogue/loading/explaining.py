"""pydantic's errors, said so that the person who wrote the file can mend it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from austausch.catalogue.loading.fields import did_you_mean
from austausch.catalogue.loading.forbidden import is_forbidden

Explained = tuple[tuple[str | int, ...], str, str, bool]


def explained(error: ValidationError, model: type[BaseModel]) -> Iterator[Explained]:
    """For each error: its path, what is wrong, what to do, and whether the value helps."""
    for found in error.errors(include_url=False, include_context=True):
        path, context = found["loc"], found.get("ctx", {})
        kind = found["type"]
        if kind == "catalogue":
            yield path, context["message"], context["remedy"], True
        elif kind == "extra_forbidden":
            yield path, *unknown_key(path[-1], known_keys(model, path[:-1])), False
        elif kind == "missing":
            yield path, _("This field is missing."), _("Add “%(key)s”.") % {"key": path[-1]}, False
        else:
            yield path, *_shape(kind, context), True


def unknown_key(key: object, known: list[str]) -> tuple[str, str]:
    """What is wrong with a key nobody knows, and what to do."""
    if is_forbidden(key):
        return (
            _("The field “%(key)s” is not allowed: nothing here selects people by nationality, origin, language, "
              "religion, name or number of children.") % {"key": key},
            _("Delete the field and its values. What an offer is for belongs into topics or target_groups."),
        )  # fmt: skip
    return _("The field “%(key)s” is not known here.") % {"key": key}, did_you_mean(key, known)


def known_keys(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """The keys that a mapping at this path of the model may have."""
    current: Any = model
    for step in path:
        if isinstance(step, str):
            fields = {field.alias or name: field for name, field in current.model_fields.items()}
            current = _model_in(fields[step].annotation) if step in fields else None
        if current is None:
            return []
    return [field.alias or name for name, field in current.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _model_in(part))), None)


def _shape(kind: str, context: dict[str, Any]) -> tuple[str, str]:
    if kind == "list_type":
        return _("A list is expected."), _("Write it as a list, even with a single item.")
    if kind in {"model_type", "dict_type", "model_attributes_type"}:
        return _("Named values are expected here."), _("Write them as “key: value”.")
    if kind == "too_long":
        return _("The list has more than %(count)s items.") % {"count": context["max_length"]}, _("Shorten it.")
    return _("This value is not possible here."), _("Compare with the format's description.")
