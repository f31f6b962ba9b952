"""Where whole pages are kept: in the memory of each process, as bytes ready to send, within a fixed budget.

Not in Redis: a page's key holds the generation of the content, which every process reads from the database, so a
copy of one's own is never older than a shared one, and it needs neither a network nor unpickling.

Pages without a query have a budget of their own. Anyone can invent queries without end; they only ever push out
each other.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field, replace

# What an entry costs beside its bodies: key, headers, objects.
_OVERHEAD = 2048


@dataclass
class Page:
    """An answer as it was first given. `bodies` by content encoding; "" is the plain one. `note`: the view's."""

    headers: dict[str, str]
    etag: str
    bodies: dict[str, bytes] = field(default_factory=dict)
    note: Hashable = None

    @property
    def size(self) -> int:
        return sum(map(len, self.bodies.values())) + _OVERHEAD


class _Shelf:
    """Pages in the order of their last use; the longest unused ones go first when the budget is spent."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.spent = 0
        self.pages: OrderedDict[str, Page] = OrderedDict()

    def get(self, key: str) -> Page | None:
        page = self.pages.get(key)
        if page is not None:
            self.pages.move_to_end(key)
        return page

    def put(self, key: str, page: Page) -> None:
        self.drop(key)
        if page.size > self.budget:
            return
        self.pages[key] = page
        self.spent += page.size
        while self.spent > self.budget:
            _key, oldest = self.pages.popitem(last=False)
            self.spent -= oldest.size

    def drop(self, key: str) -> None:
        if old := self.pages.pop(key, None):
            self.spent -= old.size


class PageMemory:
    """Two shelves within `budget` bytes: three quarters for pages without a query, one for those with one."""

    def __init__(self, budget: int) -> None:
        self._lock = threading.Lock()
        self._plain = _Shelf(budget * 3 // 4)
        self._queried = _Shelf(budget // 4)

    def get(self, key: str, *, queried: bool) -> Page | None:
        with self._lock:
            return self._shelf(queried).get(key)

    def put(self, key: str, page: Page, *, queried: bool) -> None:
        with self._lock:
            self._shelf(queried).put(key, page)

    def add_body(self, key: str, encoding: str, body: bytes, *, queried: bool) -> None:
        """Keeps the page's body in one more encoding, if the page is still there."""
        with self._lock:
            shelf = self._shelf(queried)
            if page := shelf.get(key):
                shelf.put(key, replace(page, bodies={**page.bodies, encoding: body}))

    def clear(self) -> None:
        with self._lock:
            for shelf in (self._plain, self._queried):
                shelf.pages.clear()
                shelf.spent = 0

    def pages(self) -> list[Page]:
        """All that is kept, for tests and for whoever wants to know."""
        with self._lock:
            return [*self._plain.pages.values(), *self._queried.pages.values()]

    @property
    def spent(self) -> int:
        return self._plain.spent + self._queried.spent

    def _shelf(self, queried: bool) -> _Shelf:
        return self._queried if queried else self._plain
