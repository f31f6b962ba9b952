"""Model fields that rooms share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class PointsField(models.JSONField):
    """A list of points: each a plain-text paragraph. Shape: `list[str]`, no empty ones, no line breaks inside.

    Editors write one point per line. A list instead of free text, because points are compared, taken over and
    imported one by one.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if not isinstance(value, list) or not all(isinstance(point, str) for point in value):
            raise ValidationError(_("Expected a list of texts."), code="not_points")
        if any(not point.strip() or "\n" in point for point in value):
            raise ValidationError(_("A point is one line and not empty."), code="bad_point")

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        # Past JSONField's own form field: nobody should have to type JSON.
        return models.Field.formfield(self, **{"form_class": PointsFormField, **kwargs})

    def value_to_string(self, obj: models.Model) -> Any:
        return self.value_from_object(obj)


class PointsFormField(forms.CharField):
    """One point per line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = value if isinstance(value, list) else (value or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)
