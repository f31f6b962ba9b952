"""What the exchange adds to the network: pages in its navigation, parts of its home."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from austausch.core import network
from austausch.core.policy import Action, is_portal_team, policy
from austausch.exchange import moderation
from austausch.exchange.models import Interest, Post, SupportRequest
from austausch.people.models import Membership, User
from austausch.people.policy import organisations_of

MOST = 5

network.link(label=_("Questions and experience"), name="exchange:recent", group=network.Group.EXCHANGE, order=10)
network.link(label=_("Requests for support"), name="exchange:requests", group=network.Group.EXCHANGE, order=20)
network.link(label=_("Interest"), name="exchange:interests", group=network.Group.EXCHANGE, order=30)


@network.section(order=10)
def questions(request: HttpRequest) -> network.Section | None:
    """Questions about entries of the user's organisations that nobody has answered, and posts to decide about."""
    user = cast(User, request.user)
    own = organisations_of(user, Membership.Role.AUTHOR)
    open_questions = policy.which(user, Action.VIEW, Post.objects.shown().unanswered().led_by(own))
    open_questions = open_questions.exclude(author=user).order_by("written_at", "pk")
    count = open_questions.count() if own else 0
    waiting = moderation.undecided(user).count()
    if not count and not waiting:
        return None
    shown = open_questions.select_related("entry", "organisation")[:MOST] if count else []
    return network.Section(
        "exchange/home/_questions.html", {"posts": shown, "more": max(0, count - MOST), "waiting": waiting}
    )


@network.section(order=20)
def requests(request: HttpRequest) -> network.Section | None:
    """The user's open requests; for the portal team also how many wait for it."""
    user = request.user
    rows = policy.which(user, Action.VIEW, SupportRequest.objects.unsettled())
    own = list(rows.filter(asker=user.pk)[:MOST])
    team = is_portal_team(user)
    to_do = policy.which(user, Action.PUBLISH, rows.exclude(state=SupportRequest.State.WAITING)).count() if team else 0
    if not own and not to_do:
        return None
    return network.Section("exchange/home/_requests.html", {"own": own, "to_do": to_do})


@network.section(order=30)
def interests(request: HttpRequest) -> network.Section | None:
    """Offices that would like to talk, and what the user has asked for."""
    user = request.user
    rows = Interest.objects.select_related("entry")
    asked = policy.which(user, Action.EDIT, rows).order_by("ends_at", "pk")
    count = asked.count()
    pending = list(policy.which(user, Action.VIEW, rows.undecided().filter(from_user=user.pk))[:MOST])
    if not count and not pending:
        return None
    context = {"asked": asked[:MOST], "more": max(0, count - MOST), "pending": pending}
    return network.Section("exchange/home/_interests.html", context)
