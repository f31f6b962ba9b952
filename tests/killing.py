"""Ends a run at every place where it touches the database, one after the other, as if the process had died there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


class Killed(BaseException):
    """The process dies here: no handler of errors runs."""


@contextmanager
def killed_at(step: int) -> Iterator[list[str]]:
    """Dies at the statement with this number. Yields what was run before it."""
    run: list[str] = []

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        # Beginning and end of transactions are the database's own business; a test inside one sees savepoints.
        if "SAVEPOINT" in sql:
            return execute(sql, params, many, context)
        if len(run) == step:
            raise Killed
        run.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield run


def dies_everywhere(work: Callable[[], object], between: Callable[[int], object], most: int = 2000) -> int:
    """Runs `work` and kills it at its first statement, calls `between`, again at its second, and so on.

    What each run wrote is kept as a database keeps it: what was committed stays, the open transaction is undone.
    Returns how many places there were.
    """
    for step in range(most):
        try:
            # Stands for the end of the process: savepoints of `work` inside are its transactions.
            with killed_at(step):
                work()
        except Killed:
            # A deletion outside a transaction is one of its own in production, and undone; here it is in the test's.
            transaction.set_rollback(False)
            between(step)
            continue
        return step
    raise AssertionError(f"It does not end within {most} statements.")


@contextmanager
def undone() -> Iterator[None]:
    """Takes everything back that happens inside, so that the next attempt finds the same state."""
    with transaction.atomic():
        mark = transaction.savepoint()
        yield
        transaction.savepoint_rollback(mark)
