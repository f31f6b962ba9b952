"""Pages about posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.catalogue.models import Entry
from austausch.core.network import members_only
from austausch.core.policy import Action, is_portal_team, policy
from austausch.exchange import moderation, post_actions
from austausch.exchange.acting import clicked, status, submitted
from austausch.exchange.forms import AnswerForm, ExperienceForm, ExperienceTexts, QuestionForm, ReasonForm, TextForm
from austausch.exchange.interest_actions import open_interest
from austausch.exchange.models import Follow, Post, PostReport
from austausch.exchange.policy import is_member
from austausch.people.models import Membership, User
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from collections.abc import Iterable

PER_PAGE = 20
KINDS = {"fragen": Post.Kind.QUESTION, "erfahrungen": Post.Kind.EXPERIENCE}
GET_OR_POST = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Allowed:
    """What this reader may do with the posts of a page: primary keys."""

    edit: frozenset[int]
    withdraw: frozenset[int]
    decide: frozenset[int]


@require_safe
@members_only
def recent(request: HttpRequest) -> HttpResponse:
    """`/netz/fragen/?art=fragen|erfahrungen`: the newest posts under all entries."""
    page, kind = _threads(request, None)
    return render(request, "exchange/recent.html", {"page": page, "kind": kind, **_reading(request, page)})


@require_safe
@members_only
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    """`/netz/massnahmen/<slug>/?art=fragen|erfahrungen`: what is asked and reported about an entry, and the forms."""
    found = _entry(request, slug)
    page, kind = _threads(request, found)
    user = cast(User, request.user)
    writes = bool(organisations_of(user, Membership.Role.READER))
    context = {
        "entry": found,
        "page": page,
        "kind": kind,
        "follows": policy.which(user, Action.VIEW, Follow.objects.filter(entry=found)).exists(),
        "question_form": QuestionForm(user=user, auto_id="frage_%s") if writes else None,
        "experience_form": ExperienceForm(user=user, auto_id="erfahrung_%s") if writes else None,
        "may_show_interest": writes and found.lead_id not in organisations_of(user, Membership.Role.READER),
        "interest": open_interest(found, user),
        **_reading(request, page),
    }
    return render(request, "exchange/entry.html", context)


@require_http_methods(GET_OR_POST)
@members_only
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    found, user = _entry(request, slug), _writer(request)
    form = QuestionForm(request.POST or None, user=user)
    made = submitted(request, form, lambda data: post_actions.ask(found, user, **data))
    return _written(request, made) or _write(request, form, found, heading=_("Ask a question"))


@require_http_methods(GET_OR_POST)
@members_only
def share_experience(request: HttpRequest, slug: str) -> HttpResponse:
    found, user = _entry(request, slug), _writer(request)
    form = ExperienceForm(request.POST or None, user=user)

    def share(data: dict[str, Any]) -> Post:
        organisation = data.pop("organisation")
        return post_actions.share_experience(found, user, organisation=organisation, texts=data)

    made = submitted(request, form, share)
    return _written(request, made) or _write(request, form, found, heading=_("Report experience"))


@require_http_methods(GET_OR_POST)
@members_only
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """A question with its answers, and the form to answer: mails lead here."""
    posts = Post.objects.filter(kind=Post.Kind.QUESTION).for_reading(request.user)
    found = get_object_or_404(policy.which(request.user, Action.VIEW, posts), pk=pk)
    user = cast(User, request.user)
    form = None
    if organisations_of(user, Membership.Role.READER) and found.state == Post.State.PUBLIC:
        form = AnswerForm(request.POST or None, user=user)
    elif request.method == "POST":
        raise PermissionDenied("This question cannot be answered.")
    if form is not None:
        made = submitted(request, form, lambda data: post_actions.answer(found, user, **data))
        if response := _written(request, made):
            return response
    context = {"post": found, "form": form, "entry": found.entry, **_reading(request, [found])}
    return render(request, "exchange/question.html", context, status=status(form) if form else 200)


@require_safe
@members_only
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """A single post: where its author sees what was decided about it."""
    found = _post(request, pk)
    return render(request, "exchange/post.html", {"post": found, "entry": found.entry, **_reading(request, [found])})


@require_http_methods(GET_OR_POST)
@members_only
def change(request: HttpRequest, pk: int) -> HttpResponse:
    found, user = _own_post(request, pk), cast(User, request.user)
    is_experience = found.kind == Post.Kind.EXPERIENCE
    names = post_actions.TEXTS if is_experience else post_actions.TEXTS[:1]
    initial = {name: getattr(found, name) for name in names}
    form = (ExperienceTexts if is_experience else TextForm)(request.POST or None, initial=initial)

    def save(data: dict[str, Any]) -> None:
        post_actions.change(found, user, data)

    if submitted(request, form, save):
        messages.success(request, _("Your changes are saved."))
        return redirect(_place(found))
    return _write(request, form, found.entry, heading=_("Change your post"), button=_("Save"))


@require_http_methods(GET_OR_POST)
@members_only
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first: what is withdrawn is gone."""
    found, user = _own_post(request, pk), cast(User, request.user)
    if request.method == "POST":
        clicked(request, lambda: post_actions.withdraw(found, user), _("Your post is withdrawn and its text deleted."))
        return redirect(_of_entry(found.entry))
    return render(request, "exchange/withdraw.html", {"post": found, "entry": found.entry})


