"""Every public function says where what it does is laid down, so that a reader can check it against the source."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import vdseal

SOURCE = re.compile(
    r"TR-03137|TR-03171|RFC \d+|PKCS#8|PKCS#11|ISO 32000|ISO/IEC \d+|ETSI|IETF Token Status List|docs/formats\.md"
)
# Programs and made-up worlds follow no source.
OWN = {"vdseal.__main__", "vdseal.commands", "vdseal.vectors", "vdseal.mutation", "vdseal.errors"}


def _public() -> Iterator[tuple[str, Any]]:
    for found in pkgutil.walk_packages(vdseal.__path__, "vdseal."):
        if found.name in OWN:
            continue
        module = importlib.import_module(found.name)
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", "") != found.name:
                continue
            if inspect.isfunction(thing):
                yield f"{found.name}.{name}", thing
            elif inspect.isclass(thing) and not _says_only_what_others_do(thing):
                yield from _methods(f"{found.name}.{name}", thing)


def _says_only_what_others_do(kind: type) -> bool:
    return issubclass(kind, Exception) or getattr(kind, "_is_protocol", False)


def _methods(where: str, kind: type) -> Iterator[tuple[str, Any]]:
    for name, thing in vars(kind).items():
        method = thing.__func__ if isinstance(thing, classmethod | staticmethod) else thing
        method = method.fget if isinstance(method, property) else method
        # What a dataclass or an enumeration makes has no place in a file of ours.
        if inspect.isfunction(method) and not name.startswith("_") and method.__module__ == kind.__module__:
            yield f"{where}.{name}", method


def test_every_public_function_names_its_source() -> None:
    public = dict(_public())
    assert len(public) > 60
    silent = [name for name, function in public.items() if not SOURCE.search(function.__doc__ or "")]
    assert silent == []
