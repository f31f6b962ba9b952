"""The forms of the import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from austausch.certificates.models import Pupil
from austausch.certificates.queries import ATTENDING, GONE
from austausch.certificates.reading import READERS, Limits

ENCODINGS = [
    ("", _("find out")),
    ("utf-8", "UTF-8"),
    ("cp1252", _("Windows-1252 (Western Europe)")),
    ("cp1250", _("Windows-1250 (Central Europe)")),
    ("cp1254", _("Windows-1254 (Turkish)")),
    ("cp850", _("DOS 850")),
    ("mac-roman", _("Mac Roman")),
]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("SchILD export (.dat), SVWS-Server (.json), table (.csv) or workbook (.xlsx)."),
        widget=forms.FileInput(attrs={"accept": ",".join(READERS)}),
        error_messages={"required": _("Please choose a file."), "empty": _("The file is empty.")},
    )
    complete = forms.BooleanField(
        label=_("The file holds all pupils of the school. Whoever is missing in it is shown as having left."),
        required=False,
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        choices=ENCODINGS,
        required=False,
        help_text=_("Change this only if letters in names come out wrong."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > Limits().bytes:
            raise forms.ValidationError(
                _("The file is larger than %(size)s MB. Leave out columns that are not read.")
                % {"size": Limits().bytes // 1024 // 1024}
            )
        return file


class ApplyForm(forms.Form):
    """The yes: which of those who seem to have left really have, and since when."""

    departed = forms.TypedMultipleChoiceField(coerce=int, required=False)
    ended_on = forms.DateField(
        label=_("Last day at the school of those ticked for whom the file gives none"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("A certificate about the past needs it."),
    )

    def __init__(self, data: Any = None, *, rows: list[int]) -> None:
        super().__init__(data)
        field: Any = self.fields["departed"]
        field.choices = [(row, row) for row in rows]


class NameForm(forms.Form):
    family_name = forms.CharField(label=_("Family name"), max_length=120)
    first_names = forms.CharField(label=_("First names"), max_length=120)
    call_name = forms.CharField(label=_("Name in use"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].widget.attrs.update({"autocomplete": "off", "spellcheck": "false"})


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class EnterForm(forms.Form):
    """One pupil by hand. The fields take what is typed: what is wrong with it the rules of the import say."""

    family_name = forms.CharField(label=_("Family name"), max_length=300)
    first_names = forms.CharField(label=_("First names"), max_length=300)
    first_name = forms.CharField(label=_("Name in use"), max_length=300, required=False)
    birth_date = forms.CharField(label=_("Birth date"), max_length=40, widget=DayInput())
    birth_place = forms.CharField(label=_("Birth place"), max_length=300, required=False)
    street = forms.CharField(label=_("Street"), max_length=300, required=False)
    house_number = forms.CharField(label=_("House number"), max_length=100, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=100, required=False)
    town = forms.CharField(label=_("Town"), max_length=300, required=False)
    status = forms.ChoiceField(label=_("Status"))
    grade = forms.CharField(label=_("Grade"), max_length=100)
    class_name = forms.CharField(label=_("Class"), max_length=100, required=False)
    attending_since = forms.CharField(label=_("Attending since"), max_length=40, widget=DayInput())
    expected_end = forms.CharField(
        label=_("Expected to attend until"), max_length=40, required=False, widget=DayInput()
    )
    left_on = forms.CharField(
        label=_("Last day at the school"),
        max_length=40,
        required=False,
        widget=DayInput(),
        help_text=_("Only of somebody who has left."),
    )
    no_information = forms.BooleanField(label=_("No information to third parties"), required=False)

    def __init__(self, *args: Any, grades: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        status: Any = self.fields["status"]
        status.choices = [(str(int(value)), Pupil.Status(value).label) for value in (*ATTENDING, *GONE)]
        self.fields["grade"].help_text = _("One of these: %(grades)s") % {"grades": grades}
        for field in self.fields.values():
            field.widget.attrs.update({"autocomplete": "off", "spellcheck": "false"})


class HoldForm(forms.Form):
    reason = forms.CharField(label=_("Why must the data be kept longer?"), max_length=300)
