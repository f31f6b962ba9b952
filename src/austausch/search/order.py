"""Rows by a list of primary keys, in the list's order: one parameter, however many keys there are.

`pk__in` with a parameter each would meet SQLite's limit, and a CASE with a branch each takes seconds to prepare.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, IntegerField, Model, QuerySet

M = TypeVar("M", bound=Model)
Compiled = tuple[str, tuple[Any, ...]]


def among(rows: QuerySet[M], keys: Sequence[int]) -> QuerySet[M]:
    """Those of the rows whose primary key is in the list."""
    return rows.filter(_Among(keys))


def in_order(rows: QuerySet[M], keys: Sequence[int]) -> QuerySet[M]:
    """The rows in the order of the list. Rows that are not in it come at an end."""
    return rows.order_by(_Position(keys))


class _OfKeys(Func):
    def __init__(self, keys: Sequence[int], **extra: Any) -> None:
        super().__init__(F("pk"), **extra)
        self.keys = tuple(keys)

    @property
    def identity(self) -> tuple[Any, ...]:
        return (*super().identity, self.keys)

    def _column(self, compiler: Any, connection: BaseDatabaseWrapper) -> Compiled:
        sql, params = compiler.compile(self.source_expressions[0])
        return sql, tuple(params)


class _Among(_OfKeys):
    output_field = BooleanField()

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **extra: Any) -> Compiled:
        column, params = self._column(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, json.dumps(self.keys))  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **extra: Any) -> Compiled:
        column, params = self._column(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", (*params, list(self.keys))


class _Position(_OfKeys):
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **extra: Any) -> Compiled:
        column, params = self._column(compiler, connection)
        # As integers and materialized, because only then SQLite makes an index of them, once for all rows. Otherwise
        # it reads through the list for each row: seconds for some ten thousand.
        found = "WITH listed(k, at) AS MATERIALIZED (SELECT CAST(value AS INTEGER), key FROM json_each(%s))"
        return f"({found} SELECT at FROM listed WHERE k = {column})", (json.dumps(self.keys), *params)  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **extra: Any) -> Compiled:
        column, params = self._column(compiler, connection)
        # A `jsonb` is ordered by its keys, an array is read through for each row.
        places = {key: at for at, key in enumerate(self.keys)}
        return f"(%s::jsonb ->> {column}::text)::integer", (json.dumps(places), *params)
