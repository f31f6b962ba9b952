"""Pages about contacts. What the policy does not show does not exist: 404, whoever asks."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from austausch.core.network import members_only
from austausch.core.policy import Action, policy
from austausch.core.rate_limit import Limit, too_often
from austausch.core.vcard import CONTENT_TYPE
from austausch.people import contact_actions, contact_uses, vcard
from austausch.people.contact_forms import ConsentForm, ContactForm, SearchForm, circle, kept_by
from austausch.people.models import Contact, User

PER_PAGE = 25
# Public contacts are for those who need one, not for those who collect them.
CARDS = Limit("vcard", amount=60)


@require_safe
@members_only
def contacts(request: HttpRequest) -> HttpResponse:
    """All contacts that the policy shows to this member."""
    form = SearchForm(request.GET or None)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = Contact.objects.select_related("organisation").called(text)
    page = Paginator(policy.which(request.user, Action.VIEW, found), PER_PAGE).get_page(request.GET.get("seite"))
    context = {"page": page, "form": form, "text": text, "may_make": kept_by(_user(request)).exists()}
    return render(request, "people/contacts.html", context)


@require_safe
@members_only
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    may_edit = policy.may(request.user, Action.EDIT, found)
    deputy = found.deputy
    context = {
        "contact": found,
        "deputy": deputy if deputy and policy.may(request.user, Action.VIEW, deputy) else None,
        "may_edit": may_edit,
        "may_delete": policy.may(request.user, Action.DELETE, found),
        "circle": circle(found),
        "uses": contact_uses.of(found.pk, _user(request)) if may_edit else [],
    }
    return render(request, "people/contact.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def new_contact(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    if not kept_by(user).exists():
        raise Http404
    form = ContactForm(request.POST or None, user=user, initial={"organisation": request.GET.get("organisation")})
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        try:
            contact_actions.make_contact(made, user)
        except contact_actions.ContactError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The contact was saved."))
            return redirect("people:contact_consent" if made.is_person else "people:contact", made.pk)
    return render(request, "people/contact_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def edit_contact(request: HttpRequest, pk: int) -> HttpResponse:
    found = _kept(request, pk, Action.EDIT)
    had_consent = found.may_be_shown()
    form = ContactForm(request.POST or None, instance=found, user=_user(request))
    if request.method == "POST" and form.is_valid():
        changed = form.save(commit=False)
        try:
            contact_actions.change_contact(changed, _user(request))
        except contact_actions.ContactError as error:
            form.add_error(None, str(error))
        else:
            if had_consent and not changed.may_be_shown():
                messages.warning(request, _("The contact was saved. Please record the new consent."))
                return redirect("people:contact_consent", found.pk)
            messages.success(request, _("The contact was saved."))
            return redirect(found)
    return render(request, "people/contact_form.html", {"form": form, "contact": found})


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Records or withdraws consent."""
    found = _kept(request, pk, Action.EDIT)
    if not found.is_person:
        raise Http404
    if request.method == "POST" and "withdraw" in request.POST:
        contact_actions.withdraw_consent(found, _user(request))
        messages.success(request, _("Consent was withdrawn. Others no longer see this contact."))
        return redirect(found)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        days = {name: form.cleaned_data[name] for name in ("given_on", "expires_on")}
        try:
            contact_actions.record_consent(found, _user(request), **days)
        except contact_actions.ContactError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Consent was recorded."))
            return redirect(found)
    return render(request, "people/contact_consent.html", {"form": form, "contact": found, "circle": circle(found)})


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def delete_contact(request: HttpRequest, pk: int) -> HttpResponse:
    found = _kept(request, pk, Action.DELETE)
    uses = contact_uses.of(found.pk, _user(request))
    if request.method == "POST":
        try:
            contact_actions.delete_contact(found, _user(request))
        except contact_actions.ContactInUseError as error:
            uses = error.uses
        else:
            messages.success(request, _("The contact was deleted."))
            return redirect("people:contacts")
    status = 409 if request.method == "POST" else 200
    return render(request, "people/contact_delete.html", {"contact": found, "uses": uses}, status=status)


@require_safe
@never_cache
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """The contact as vCard: for whoever may see it, visitors included."""
    verdict = CARDS.take(request)
    if not verdict.allowed:
        return too_often(request, verdict)
    found = _visible(request, pk)
    name = slugify(found.organisation.key) or "kontakt"
    headers = {
        "Content-Disposition": f'attachment; filename="kontakt-{name}-{found.pk}.vcf"',
        "X-Robots-Tag": "noindex",
    }
    return HttpResponse(vcard.written(found), content_type=CONTENT_TYPE, headers=headers)


def _visible(request: HttpRequest, pk: int) -> Contact:
    rows = policy.which(request.user, Action.VIEW, Contact.objects.select_related("organisation", "deputy"))
    return get_object_or_404(rows, pk=pk)


def _kept(request: HttpRequest, pk: int, action: Action) -> Contact:
    rows = policy.which(request.user, action, Contact.objects.select_related("organisation"))
    return get_object_or_404(rows, pk=pk)


def _user(request: HttpRequest) -> User:
    # Behind `members_only` nobody is anonymous.
    return cast(User, request.user)
