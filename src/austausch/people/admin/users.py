"""Accounts: list, invite, change, delete. Roles are given at the organisation."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.account import (
    AccountView,
    AvatarSettingsPanel,
    ChangePasswordPanel,
    NameEmailSettingsPanel,
)
from wagtail.users.views import users

from austausch.people import actions
from austausch.people.models import Organisation, User


class PersonForm(forms.ModelForm[User]):
    """An account, as the portal team sees it. Passwords are their owners' business."""

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["name", "email", "is_superuser"]
        labels: ClassVar[dict[str, Any]] = {"is_superuser": gettext_lazy("Portal team")}
        help_texts: ClassVar[dict[str, Any]] = {
            "name": gettext_lazy("As other editors see it."),
            "email": gettext_lazy("For signing in and for the mail with which the person chooses a password."),
            "is_superuser": gettext_lazy("May do everything, and manages organisations, roles and accounts."),
        }

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is an account with this e-mail address already."))
        return email

    def __init__(self, *args: Any, by: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def save(self, commit: bool = True) -> User:
        """Raises LastAdministratorError, where another change came between check and saving."""
        user: User = super().save(commit=False)
        if not user.pk:
            user.set_unusable_password()
        if commit and self.by is not None:
            actions.save_person(user, by=self.by)
        return user


class PersonEditForm(PersonForm):
    class Meta(PersonForm.Meta):
        fields: ClassVar[list[str]] = [*PersonForm.Meta.fields, "is_active"]
        help_texts: ClassVar[dict[str, Any]] = {
            **PersonForm.Meta.help_texts,
            "is_active": gettext_lazy("Who is not active cannot sign in. What the person wrote stays."),
        }

    def __init__(self, *args: Any, editing_self: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if editing_self:
            del self.fields["is_active"]
            del self.fields["is_superuser"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        keeps = self.cleaned_data.get("is_superuser", True) and self.cleaned_data.get("is_active", True)
        if self.instance.is_superuser and not keeps and actions.is_last_administrator(self.instance):
            raise forms.ValidationError(str(actions.LastAdministratorError()))
        return cleaned


class PeopleFilters(WagtailFilterSet):
    is_superuser = django_filters.BooleanFilter(label=gettext_lazy("Portal team"))
    is_active = django_filters.BooleanFilter(label=gettext_lazy("Active"))
    organisation = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Organisation"), field_name="memberships__organisation", queryset=Organisation.objects.all()
    )

    class Meta:
        model = User
        fields: ClassVar[list[str]] = []


def _roles(user: User) -> str:
    if user.is_superuser:
        return _("Portal team")
    return "; ".join(f"{member.organisation}: {member.get_role_display()}" for member in user.memberships.all()) or "–"


class PeopleListView(generic.IndexView):
    search_fields = ["name", "email"]
    default_ordering = "name"
    add_item_label = gettext_lazy("Invite a person")

    @cached_property
    def columns(self) -> list[Any]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("name", label=gettext_lazy("Name"), sort_key="name", get_url=self.get_edit_url),
            Column("email", label=gettext_lazy("E-mail address"), sort_key="email"),
            Column("roles", label=gettext_lazy("Roles"), accessor=_roles),
            BooleanColumn("is_active", label=gettext_lazy("Active"), sort_key="is_active"),
            DateColumn("last_login", label=gettext_lazy("Last signed in"), sort_key="last_login"),
        ]

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().prefetch_related("memberships__organisation")


class PeopleCreateView(generic.CreateView):
    page_title = gettext_lazy("Invite a person")
    success_message = gettext_lazy("“%(object)s” was invited by mail.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.request.user}

    def form_valid(self, form: Any) -> Any:
        response = super().form_valid(form)
        actions.invite(self.object, self.request)
        return response


class PeopleEditView(generic.EditView):
    def get_form_kwargs(self) -> dict[str, Any]:
        editing_self = self.request.user == self.object
        return {**super().get_form_kwargs(), "editing_self": editing_self, "by": self.request.user}

    def form_valid(self, form: Any) -> Any:
        try:
            return super().form_valid(form)
        except actions.LastAdministratorError as error:
            form.add_error(None, str(error))
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)

    def get_success_url(self) -> str:
        return reverse("wagtailusers_users:index")


class PeopleDeleteView(generic.DeleteView):
    def delete_action(self) -> None:
        actions.delete_person(self.object, by=self.request.user)

    def form_valid(self, form: Any) -> Any:
        try:
            return super().form_valid(form)
        except actions.LastAdministratorError as error:
            messages.error(self.request, str(error))
            return redirect("wagtailusers_users:index")


class PeopleViewSet(users.UserViewSet):
    menu_label = gettext_lazy("People")
    index_view_class = PeopleListView
    add_view_class = PeopleCreateView
    edit_view_class = PeopleEditView
    delete_view_class = PeopleDeleteView
    history_view_class = generic.HistoryView
    filterset_class = PeopleFilters
    search_fields = ["name", "email"]
    template_prefix = ""
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[PersonForm]:
        return PersonEditForm if for_update else PersonForm


class OwnAccountView(AccountView):
    """An editor's own settings. Name and password are allauth's and the portal team's; there are no pictures."""

    LEFT_OUT = (NameEmailSettingsPanel, AvatarSettingsPanel, ChangePasswordPanel)

    def get_panels(self) -> list[Any]:
        return [panel for panel in super().get_panels() if not isinstance(panel, self.LEFT_OUT)]
