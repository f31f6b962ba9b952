"""Mails about what is new in saved searches: one for each person and edition, with all their searches that have news.

Each morning the first run makes an edition: it marks what has arrived since the last one. Then every person is dealt
with in a transaction that posts the mail and notes that their searches were looked at. Whoever is killed in between
leaves nothing half done, and the next minute goes on with those who are left.

What a mail names is decided when it is delivered: `write` asks the policy.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models import Entry
from austausch.core import editions, outbox
from austausch.core.policy import Action, policy
from austausch.search.models import Arrival, Edition, SavedSearch
from austausch.search.saved.matching import matching, query_of

if TYPE_CHECKING:
    from austausch.core.models import Mail
    from austausch.people.models import User

# What one looks at; the list behind the link shows all.
MOST_IN_MAIL = 10
MOST_KEPT = 1000
# What was published shortly before a search was saved may not have been in the list yet: rather told twice than never.
MARGIN = dt.timedelta(hours=1)
# So long the engine and the reader of documents may take to know of an entry.
SETTLES_IN = dt.timedelta(minutes=15)
CHUNK = 500


def write(mail: Mail) -> outbox.Letter | None:
    """What its reader may see now, of the searches that they still keep."""
    user: User = mail.user  # type: ignore[assignment]
    found = {item["search"]: item["entries"] for item in mail.data.get("news", ())}
    wanted = SavedSearch.objects.filter(pk__in=found, paused=False).exclude(rhythm=SavedSearch.Rhythm.NONE)
    keys = {key for entries in found.values() for key in entries}
    entries = policy.which(user, Action.VIEW, Entry.objects.listed().filter(pk__in=keys))
    visible = {entry.pk: entry for entry in entries.select_related("lead")}
    groups = [
        _group(search, new)
        for search in policy.which(user, Action.VIEW, wanted)
        if (new := [visible[key] for key in found[search.pk] if key in visible])
    ]
    if not groups:
        return None
    context = {
        "groups": groups,
        "first": groups[0],
        "number": len({entry.pk for group in groups for entry in group["new"]}),  # type: ignore[attr-defined]
        "all": outbox.address("search:saved_list"),
    }
    return outbox.rendered("search/mails/news.txt", context)


NEWS = outbox.Category(key="saved-searches", label=_("News of your saved searches"), write=write, collectable=False)


def tell(now: dt.datetime | None = None) -> int:
    """Posts the mails of today's edition; how many. Safe to be killed anywhere, and to run in several processes."""
    now = now or timezone.now()
    day = editions.day_of(now)
    _make_edition(day, now)
    waiting = list(SavedSearch.objects.to_be_told(day).order_by("user", "pk"))
    if not waiting:
        return 0
    arrived = Arrival.objects.filter(noticed_on__gt=min(search.told_on for search in waiting), noticed_on__lte=day)
    arrivals = {arrival.pk: arrival for arrival in arrived}
    found = {
        params: [arrivals[key] for key in sorted(keys, reverse=True)]
        for params, keys in matching((search.params for search in waiting), arrivals).items()
    }
    people: dict[int, list[SavedSearch]] = defaultdict(list)
    for search in waiting:
        people[search.user_id].append(search)
    quiet = {person for person, searches in people.items() if not any(_news(one, found) for one in searches)}
    _note_quiet([search.pk for person in quiet for search in people[person]], day)
    return sum(_tell(person, day, found) for person in people if person not in quiet)


def _make_edition(day: dt.date, now: dt.datetime) -> None:
    """Marks what has arrived since the last one; whoever is first does it."""
    if Edition.objects.filter(pk=day).exists():
        return
    try:
        with transaction.atomic():
            # Of two runs at once the second waits here, and then finds that it is made.
            Edition.objects.create(day=day)
            Arrival.objects.filter(noticed_on=None, arrived_at__lt=now - SETTLES_IN).update(noticed_on=day)
    except IntegrityError:
        return


def _note_quiet(searches: Sequence[int], day: dt.date) -> None:
    for start in range(0, len(searches), CHUNK):
        some = SavedSearch.objects.filter(pk__in=searches[start : start + CHUNK], told_on__lt=day)
        some.update(told_on=day)


@transaction.atomic
def _tell(person: int, day: dt.date, found: Mapping[str, Sequence[Arrival]]) -> int:
    rows = SavedSearch.objects.to_be_told(day).filter(user=person).select_related("user")
    # What was changed a moment ago is not among what was looked for: the next run sees to it.
    looked_at = [row for row in rows.select_for_update(of=("self",)).order_by("pk") if row.params in found]
    news = [
        {"search": row.pk, "entries": [one.pk for one in new[:MOST_KEPT]]}
        for row in looked_at
        if (new := _news(row, found))
    ]
    SavedSearch.objects.filter(pk__in=[row.pk for row in looked_at]).update(told_on=day)
    if not news:
        return 0
    which = hashlib.sha256(",".join(str(row.pk) for row in looked_at).encode()).hexdigest()[:16]
    key = f"saved-searches:{person}:{day}:{which}"
    return outbox.commission(category=NEWS, key=key, to=looked_at[0].user, data={"news": news})


def _news(search: SavedSearch, found: Mapping[str, Iterable[Arrival]]) -> list[Arrival]:
    """What the search finds and its owner has not been told of."""
    return [
        arrival
        for arrival in found[search.params]
        if arrival.noticed_on is not None
        and arrival.noticed_on > search.told_on
        and arrival.arrived_at > search.news_since - MARGIN
    ]


def _group(search: SavedSearch, new: list[Entry]) -> dict[str, object]:
    newest_first = replace(query_of(search.params), sort="neueste").params()
    return {
        "name": search.name,
        "new": new,
        "lines": [(entry, outbox.address("catalogue:entry", entry.slug)) for entry in new[:MOST_IN_MAIL]],
        "more": max(0, len(new) - MOST_IN_MAIL),
        "list": outbox.address("search:list") + (f"?{newest_first}" if newest_first else ""),
    }
