"""Whether this process can do its work: database, its migrations, and the cache all workers share."""

from __future__ import annotations

import logging

from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

logger = logging.getLogger(__name__)
_migrated = False


def missing_migrations() -> int:
    """How many migrations of this version the database has not seen."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def problems() -> list[str]:
    """What keeps this process from its work, in a word each; details only in the log."""
    found = []
    for name, check in (("database", _database), ("migrations", _migrations), ("cache", _cache)):
        try:
            fine = check()
        except Exception:
            logger.exception("%s is not ready", name)
            fine = False
            if name == "database":
                return [name]
        if not fine:
            found.append(name)
    return found


def _database() -> bool:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _migrations() -> bool:
    # Asking takes a while. Once applied, they stay applied as long as this version runs.
    global _migrated
    if not _migrated:
        _migrated = missing_migrations() == 0
    return _migrated


def _cache() -> bool:
    cache = caches["shared"]
    cache.set("readyz", 1, timeout=10)
    return bool(cache.get("readyz") == 1)
