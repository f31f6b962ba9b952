"""The forms of events: for those who register, and for organisers."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from austausch.catalogue.documents import TYPES
from austausch.catalogue.models import Document, DocumentKind, Entry, Topic
from austausch.core.policy import Action, policy
from austausch.events.attaching import Upload
from austausch.events.models import AgendaItem, Event, EventDocument, Registration, Series
from austausch.people.models import Membership, Organisation, User
from austausch.people.policy import organisations_of
from austausch.places.forms import PlacesField

# Advertising goes where a mail repeats what was typed; ours does not, but the organiser's list would.
_ADVERTISING = re.compile(r"https?:|www\.|[<>@]|://", re.IGNORECASE)
EMPTY_AGENDA_ROWS = 3


class RegistrationForm(forms.ModelForm[Registration]):
    """Only what is needed. Robots are kept out as in core.forms: without clocks and puzzles."""

    website = forms.CharField(
        label=gettext_lazy("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    class Meta:
        model = Registration
        fields = ("name", "organisation", "email")
        help_texts = {"email": gettext_lazy("We send a link there that confirms your registration.")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "organisation": forms.TextInput(attrs={"autocomplete": "organization"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        error_messages = {
            "name": {"required": gettext_lazy("Please enter your name.")},
            "email": {
                "required": gettext_lazy("Please enter your e-mail address."),
                "invalid": gettext_lazy("This is not a complete e-mail address. For example name@example.org"),
            },
        }

    def clean_name(self) -> str:
        return _plain(self.cleaned_data["name"])

    def clean_organisation(self) -> str:
        return _plain(self.cleaned_data["organisation"])

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(
                _("Only robots fill in this field. Please empty it and send again."), code="robot"
            )
        return ""


def _plain(text: str) -> str:
    if _ADVERTISING.search(text):
        raise forms.ValidationError(_("Please enter no addresses here, only the name."), code="links")
    return text


class EventForm(forms.ModelForm[Event]):
    """An event, as members of the organiser write it."""

    place_names = PlacesField(
        label=gettext_lazy("Place"),
        required=False,
        widget=forms.TextInput,
        help_text=gettext_lazy(
            "A municipality of Germany by name or key, so that the event is found by place. Leave it empty for online "
            "events and places abroad."
        ),
    )
    new_series = forms.CharField(
        label=gettext_lazy("New series"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only where the event begins a series that is not in the list yet."),
    )
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.all(),
        label=gettext_lazy("Topics"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Event
        fields = (
            "organiser",
            "title",
            "kind",
            "format",
            "starts_on",
            "starts_at",
            "ends_on",
            "ends_at",
            "venue",
            "text",
            "series",
            "entry",
            "source",
            "registers",
            "capacity",
            "registration_until",
            "access",
            "results",
        )
        widgets = {
            **{name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
               for name in ("starts_on", "ends_on", "registration_until")},
            **{name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in ("starts_at", "ends_at")},
            "text": forms.Textarea(attrs={"rows": 8}),
            "results": forms.Textarea(attrs={"rows": 6}),
        }  # fmt: skip
        help_texts = {
            "starts_at": gettext_lazy("German time. Without times the event fills its days."),
            "venue": gettext_lazy("For example “Town hall, room 12”."),
            "capacity": gettext_lazy("Empty: no limit. Who comes later is put on a waiting list and moves up."),
            "access": gettext_lazy("For example the address of the video conference. Only participants are told."),
            "source": gettext_lazy("Where it was announced, if not here first."),
            "results": gettext_lazy("After the event: what came of it."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*self.Meta.fields[:8], "place_names", "venue", "text", "topics", "series", "new_series"])
        self.fields["ends_on"].required = False
        fields: dict[str, Any] = dict(self.fields)
        scope = policy.scope(user, Action.CREATE, Event)
        own = Organisation.objects.filter(pk__in=organisations_of(user, Membership.Role.AUTHOR))
        fields["organiser"].queryset = Organisation.objects.all() if scope is True else own
        if scope is not True and own.count() == 1:
            fields["organiser"].initial = own.get().pk
        fields["entry"].queryset = policy.which(user, Action.VIEW, Entry.objects.published()).order_by("title")
        if self.instance.place:
            fields["place_names"].initial = [self.instance.place]
        if self.instance.pk:
            fields["topics"].initial = self.instance.topics.all()

    def clean_place_names(self) -> list[Any]:
        places: list[Any] = self.cleaned_data["place_names"]
        if len(places) > 1:
            raise forms.ValidationError(_("Please name one place only."), code="places")
        return places

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        # One day is the usual case.
        data["ends_on"] = data.get("ends_on") or data.get("starts_on")
        self.instance.place = next(iter(data.get("place_names") or []), None)
        title = " ".join(data.get("new_series", "").split())
        if title and data.get("series"):
            self.add_error("new_series", _("Choose a series or begin a new one, not both."))
        elif title and Series.objects.filter(title=title).exists():
            self.add_error("new_series", _("This series is in the list already."))
        return data


class AgendaForm(forms.ModelForm[AgendaItem]):
    class Meta:
        model = AgendaItem
        fields = ("day", "starts_at", "ends_at", "title", "speakers")
        widgets = {
            "day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "starts_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "ends_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "speakers": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {"speakers": gettext_lazy("One a line: name and organisation, as they agreed to be named.")}


class DocumentForm(forms.ModelForm[EventDocument]):
    class Meta:
        model = EventDocument
        fields = ("document", "is_result")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["document"]
        # What an announced event shows becomes public: only what is public already or one's own to publish.
        field.queryset = policy.which(user, Action.EDIT, Document.objects.all()) | Document.objects.cited_publicly()


AgendaSet = forms.modelformset_factory(
    AgendaItem, form=AgendaForm, extra=EMPTY_AGENDA_ROWS, can_delete=True, max_num=60
)
DocumentSet = forms.modelformset_factory(EventDocument, form=DocumentForm, extra=2, can_delete=True, max_num=30)


class UploadForm(forms.Form):
    """A file for an event; what it must be is said by the action."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=DocumentKind.choices, initial=DocumentKind.REPORT)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, text or an office file without macros, up to 50 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(sorted(TYPES))}),
    )
    is_result = forms.BooleanField(label=gettext_lazy("Result of the event"), required=False)

    def upload(self) -> Upload:
        given = self.cleaned_data
        return Upload(given["file"], given["title"], DocumentKind(given["kind"]), is_result=given["is_result"])


class CancelForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Why is it cancelled?"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Stands on the page, in calendars and in the mail to those who have registered."),
    )
