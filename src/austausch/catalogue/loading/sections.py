"""The sections of a catalogue file. Each room registers those it owns, because the catalogue may not know the rooms
above it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.conf import settings
from pydantic import BaseModel, ValidationError

from austausch.catalogue.loading import explaining
from austausch.catalogue.loading.errors import Problem, shown
from austausch.catalogue.loading.reading.tree import Map, value_at, where
from austausch.places.queries import Gazetteer

if TYPE_CHECKING:
    from austausch.core.policy import Actor

Path = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Change:
    """One thing that loading makes or changes. `fields`: name, old and new value; empty for something new."""

    name: str
    title: str
    fields: tuple[tuple[str, object, object], ...] = ()


@dataclass
class Plan:
    """What loading one section does, and how. `apply` writes; it runs in the loader's transaction."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    apply: Callable[[], None] = lambda: None


class Load:
    """One file on its way in: what it says, what is wrong with it, and what is worth a note."""

    def __init__(self, file: str, root: Map, *, overwrite_drafts: bool = False) -> None:
        self.file, self.root, self.overwrite_drafts = file, root, overwrite_drafts
        self.problems: list[Problem] = []
        self.notes: dict[str, None] = {}

    def problem(self, path: Path, message: str, remedy: str = "", *, value: object = ...) -> None:
        """Records what is wrong at a path of the file; `value` only where it is not what stands there."""
        found = value_at(self.root, path) if value is ... else value
        text = "" if isinstance(found, (dict, list)) else shown(found)
        self.problems.append(Problem(self.file, where(self.root, path), written(path), text, message, remedy))

    def note(self, text: str) -> None:
        self.notes[text] = None

    def parse(self, model: type[M], path: Path) -> M | None:
        """The value at `path`, read by `model`; None and its problems recorded where it cannot be read."""
        try:
            return model.model_validate(value_at(self.root, path))
        except ValidationError as error:
            for where_, message, remedy, shows_value in explaining.explained(error, model):
                self.problem((*path, *where_), message, remedy, **({} if shows_value else {"value": None}))
            return None

    def keys(self, section: str) -> set[str]:
        """The keys of a section that is a mapping, whether or not their values are right."""
        found = self.root.get(section)
        return {key for key in found if isinstance(key, str)} if isinstance(found, Map) else set()

    @cached_property
    def places(self) -> Gazetteer:
        return Gazetteer()

    @cached_property
    def state_places(self) -> Gazetteer:
        return Gazetteer(within=settings.AUSTAUSCH_STATE)


def written(path: Sequence[str | int]) -> str:
    """A path as people write it: ("entries", 2, "kind") → "entries[3].kind"; counted from one."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


@dataclass(frozen=True)
class Scope:
    """What an export takes: what this user may see; `drafts` too, if asked for."""

    user: Actor
    drafts: bool = False


class Section(ABC):
    """A top-level key of catalogue files. `order`: sections that others refer to come first."""

    key: ClassVar[str]
    order: ClassVar[int]

    @abstractmethod
    def plan(self, load: Load) -> Plan:
        """What loading `load.root[key]` would do. Records problems instead of raising; writes nothing."""

    @abstractmethod
    def export(self, scope: Scope) -> Any:
        """The section as files hold it; None or empty where there is nothing to say."""


_sections: dict[str, Section] = {}


def register(section: type[Section]) -> type[Section]:
    """Registers a section; usable as a decorator."""
    _sections[section.key] = section()
    return section


def all_sections() -> list[Section]:
    return sorted(_sections.values(), key=lambda section: section.order)
