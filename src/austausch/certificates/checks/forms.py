"""What offices and the portal team fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from austausch.certificates.checks.actions import Given
from austausch.people.models import Organisation


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, read into memory: they are written nowhere but into the check that reads them."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        cleaned = [super(FilesField, self).clean(one, initial) for one in files]
        return [(file.name, file.read()) for file in cleaned]


class CheckForm(forms.Form):
    """A new check of one of the offices that may check."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("For"), empty_label=None)
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=200,
        help_text=_("Why you check, such as the benefit and the section of the law."),
    )
    case_number = forms.CharField(label=_("Case number"), max_length=60)
    papers = FilesField(
        label=_("Files"),
        required=False,
        help_text=_(
            "Pictures or PDF files, up to 100 of 15 MB each, 50 MB together. They are deleted once they have been read."
        ),
    )
    texts = forms.CharField(
        label=_("Codes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("From a hand scanner, one in each line."),
    )
    numbers = forms.CharField(
        label=_("Certificate numbers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One in each line. A number only tells the status; whether the paper is genuine, its code tells."),
    )
    watch = forms.BooleanField(
        label=_("Tell us when a certificate presented here is revoked or ends"),
        required=False,
        help_text=_("Only for what was presented as a file or code, and only for as long as the case needs it."),
    )

    def __init__(self, *args: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = offices  # type: ignore[attr-defined]
        if len(offices) == 1:
            field.initial = offices[0]
            field.widget = forms.HiddenInput()

    def given(self) -> Given:
        data = self.cleaned_data
        lines = {
            name: [line.strip() for line in data[name].splitlines() if line.strip()] for name in ("texts", "numbers")
        }
        return Given(data["papers"], lines["texts"], lines["numbers"], data["watch"])


class KeyForm(forms.Form):
    """A key for a program."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("For"), empty_label=None)
    label = forms.CharField(label=_("Program"), max_length=100, help_text=_("Which one, and where it runs."))
    days = forms.TypedChoiceField(
        label=_("Good for"),
        coerce=int,
        choices=[(30, _("30 days, for a trial")), (180, _("half a year")), (365, _("a year"))],
        initial=365,
        help_text=_("The office’s administrators get a mail a month before it ends."),
    )

    def __init__(self, *args: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = offices  # type: ignore[attr-defined]
        if len(offices) == 1:
            field.initial = offices[0]
            field.widget = forms.HiddenInput()


class OfficeForm(forms.Form):
    """The portal team lets an organisation check."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(merged_into=None, checking_office=None), label=_("Organisation")
    )
    task = forms.CharField(
        label=_("Task for which it checks"),
        max_length=200,
        help_text=_("Such as Kindergeld or Bürgergeld, with the section of the law."),
    )
