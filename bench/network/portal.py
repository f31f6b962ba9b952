"""The network, filled and measured. Runs in a process of its own, with an installation's settings.

Standard input: how many of everything (see `__main__`), and `catalogue`. Standard output: for each figure what it took
and what the comparison took, both in milliseconds.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import django
from django.test.utils import setup_test_environment

from bench.search.timing import timed

PASSWORD = "neun grüne Eichen am Weg"
NEW_ENTRIES = 20
Pair = tuple[float, float]


def main() -> None:
    given = json.load(sys.stdin)
    django.setup()
    # The test client's host is allowed, and mails go nowhere.
    setup_test_environment()
    _build(given)
    json.dump(dict(_figures(given)), sys.stdout)


def _build(given: dict[str, Any]) -> None:
    from austausch.operation.installation import steps
    from bench.network import towns

    # With the assets: pages are rendered.
    for _name, step in steps(catalogue=Path(given["catalogue"])):
        step()
    sizes = {name: given[name] for name in ("organisations", "people", "entries", "adoptions")}
    network = towns.generate(**sizes)
    towns.save_searches(network.people, given["searches"])


def _figures(given: dict[str, Any]) -> Iterator[tuple[str, Pair]]:
    rounds = given["rounds"]
    yield "sign-in", _sign_in(max(5, rounds // 6))
    yield from _lists(rounds)
    yield from _lines(rounds)
    yield from _saved_searches()


def _sign_in(rounds: int) -> Pair:
    from allauth.account.models import EmailAddress
    from django.core.cache import caches
    from django.test import Client

    from austausch.people.models import User

    user = User.objects.create_user("anmeldung@netz.example.org", PASSWORD, name="Person")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)

    def sign_in() -> None:
        for cache in caches.all():
            cache.clear()
        answer = Client().post("/konto/login/", {"login": user.email, "password": PASSWORD}, secure=True)
        assert answer.status_code == 302, answer.status_code

    return _both(sign_in, lambda: user.check_password(PASSWORD), rounds)


def _lists(rounds: int) -> Iterator[tuple[str, Pair]]:
    from austausch.catalogue.models import Adoption
    from austausch.core.policy import Action, policy
    from austausch.people.models import Contact, User

    member = User.objects.filter(memberships__role=3).order_by("pk").first()
    assert member is not None
    adoptions = Adoption.objects.with_list_parts().order_by("ended_on", "-made_at")
    own = member.memberships.get().organisation
    yield (
        "list",
        _both(
            lambda: list(policy.which(_again(member), Action.EDIT, adoptions)[:25]),
            lambda: list(adoptions.filter(organisation=own)[:25]),
            rounds,
        ),
    )
    contacts = Contact.objects.select_related("organisation").order_by("name", "pk")
    yield (
        "contacts",
        _both(
            lambda: list(policy.which(_again(member), Action.VIEW, contacts)[:25]),
            lambda: list(contacts[:25]),
            rounds,
        ),
    )
    yield "search", _both(_page(member, "/massnahmen/?q=beratung"), _page(None, "/massnahmen/?q=beratung"), rounds)


def _lines(rounds: int) -> Iterator[tuple[str, Pair]]:
    from austausch.catalogue.models import Adoption
    from austausch.people.models import User

    copies = Adoption.objects.filter(copy__isnull=False).order_by("pk")
    first, last = copies.first(), copies.last()
    assert first is not None
    assert last is not None
    team = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("team@netz.example.org", "x")
    pages = [_page(team, f"/netz/uebernahmen/{adoption.pk}/") for adoption in (last, first)]
    yield "comparison", _both(pages[0], pages[1], rounds)
    yield (
        "line",
        _both(
            _page(team, f"/massnahmen/{last.source.slug}/weitergabe/"),
            _page(team, "/massnahmen/clearingstellen-gesundheit/weitergabe/"),
            rounds,
        ),
    )


def _saved_searches() -> Iterator[tuple[str, Pair]]:
    """Each once: it is a run of minutes, not of milliseconds."""
    from django.contrib.auth.models import AnonymousUser
    from django.utils import timezone

    from austausch.search import snapshot
    from austausch.search.finding import Hits
    from austausch.search.models import Arrival, SavedSearch
    from austausch.search.saved import news
    from austausch.search.saved.matching import matching, query_of

    new = list(Arrival.objects.order_by("-pk").values_list("pk", flat=True)[:NEW_ENTRIES])
    Arrival.objects.exclude(pk__in=new).update(noticed_on=dt.date(2000, 1, 1))
    Arrival.objects.filter(pk__in=new).update(arrived_at=timezone.now() - dt.timedelta(minutes=20))
    searches = list(SavedSearch.objects.values_list("params", flat=True))
    snapshot.current()
    at_once, found = timed(lambda: matching(searches, new))
    snapshot.forget()
    snapshot.current()

    def one_at_a_time() -> dict[str, set[int]]:
        """As somebody would write it first: each search is asked by itself, copies and all."""
        answers = {}
        for params in searches:
            hits = Hits(replace(query_of(params), copies=True), AnonymousUser(), alike=False)
            answers[params] = set() if hits.query.ignored else set(hits.keys) & set(new)
        return answers

    each, asked = timed(one_at_a_time)
    if different := sorted(params for params in asked if found[params] != asked[params]):
        raise AssertionError(f"The two ways find different entries for {len(different):,} searches: {different[:5]}")
    assert any(asked.values()), "No search finds any of the new entries: nothing was compared."
    yield "saved searches", (at_once, each)
    snapshot.forget()
    snapshot.current()
    edition, posted = timed(news.tell)
    print(f"{len(searches):,} searches, {len(set(searches)):,} different, {posted:,} mails", file=sys.stderr)
    yield "news", (edition, each)


def _both(act: Callable[[], Any], compared: Callable[[], Any], rounds: int) -> Pair:
    """The medians of both, in turns, so that what else the machine does falls on both alike."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds + 2):
        for taken, one in zip(times, (act, compared), strict=True):
            taken.append(timed(one)[0])
    return median(times[0][2:]), median(times[1][2:])


def _again(user: Any) -> Any:
    """The same person as the next request would know them: without what was remembered of their roles."""
    return type(user).objects.get(pk=user.pk)


def _page(user: Any, path: str) -> Callable[[], None]:
    from django.test import Client

    from austausch.core import page_cache

    client = Client()
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    def get() -> None:
        page_cache.memory.clear()
        answer = client.get(path, secure=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        answer.getvalue()

    return get


if __name__ == "__main__":
    main()
