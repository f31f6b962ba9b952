"""Asks a school's SVWS-Server for its pupils: one host, the one that was configured, and nothing but GET.

- https only, the certificate checked, against the system's authorities or a file of the school authority's own.
- The name and password go to that host and port and nowhere else: a redirect is no answer.
- Every answer has a largest size and the whole has an end: a server that is slow or endless is given up.
- No proxy from the environment, no cookies.

Addresses as in SVWS-Server's OpenAPI description: master data of the school, the list of pupils of its current part
of the school year, the master data of each, and the lists of classes and towns that these point at.
"""

from __future__ import annotations

import base64
import http.client
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from austausch.certificates.reading import svws
from austausch.certificates.reading.records import FileError, Kind, Limits, Reading

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Server:
    """Where a school's SVWS-Server is and who asks. `url`: https://host[:port]; `schema`: the school's database."""

    url: str
    schema: str
    user: str
    password: str = field(repr=False)
    ca_file: str = ""
    seconds: float = 30.0
    deadline: float = 1_800.0
    answer_bytes: int = 16 * 1024 * 1024


class _RefusalError(Exception):
    """Why there is no answer: a word for the message, and the status where there was one."""


def fetch(server: Server, *, limits: Limits | None = None, progress: Progress = lambda done, total: None) -> Reading:
    """The pupils of a school. Never raises for what the server does: a problem says what was wrong."""
    limits = limits or Limits()
    try:
        with _connected(server) as client:
            return svws.reading(client.answers(limits, progress), limits)
    except FileError as error:
        return Reading(problems=(error.problem,))


@contextmanager
def _connected(server: Server) -> Iterator[_Client]:
    client = _Client(server)
    try:
        yield client
    except _RefusalError as error:
        raise FileError(Kind.NO_ANSWER, detail=error) from error
    except ssl.SSLCertVerificationError as error:
        raise FileError(Kind.NO_ANSWER, detail="certificate") from error
    except TimeoutError as error:
        raise FileError(Kind.NO_ANSWER, detail="timeout") from error
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        # http.client, ssl and the name's encoding let a dozen errors through; none may quote the password.
        raise FileError(Kind.NO_ANSWER, detail="connection") from error
    finally:
        client.close()


class _Client:
    """One connection, kept open for all requests."""

    def __init__(self, server: Server) -> None:
        parts = urlsplit(server.url)
        if parts.scheme != "https" or not parts.hostname or parts.username or parts.path not in {"", "/"}:
            raise FileError(Kind.NO_ANSWER, detail="address")
        if not re.fullmatch(r"[\w.-]{1,64}", server.schema):
            raise FileError(Kind.NO_ANSWER, detail="address")
        try:
            context = ssl.create_default_context(cafile=server.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            raise FileError(Kind.NO_ANSWER, detail="ca_file") from error
        self.server = server
        self.until = time.monotonic() + server.deadline
        self.connection = http.client.HTTPSConnection(
            parts.hostname, parts.port or 443, timeout=server.seconds, context=context
        )
        named = base64.b64encode(f"{server.user}:{server.password}".encode()).decode()
        self.headers = {"Authorization": f"Basic {named}", "Accept": "application/json"}

    def answers(self, limits: Limits, progress: Progress) -> svws.Answers:
        school = self.object("schule/stammdaten")
        part = _number(school, "idSchuljahresabschnitt")
        listed = self.objects(f"schueler/abschnitt/{part}")
        if len(listed) > limits.rows:
            raise FileError(Kind.TOO_MANY_ROWS, detail=limits.rows)
        pupils: list[Mapping[str, Any]] = []
        for done, entry in enumerate(listed):
            progress(done, len(listed))
            master = self.object(f"schueler/{_number(entry, 'id')}/stammdaten")
            # The list knows grade and class, the master data everything else; where both speak, they do.
            pupils.append({**entry, **master})
        progress(len(listed), len(listed))
        classes, towns = self.objects(f"klassen/abschnitt/{part}"), self.objects("orte")
        return svws.Answers(pupils, school, classes, towns)

    def object(self, path: str) -> dict[str, Any]:
        found = self.ask(path)
        if not isinstance(found, dict):
            raise _RefusalError("form")
        return found

    def objects(self, path: str) -> list[dict[str, Any]]:
        found = self.ask(path)
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise _RefusalError("form")
        return found

    def ask(self, path: str) -> Any:
        """The parsed answer; names that are not read are gone by then."""
        if time.monotonic() > self.until:
            raise _RefusalError("timeout")
        self.connection.request("GET", f"/db/{quote(self.server.schema)}/{path}", headers=self.headers)
        with self.connection.getresponse() as response:
            if response.status in {401, 403}:
                raise _RefusalError("rights")
            if 300 <= response.status < 400:
                raise _RefusalError("redirect")
            if response.status != 200:
                raise _RefusalError(f"status {response.status}")
            return svws.parsed(self.body(response), kept=svws.KEPT)

    def body(self, response: http.client.HTTPResponse) -> bytes:
        """In pieces, so that a server that drips does not outlive the deadline."""
        parts: list[bytes] = []
        size = 0
        while part := response.read1(65_536):
            size += len(part)
            if size > self.server.answer_bytes:
                raise _RefusalError("size")
            if time.monotonic() > self.until:
                raise _RefusalError("timeout")
            parts.append(part)
        return b"".join(parts)

    def close(self) -> None:
        self.connection.close()


def _number(entry: Mapping[str, Any], name: str) -> int:
    value = entry.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _RefusalError("form")
    return value
