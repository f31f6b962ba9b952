"""How many new files one address gets in a minute. What the page cache has does not count."""

from __future__ import annotations

from austausch.core.rate_limit import Limit

# PDF and XLSX of a list cost seconds each, and any new query makes a new one.
COSTLY = Limit("export", amount=30)
# One entry, or a list sent while it is read: each alone is quick, but the streamed ones are never kept.
LIGHT = Limit("export-light", amount=60)