@require_http_methods(GET_OR_POST)
@members_only
def report(request: HttpRequest, pk: int) -> HttpResponse:
    found, user = _post(request, pk), cast(User, request.user)
    form = ReasonForm(request.POST or None)
    if submitted(request, form, lambda data: post_actions.report(found, user, data["reason"])):
        messages.success(request, _("Thank you. Those who decide about posts have been told."))
        return redirect(_of_entry(found.entry))
    return _write(request, form, found.entry, heading=_("Report a post"), button=_("Send the report"), about=found)


@require_safe
@members_only
def waiting(request: HttpRequest) -> HttpResponse:
    """Posts that wait for this user's decision, oldest first."""
    user = cast(User, request.user)
    if not is_portal_team(user) and not organisations_of(user, Membership.Role.PUBLISHER):
        raise PermissionDenied("Publishers and the portal team decide about posts.")
    rows = moderation.undecided(user).select_related("author", "organisation", "entry__lead", "answer_to")
    reports = policy.which(user, Action.VIEW, PostReport.objects.filter(settled_at=None))
    rows = rows.prefetch_related(Prefetch("reports", reports, to_attr="open_reports"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    return render(request, "exchange/moderation.html", {"page": page})


@require_POST
@members_only
def show(request: HttpRequest, pk: int) -> HttpResponse:
    found, user = _post(request, pk), cast(User, request.user)
    clicked(request, lambda: moderation.show(found, user), _("Everybody in the network sees it now."))
    return redirect("exchange:moderation")


@require_http_methods(GET_OR_POST)
@members_only
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    found, user = _post(request, pk), cast(User, request.user)
    policy.require(user, Action.PUBLISH, found)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].help_text = _("The author reads it.")

    def hide_it(data: dict[str, Any]) -> None:
        moderation.hide(found, user, data["reason"])

    if submitted(request, form, hide_it):
        messages.success(request, _("The post is hidden. Its author has been told."))
        return redirect("exchange:moderation")
    return _write(request, form, found.entry, heading=_("Hide a post"), button=_("Hide"), about=found)


@require_POST
@members_only
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    found, user = _entry(request, slug), cast(User, request.user)
    done = _("You get a mail when somebody writes something new here.")
    clicked(request, lambda: post_actions.follow(found, user), done)
    return redirect(_of_entry(found))


@require_POST
@members_only
def unfollow(request: HttpRequest, slug: str) -> HttpResponse:
    found, user = _entry(request, slug), cast(User, request.user)
    clicked(request, lambda: post_actions.unfollow(found, user), _("You get no more mails about this measure."))
    return redirect(_of_entry(found))


def _entry(request: HttpRequest, slug: str) -> Entry:
    rows = policy.which(request.user, Action.VIEW, Entry.objects.select_related("lead"))
    return get_object_or_404(rows, slug=slug)


def _post(request: HttpRequest, pk: int) -> Post:
    return get_object_or_404(policy.which(request.user, Action.VIEW, Post.objects.for_reading(request.user)), pk=pk)


def _own_post(request: HttpRequest, pk: int) -> Post:
    found = _post(request, pk)
    if found.author_id != request.user.pk:
        raise PermissionDenied("Only its author may change or withdraw a post.")
    return found


def _writer(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not organisations_of(user, Membership.Role.READER):
        raise PermissionDenied("Posts are written for an organisation in which one has a role.")
    return user


def _threads(request: HttpRequest, entry: Entry | None) -> tuple[Any, str]:
    """A page of questions and experience, and the word by which they were chosen."""
    rows = policy.which(request.user, Action.VIEW, Post.objects.threads().still_standing().for_reading(request.user))
    # Lists show what everybody sees; what waits has its own page.
    rows = rows.filter(Q(state__in=[Post.State.PUBLIC, Post.State.WITHDRAWN]) | Q(author=request.user.pk))
    if entry is not None:
        rows = rows.filter(entry=entry)
    kind = request.GET.get("art", "")
    if kind in KINDS:
        rows = rows.filter(kind=KINDS[kind])
    page = Paginator(rows.order_by("-written_at", "-pk"), PER_PAGE).get_page(request.GET.get("seite"))
    return page, kind if kind in KINDS else ""


def _reading(request: HttpRequest, posts: Iterable[Post]) -> dict[str, Any]:
    """What a page with these posts needs to offer, in a constant number of queries."""
    keys = [one.pk for thread in posts for one in (thread, *thread.shown_answers)]  # type: ignore[attr-defined]
    rows = Post.objects.filter(pk__in=keys)

    def may(action: Action) -> frozenset[int]:
        return frozenset(policy.which(request.user, action, rows).values_list("pk", flat=True)) if keys else frozenset()

    return {
        "is_member": is_member(request.user),
        "allowed": Allowed(edit=may(Action.EDIT), withdraw=may(Action.DELETE), decide=may(Action.PUBLISH)),
    }


def _written(request: HttpRequest, made: Post | None) -> HttpResponse | None:
    if made is None:
        return None
    if made.state == Post.State.PUBLIC:
        messages.success(request, _("Your post is visible in the network."))
    else:
        messages.success(request, _("Thank you. Your first post is checked before others see it; you get a mail."))
    return redirect(_place(made))


def _write(
    request: HttpRequest, form: Any, entry: Entry, *, heading: str, button: str = "", about: Post | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "entry": entry,
        "heading": heading,
        "button": button or _("Send"),
        "about": about,
        "names_author": isinstance(form, QuestionForm | ExperienceForm),
    }
    return render(request, "exchange/write.html", context, status=status(form))


def _place(post: Post) -> str:
    return f"{post.get_absolute_url()}#beitrag-{post.pk}"


def _of_entry(entry: Entry) -> str:
    return reverse("exchange:entry", args=[entry.slug])
