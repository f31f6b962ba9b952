"""Who may see and change entries and documents, and the words they are filed under.

Everyone sees what is published. Members of an organisation see its drafts; authors write, publishers publish.
A document belongs to the organisation that keeps it: citing somebody else's document gives no right to change it.
The portal team (superusers) may do everything in the catalogue.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q

from austausch.catalogue.models import (
    Adoption,
    BookmarkList,
    Decision,
    Document,
    EditorialComment,
    Entry,
    EntryMerger,
    LinkAddress,
    LinkUse,
    Proposal,
    ReviewInterval,
    Word,
)
from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.people.models import Membership
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor

Role = Membership.Role
# As the rooms above know it.
organisations = organisations_of
NEEDED = {
    Action.VIEW: Role.READER,
    Action.CREATE: Role.AUTHOR,
    Action.EDIT: Role.AUTHOR,
    Action.PUBLISH: Role.PUBLISHER,
    Action.ARCHIVE: Role.PUBLISHER,
    Action.DELETE: Role.PUBLISHER,
}

# What rooms above, which the catalogue does not know, do with documents; see `document_shown_by`.
_shown_by: list[Q] = []
_uses: list[str] = []


def document_shown_by(relation: str, public: Q) -> None:
    """A room above shows documents too. `relation`: from a document to what shows it; `public`: documents that are
    shown to everybody, and so may be seen by everybody."""
    _uses.append(relation)
    _shown_by.append(public)


@policy.rule(Entry)
def entries(user: Actor, action: Action) -> Scope:
    # What became part of another entry is only looked at, and shown there.
    standing = Q(merged_into__isnull=True)
    if is_portal_team(user):
        return action in {Action.VIEW, Action.CREATE} or standing
    own = organisations(user, NEEDED[action])
    published = Q(live=True)
    if action is Action.VIEW:
        return published | Q(lead__in=own) if own else published
    if not own:
        return False
    # A published entry is not deleted but archived: its address was printed somewhere.
    return standing & (Q(lead__in=own, live=False) if action is Action.DELETE else Q(lead__in=own))


@policy.rule(Document)
def documents(user: Actor, action: Action) -> Scope:
    if is_portal_team(user):
        return True
    cited = reduce(or_, _shown_by, Q(citations__entry__live=True))
    own = organisations(user, NEEDED[action])
    if action is Action.VIEW:
        return cited | Q(owner__in=own) | Q(citations__entry__lead__in=own) if own else cited
    if not own:
        return False
    kept = Q(owner__in=own)
    unused = Q(**{f"{relation}__isnull": True for relation in ("citations", *_uses)})
    return kept & unused if action is Action.DELETE else kept


@policy.rule(Word)
def words(user: Actor, action: Action) -> Scope:
    """Topics and target groups are public; the portal team keeps them."""
    return action is Action.VIEW or is_portal_team(user)


@policy.rule(EditorialComment)
def comments(user: Actor, action: Action) -> Scope:
    if is_portal_team(user):
        return True
    own = organisations(user, Role.AUTHOR)
    return Q(entry__lead__in=own) if own else False


@policy.rule(ReviewInterval)
def intervals(user: Actor, action: Action) -> Scope:
    """How often each kind is checked is no secret; the portal team decides it."""
    return action is Action.VIEW or is_portal_team(user)


@policy.rule(LinkAddress)
def link_addresses(user: Actor, action: Action) -> Scope:
    """What published entries name is public. Who writes such an entry may have it checked (EDIT). Who publishes all of
    them may say better than the check (PUBLISH): what they say stands on each of their pages."""
    if is_portal_team(user):
        return True
    if action is Action.VIEW:
        return Q(uses__entry__live=True)
    needed = {Action.EDIT: Role.AUTHOR, Action.PUBLISH: Role.PUBLISHER}.get(action)
    own = organisations(user, needed) if needed else []
    if not own:
        return False
    named = Q(uses__entry__lead__in=own)
    others = LinkUse.objects.exclude(entry__lead__in=own).values("address")
    return named & ~Q(pk__in=others) if action is Action.PUBLISH else named


@policy.rule(Adoption)
def adoptions(user: Actor, action: Action) -> Scope:
    """Confirmed ones are public, and those whose copy is; the organisation's members see what they are preparing."""
    if is_portal_team(user):
        return True
    own = organisations_of(user, NEEDED[action])
    if action is Action.VIEW:
        public = Q(confirmed_on__isnull=False) | Q(copy__live=True)
        return public | Q(organisation__in=own) if own else public
    return Q(organisation__in=own) if own else False


@policy.rule(Decision)
def decisions(user: Actor, action: Action) -> Scope:
    """What an organisation did not take over, and why, is its own affair."""
    if is_portal_team(user):
        return True
    own = organisations_of(user, Role.READER if action is Action.VIEW else Role.AUTHOR)
    return Q(adoption__organisation__in=own) if own else False


@policy.rule(Proposal)
def proposals(user: Actor, action: Action) -> Scope:
    """Whoever has a role in an organisation may propose. Authors of the entry's body decide (EDIT), whoever proposed it
    takes it back (DELETE), both see it; nobody else does."""
    if action is Action.CREATE:
        return is_portal_team(user) or bool(organisations_of(user, Role.READER))
    if not user.is_authenticated or not user.is_active:
        return False
    own = Q(author=user.pk)
    if action is Action.DELETE:
        return own & Q(settled_at__isnull=True, withdrawn_at__isnull=True)
    keepers = Q(pk__isnull=False) if is_portal_team(user) else Q(entry__lead__in=organisations_of(user, Role.AUTHOR))
    if action is Action.EDIT:
        return keepers & ~own
    return keepers | (own & Q(entry__live=True)) if action is Action.VIEW else False


@policy.rule(EntryMerger)
def mergers(user: Actor, action: Action) -> Scope:
    """Who may publish both entries merges them and takes it back: the portal team, or publishers of both bodies."""
    if is_portal_team(user):
        return True
    own = organisations_of(user, Role.PUBLISHER)
    return Q(kept__lead__in=own, merged__lead__in=own) if own else False


@policy.rule(BookmarkList)
def bookmark_lists(user: Actor, action: Action) -> Scope:
    """What somebody keeps is their own affair, not even the portal team's. A shared list is read by whoever takes part
    in the network and has its link."""
    if not user.is_authenticated or not user.is_active:
        return False
    own = Q(owner=user.pk)
    takes_part = is_portal_team(user) or bool(organisations_of(user, Role.READER))
    return own | Q(share_key__isnull=False) if action is Action.VIEW and takes_part else own
