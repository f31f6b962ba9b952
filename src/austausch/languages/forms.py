"""The form of a version: one field for each text of its source, in the language it is written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from austausch.languages.kinds import Field, Value
from austausch.languages.tongues import Tongue

LONG = 200
# Characters that have room in a row of the form.
PER_ROW = 50


class VersionForm(forms.Form):
    """`texts` are what was written. Lengths and what must be there are the action's to say: it knows the source."""

    seen_german = forms.CharField(widget=forms.HiddenInput, required=False)
    seen_texts = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any, *, fields: Sequence[Field], tongue: Tongue, texts: Mapping[str, Value], seen: tuple[str, str]
    ) -> None:
        self.of_source = fields
        shown = {name: "\n".join(value) if isinstance(value, list) else value for name, value in texts.items()}
        super().__init__(data, initial={**shown, "seen_german": seen[0], "seen_texts": seen[1]})
        for field in fields:
            many = field.lines or field.long or field.most > LONG
            attributes = {"lang": tongue.lang, "dir": tongue.dir, "spellcheck": "true"}
            rows = _rows(shown.get(field.name, ""))
            widget = forms.Textarea(attrs={**attributes, "rows": rows}) if many else forms.TextInput(attrs=attributes)
            self.fields[field.name] = forms.CharField(
                label=str(field.label),
                required=False,
                widget=widget,
                help_text=_("One point per line.") if field.lines else "",
            )

    @property
    def texts(self) -> dict[str, Value]:
        return {field.name: self.cleaned_data.get(field.name, "") for field in self.of_source}


def _rows(text: str) -> int:
    """So high that all of the text is seen, within reason."""
    return min(20, max(3, 1 + sum(1 + len(line) // PER_ROW for line in text.splitlines())))
