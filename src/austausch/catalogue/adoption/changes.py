"""What has changed at the source of an adoption, set beside what it was and what is written here.

The source's present value is compared with `Adoption.then`, which every decision moves on. So a change stays open
until somebody has decided about it, however often the source is published meanwhile.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.adoption.fields import FIELDS, Field, Value, values
from austausch.catalogue.models import Adoption, Entry
from austausch.core import outbox
from austausch.core.policy import Action, policy
from austausch.people.models import Membership, User

CHANGED = outbox.Category(key="source-changed", label=_("Changes of what you have taken over"))


@dataclass(frozen=True)
class Change:
    """One field of the source that has changed since it was taken over or decided about.

    `then` and `now` are the source's values, `own` what is written in the own copy (None without one).
    """

    field: Field
    then: Value
    now: Value
    own: Value

    @property
    def seen(self) -> str:
        """A digest of the source's value, so that nobody decides about what they have not seen."""
        return digest_of(self.now)

    @property
    def is_conflict(self) -> bool:
        """Both sides have changed it, in different ways."""
        return self.own is not None and self.own != self.then


def of(adoption: Adoption) -> list[Change]:
    """The open changes, in the order of the fields. A field that already says the same here is not open."""
    source = adoption.source
    if not source.live:
        return []
    now = values(source)
    copy = adoption.copy.get_latest_revision_as_object() if adoption.copy else None
    found = []
    for name in adoption.fields:
        field, then = FIELDS.get(name), adoption.then.get(name)
        if field is None or now[name] == then:
            continue
        own = field.read(copy) if copy is not None else None
        if copy is None or own != now[name]:
            found.append(Change(field, then, now[name], own))
    return found


def digest(adoption: Adoption, source: Entry) -> str:
    """Of everything about the source that the adoption's owners should know."""
    state = {name: value for name, value in values(source).items() if name in adoption.fields} if source.live else None
    return digest_of(state)


def note_change(entries: Sequence[int]) -> None:
    """In the transaction that publishes: one statement, however many have taken it over. Mails are written later."""
    Adoption.objects.going_on().filter(source__in=entries).update(changes=F("changes") + 1)


def tell() -> int:
    """Writes the mails about changed and withdrawn sources; returns how many adoptions were looked at.

    Each adoption in a transaction of its own with its mails, whose keys are unique: killed anywhere and begun again,
    nobody is told twice and nobody is forgotten.
    """
    keys = list(Adoption.objects.untold().values_list("pk", flat=True))
    for key in keys:
        _tell(key)
    return len(keys)


@transaction.atomic
def _tell(key: int) -> None:
    rows = Adoption.objects.untold().with_list_parts().select_for_update(of=("self",))
    adoption = rows.filter(pk=key).first()
    if adoption is None:
        return
    state = digest(adoption, adoption.source)
    found = of(adoption)
    withdrawn = not adoption.source.live
    if state != adoption.told_digest and (found or withdrawn):
        for user in _owners(adoption):
            outbox.post(
                category=CHANGED,
                key=f"source-changed:{adoption.pk}:{adoption.changes}:{user.pk}",
                to=user,
                template="catalogue/mails/source_changed.txt",
                context={
                    "adoption": adoption,
                    "changes": found,
                    "withdrawn": withdrawn,
                    "address": outbox.address("catalogue:adoption", adoption.pk),
                },
                about=adoption,
            )
    # Not `save`: nothing that the public sees has changed.
    Adoption.objects.filter(pk=adoption.pk).update(told=adoption.changes, told_digest=state, open_changes=len(found))


def _owners(adoption: Adoption) -> list[User]:
    """Authors and above of the organisation who may decide about it."""
    members = User.objects.filter(
        is_active=True,
        memberships__organisation=adoption.organisation_id,
        memberships__role__gte=Membership.Role.AUTHOR,
    )
    return [user for user in members.distinct() if policy.may(user, Action.EDIT, adoption)]


def digest_of(value: object) -> str:
    """Of a value, so that nobody decides about what they have not seen."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
