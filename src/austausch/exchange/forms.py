"""The forms of the exchange. Texts are plain: they are shown as paragraphs, never as markup."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from austausch.exchange.models import LONGEST_TEXT, Post, SupportRequest
from austausch.people.models import Membership, Organisation, User
from austausch.people.policy import organisations_of

NO_PERSONAL_DATA = _("Plain text. Please name no people who are helped, and nothing that identifies them.")


def text_field(
    label: Any, *, rows: int = 5, required: bool = True, help_text: Any = "", error: Any = ""
) -> forms.Field:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_TEXT,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": error or _("Please write something.")},
    )


class OrganisationForm(forms.Form):
    """Says for which of one's organisations one speaks; asks only where there are several."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("For which organisation do you write?"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Organisation.objects.filter(pk__in=organisations_of(user, Membership.Role.READER))
        # Typed as a field without a choice of rows.
        field: Any = self.fields["organisation"]
        field.queryset = own
        first = list(own[:2])
        if len(first) == 1:
            field.widget = forms.HiddenInput()
            field.initial = first[0].pk
        else:
            self.order_fields([*(name for name in self.fields if name != "organisation"), "organisation"])


class QuestionForm(OrganisationForm):
    text = text_field(_("Your question"), help_text=NO_PERSONAL_DATA, error=_("Please write your question."))


class AnswerForm(OrganisationForm):
    text = text_field(_("Your answer"), help_text=NO_PERSONAL_DATA, error=_("Please write your answer."))


class ExperienceTexts(forms.Form):
    text = text_field(_("What did you do?"), help_text=NO_PERSONAL_DATA, error=_("Please say what you did."))
    worked = text_field(_("What worked?"), rows=3, required=False)
    failed = text_field(_("What failed?"), rows=3, required=False)
    again = forms.ChoiceField(
        label=_("Would you do it again?"),
        choices=[("", _("No answer")), *Post.Again.choices],
        required=False,
        widget=forms.RadioSelect,
    )


class ExperienceForm(ExperienceTexts, OrganisationForm):
    pass


class TextForm(forms.Form):
    """A question or an answer, changed."""

    text = text_field(_("Text"), help_text=NO_PERSONAL_DATA)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please give a reason.")},
    )


class SupportRequestForm(OrganisationForm):
    subject = forms.CharField(
        label=_("Subject"),
        max_length=SupportRequest._meta.get_field("subject").max_length,
        error_messages={"required": _("Please say in a few words what it is about.")},
    )
    text = text_field(
        _("What do you need?"), rows=8, help_text=NO_PERSONAL_DATA, error=_("Please describe what you need.")
    )


class MessageForm(forms.Form):
    text = text_field(_("Your message"), help_text=NO_PERSONAL_DATA)


class HandleForm(forms.Form):
    """What the portal team does with a request."""

    text = text_field(_("Answer"), required=False)
    state = forms.ChoiceField(label=_("State of the request"), choices=SupportRequest.State.choices)
    owner = forms.ModelChoiceField(
        User.objects.filter(is_superuser=True, is_active=True),
        label=_("Person in charge"),
        required=False,
        empty_label=_("nobody yet"),
    )

    def __init__(self, data: Any = None, *, request: SupportRequest) -> None:
        super().__init__(data, initial={"state": request.state, "owner": request.owner_id})
