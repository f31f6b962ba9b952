"""Which addresses published entries name: kept beside them, changed in the transaction that publishes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from urllib.parse import urlsplit, urlunsplit

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from austausch.catalogue.models import Entry, LegalBasis, Link, LinkAddress, LinkUse

BATCH = 500


def normal(url: str) -> str:
    """The address as it is kept: without what only the browser uses, scheme and host in small letters."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url.strip()
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", parts.query, ""))


def host_of(url: str) -> str:
    """The host that a request to the address goes to; "" where there is none."""
    try:
        return (urlsplit(url).hostname or "")[:255]
    except ValueError:
        return ""


def collect(entries: Sequence[int]) -> None:
    """Observes publication: afterwards exactly the addresses that these entries name are noted as theirs."""
    for start in range(0, len(entries), BATCH):
        _collect(entries[start : start + BATCH])


def collect_missing() -> int:
    """Notes the addresses of entries that were published before there was a list of them. Returns how many entries."""
    named = Exists(Link.objects.filter(entry=OuterRef("pk"))) | Exists(
        LegalBasis.objects.filter(entry=OuterRef("pk")).exclude(url="")
    )
    noted = Exists(LinkUse.objects.filter(entry=OuterRef("pk")))
    missing = list(Entry.objects.published().filter(named & ~noted).order_by("pk").values_list("pk", flat=True)[:BATCH])
    collect(missing)
    return len(missing)


@transaction.atomic
def _collect(entries: Sequence[int]) -> None:
    wanted = _named_by(entries)
    keys = _known({url for _entry, url in wanted})
    pairs = {(entry, keys[url]) for entry, url in wanted}
    noted = {(entry, address): pk for pk, entry, address in _noted(entries)}
    LinkUse.objects.filter(pk__in=[pk for pair, pk in noted.items() if pair not in pairs]).delete()
    new = [LinkUse(entry_id=entry, address_id=address) for entry, address in sorted(pairs - noted.keys())]
    LinkUse.objects.bulk_create(new, ignore_conflicts=True)


def _named_by(entries: Sequence[int]) -> set[tuple[int, str]]:
    live = {"entry__in": entries, "entry__live": True}
    links = Link.objects.filter(**live).values_list("entry", "url")
    bases = LegalBasis.objects.filter(**live).exclude(url="").values_list("entry", "url")
    return {(entry, normal(url)) for entry, url in chain(links, bases)}


def _known(urls: Iterable[str]) -> dict[str, int]:
    """Each address with its key; new ones are written."""
    # In one order everywhere, so that two publications never wait for each other in a circle.
    ordered = sorted(urls)
    keys = dict(LinkAddress.objects.filter(url__in=ordered).values_list("url", "pk"))
    if new := [LinkAddress(url=url, host=host_of(url)) for url in ordered if url not in keys]:
        LinkAddress.objects.bulk_create(new, ignore_conflicts=True)
        keys = dict(LinkAddress.objects.filter(url__in=ordered).values_list("url", "pk"))
    return keys


def _noted(entries: Sequence[int]) -> Iterable[tuple[int, int, int]]:
    return LinkUse.objects.filter(Q(entry__in=entries)).values_list("pk", "entry", "address")
