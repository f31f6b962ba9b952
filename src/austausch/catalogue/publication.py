"""Who wants to know when what the public can see of an entry has changed.

Rooms above the catalogue (search) register here, because the catalogue may not know them. Observers run inside
the transaction that makes the change: if one fails, nothing was published.
"""

from collections.abc import Callable, Sequence

# Receives primary keys of entries that were published, changed, archived, withdrawn or deleted.
Observer = Callable[[Sequence[int]], None]
_observers: list[Observer] = []


def observe(observer: Observer) -> Observer:
    """Registers an observer; usable as a decorator."""
    _observers.append(observer)
    return observer


def tell_observers(entries: Sequence[int]) -> None:
    """To be called inside the transaction that changed these entries."""
    for observer in _observers:
        observer(entries)
