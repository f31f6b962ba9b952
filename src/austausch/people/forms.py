"""Forms about people's accounts."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from austausch.core import digest, outbox
from austausch.people.mail_domains import clean_domain
from austausch.people.models import Membership, User

# For kinds of mail that come daily or weekly by themselves.
OWN_RHYTHM = [(digest.Choice.AT_ONCE.value, _("yes")), (digest.Choice.NONE.value, _("no"))]


class NewAccountForm(forms.Form):
    """Name and password of somebody whose address is known and proved."""

    name = forms.CharField(label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        help_text=lazy(password_validators_help_text_html, str)(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("Password again"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_email = email

    def clean_name(self) -> str:
        # It stands in mails that the portal sends to administrators.
        name = " ".join(str(self.cleaned_data["name"]).split())
        if "://" in name or "www." in name.lower() or not name.isprintable():
            raise ValidationError(_("Please give a name, without addresses of pages."))
        return name

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if password := data.get("password"):
            try:
                validate_password(password, User(name=data.get("name", ""), email=data.get("email", self.known_email)))
            except ValidationError as error:
                self.add_error("password", error)
            if "repeated" in data and data["repeated"] != password:
                self.add_error("repeated", _("The two passwords are not the same."))
        return data


class SetupForm(NewAccountForm):
    """The first administrator's name, e-mail address and password."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("You sign in with it, and it is where a new password is sent if you forget yours."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    field_order = ("name", "email", "password", "repeated")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError(_("An account with this address exists already."))
        return email


class AddressForm(forms.Form):
    """The official address with which somebody wants to register."""

    email = forms.EmailField(
        label=_("Official e-mail address"),
        max_length=254,
        help_text=_("The address of your office, for example erika.beispiel@stadt.example.org."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class MailChoicesForm(forms.Form):
    """For each kind of mail that can be refused whether it comes at once, collected or not at all."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        chosen = digest.choices_of(user)
        self.categories = [category for category in outbox.categories() if category.key in chosen]
        for category in self.categories:
            # What has a rhythm of its own is wanted or not.
            offered = digest.Choice.choices if category.collectable else OWN_RHYTHM
            self.fields[category.key] = forms.TypedChoiceField(
                label=str(category.label), coerce=digest.Choice, choices=offered, initial=chosen[category.key]
            )

    def save(self) -> None:
        digest.choose(self.user, {category.key: self.cleaned_data[category.key] for category in self.categories})


class PasskeyForm(AddWebAuthnForm):
    """A new passkey: for signing in by itself, unless somebody wants it as second factor only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")
        alone = self.fields["passwordless"]
        alone.label, alone.initial = _("For signing in without a password"), True
        alone.help_text = _(
            "The device then asks for your finger, your face or its own code. "
            "Without this it serves as second factor only."
        )


class RoleForm(forms.Form):
    """A role, none above what the giver may give."""

    role = forms.TypedChoiceField(label=_("Role"), coerce=int, choices=Membership.Role.choices)

    def __init__(self, *args: Any, highest: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(value, label) for value, label in Membership.Role.choices if value <= highest]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class InvitationForm(RoleForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    field_order = ("email", "role")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class RefusalForm(forms.Form):
    """Why a registration is refused; the person reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        help_text=_("The person gets it by mail."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DomainForm(forms.Form):
    """A mail domain of an organisation."""

    domain = forms.CharField(
        label=_("Mail domain"),
        max_length=253,
        help_text=_("What stands behind the @ in the addresses of this organisation, for example example.org."),
    )

    def clean_domain(self) -> str:
        return clean_domain(self.cleaned_data["domain"])
