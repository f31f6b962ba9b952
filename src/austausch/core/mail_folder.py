"""Mail of the embedded default: each in a file of its own, and what matters of it in the terminal."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

LINK = re.compile(r"https?://\S+")
UNSAFE = re.compile(r"[^A-Za-z0-9@._-]")


class FolderBackend(BaseEmailBackend):
    """Writes `<Message-ID>.eml` into EMAIL_FILE_PATH, whole or not at all; the same mail twice is one file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            written = message.message()
            self._write(self._path(str(written["Message-ID"])), written.as_bytes())
            self._tell(message)
        return len(email_messages)

    def has_sent(self, message_id: str) -> bool:
        return self._path(message_id).exists()

    def _path(self, message_id: str) -> Path:
        return Path(settings.EMAIL_FILE_PATH) / f"{UNSAFE.sub('', message_id)}.eml"

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)

    def _tell(self, message: EmailMessage) -> None:
        lines = [f"Mail to {', '.join(message.to)}: {message.subject}"]
        lines += [f"  {link}" for link in LINK.findall(str(message.body))]
        # What a stranger typed must not steer the terminal.
        shown = ("".join(character for character in line if character.isprintable()) for line in lines)
        sys.stderr.write("\n".join([*shown, ""]))
        sys.stderr.flush()
