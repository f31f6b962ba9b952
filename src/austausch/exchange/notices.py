"""Mails of the exchange. They say that something happened and lead there; what somebody wrote stays in the network.

Called inside the transaction of what they tell of. A mail's key names what happened and who is told, so neither a
repeated run nor a second reason to be told (an author who also follows) makes two mails of one post.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from austausch.core import outbox
from austausch.exchange.models import Follow, Interest, Post, SupportMessage, SupportRequest
from austausch.people.models import Membership, User

if TYPE_CHECKING:
    from austausch.catalogue.models import Entry

QUESTIONS = outbox.Category(key="questions", label=_("Questions about your measures"))
FOLLOWED = outbox.Category(key="followed", label=_("Answers to your questions, and news of measures that you follow"))
DECISIONS = outbox.Category(key="decisions", label=_("Posts that wait for your approval"))
OWN_POSTS = outbox.Category(key="own-posts", label=_("Decisions about your posts"))
SUPPORT = outbox.Category(key="support", label=_("Requests for support"))
INTEREST = outbox.Category(key="interest", label=_("Interest in an exchange"))
Role = Membership.Role


def tell_of_post(post: Post) -> None:
    """Tells whom it concerns: of a question those who can answer it, of an answer whoever asked, and who follows."""
    if post.kind == Post.Kind.QUESTION:
        _post_mail(post, QUESTIONS, who_can_answer(post.entry))
    if post.answer_to is not None and post.answer_to.author is not None:
        _post_mail(post, FOLLOWED, [post.answer_to.author], asked=True)
    following = Follow.objects.filter(entry=post.entry_id).values("user")
    _post_mail(post, FOLLOWED, User.objects.filter(pk__in=following, is_active=True).order_by("pk"))


def tell_deciders(post: Post, *, key: str, reported: bool) -> None:
    for user in _with_role(post.entry.lead_id, Role.PUBLISHER, besides=post.author_id):
        outbox.post(
            category=DECISIONS,
            key=f"exchange:{key}:{user.pk}",
            to=user,
            template="exchange/mails/decide.txt",
            context={
                "entry": post.entry,
                "reported": reported,
                "address": f"{outbox.address('exchange:moderation')}#beitrag-{post.pk}",
            },
            about=post,
        )


def tell_author(post: Post, *, shown: bool) -> None:
    if post.author is None or post.decided_at is None:
        return
    outbox.post(
        category=OWN_POSTS,
        key=f"exchange:decided:{post.pk}:{post.decided_at.isoformat()}",
        to=post.author,
        template="exchange/mails/decided.txt",
        context={"entry": post.entry, "shown": shown, "address": outbox.address("exchange:post", post.pk)},
        about=post,
    )


def tell_of_message(message: SupportMessage) -> None:
    """Tells the other side: the portal team (or who is in charge) what the asker wrote, the asker what the team did."""
    request = message.request
    readers = _portal_side(request) if not message.by_portal_team else [request.asker] if request.asker else []
    for user in readers:
        outbox.post(
            category=SUPPORT,
            key=f"exchange:message:{message.pk}:{user.pk}",
            to=user,
            template="exchange/mails/support.txt",
            context={
                "request": request,
                "state": message.get_state_display() if message.state else "",
                "written": bool(message.text),
                "asker": request.asker_id == user.pk,
                "address": outbox.address("exchange:request", request.pk) + "#antwort",
            },
            about=request,
        )


def ask_for_exchange(interest: Interest, users: Iterable[User]) -> None:
    """Tells the office that leads the entry that another one is interested; not which."""
    for user in users:
        _interest_mail(interest, user, "asked", "exchange/mails/interest.txt")


def tell_accepted(interest: Interest) -> None:
    for user in (interest.from_user, interest.accepted_by):
        if user is not None:
            _interest_mail(interest, user, "accepted", "exchange/mails/interest_accepted.txt")


def tell_ended(interest: Interest) -> None:
    _interest_mail(interest, interest.from_user, "ended", "exchange/mails/interest_ended.txt")


def who_can_answer(entry: Entry) -> list[User]:
    """Authors of the body that leads an entry, and its contact persons where they have an account.

    The portal team, where there is none of them: no question goes unheard.
    """
    named = entry.contact_references.values_list("contact__email", flat=True)
    emails = {email.lower() for email in named if email}
    persons = User.objects.filter(email__in=emails, is_active=True)
    return list(dict.fromkeys([*authors_of(entry.lead_id), *persons])) or _portal_team()


def authors_of(organisation: int) -> list[User]:
    return list(
        User.objects.filter(
            is_active=True, memberships__organisation=organisation, memberships__role__gte=Role.AUTHOR
        ).order_by("pk")
    )


def _post_mail(post: Post, category: outbox.Category, users: Iterable[User], *, asked: bool = False) -> None:
    to_answer = post.kind != Post.Kind.EXPERIENCE
    place = outbox.address("exchange:question", post.answer_to_id or post.pk) if to_answer else ""
    for user in users:
        if user.pk == post.author_id:
            continue
        outbox.post(
            category=category,
            key=f"exchange:post:{post.pk}:{user.pk}",
            to=user,
            template="exchange/mails/post.txt",
            context={
                "post": post,
                "entry": post.entry,
                "asked": asked,
                "address": f"{place}#antwort" if to_answer else outbox.address("exchange:post", post.pk),
            },
            about=post,
        )


def _interest_mail(interest: Interest, user: User, what: str, template: str) -> None:
    outbox.post(
        category=INTEREST,
        key=f"exchange:interest:{interest.pk}:{what}:{user.pk}",
        to=user,
        template=template,
        context={
            "entry": interest.entry,
            "ends_at": interest.ends_at,
            "address": f"{outbox.address('exchange:interests')}#interesse-{interest.pk}",
        },
        about=interest,
    )


def _portal_side(request: SupportRequest) -> list[User]:
    if request.owner is not None and request.owner.is_active and request.owner.is_superuser:
        return [request.owner]
    return _portal_team()


def _with_role(organisation: int, role: Membership.Role, *, besides: int | None) -> list[User]:
    """Who holds the role there, else the portal team; whoever wrote it decides nothing."""
    holders = User.objects.filter(
        is_active=True, memberships__organisation=organisation, memberships__role__gte=role
    ).exclude(pk=besides or 0)
    return list(holders.order_by("pk")) or [user for user in _portal_team() if user.pk != besides]


def _portal_team() -> list[User]:
    return list(User.objects.filter(is_superuser=True, is_active=True).order_by("pk"))
