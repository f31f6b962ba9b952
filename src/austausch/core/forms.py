"""The forms of the shell."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from austausch.core.models import Report

MOST_LINKS = 3
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
# A path of this portal: one slash, no second one (that would name another host), no control characters.
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


def local_path(text: str) -> str:
    """The path, or "/" where the text does not name a page of this portal."""
    return text if len(text) <= 500 and _LOCAL.fullmatch(text) else "/"


class ReportForm(forms.ModelForm[Report]):
    """What a visitor reports about a page.

    Robots are kept out without clocks and puzzles, which shut people out: by a field that only robots fill in, by the
    number of links, and by the rate limit of the view.
    """

    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    class Meta:
        model = Report
        fields = ("message", "reply_to")
        labels = {"message": _("Your message"), "reply_to": _("Your e-mail address, if you would like an answer")}
        help_texts = {
            "message": _("Please name no other people and nothing that identifies them."),
            "reply_to": _("Used for the answer only. For example name@example.org"),
        }
        widgets = {
            "message": forms.Textarea(attrs={"rows": 8}),
            "reply_to": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        error_messages = {
            "message": {"required": _("Please describe what you noticed.")},
            "reply_to": {"invalid": _("This is not a complete e-mail address. For example name@example.org")},
        }

    def __init__(self, *args: Any, kind: Report.Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind is Report.Kind.BARRIER:
            self.fields["message"].help_text = _(
                "What did you want to do, and what stopped you? If you like, name the browser and aids you use."
            )

    def clean_message(self) -> str:
        message: str = self.cleaned_data["message"]
        if len(_LINK.findall(message)) > MOST_LINKS:
            raise forms.ValidationError(
                _("Please use at most %(number)s links, so that we can tell your message from advertising."),
                code="links",
                params={"number": MOST_LINKS},
            )
        return message

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(
                _("Only robots fill in this field. Please empty it and send again."), code="robot"
            )
        return ""
