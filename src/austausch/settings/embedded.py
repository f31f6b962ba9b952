"""The default: SQLite, files in `var/`, nothing to install or start. One machine, tens of users."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from austausch.settings.base import *
from austausch.settings.base import LOGGING, PROJECT, STORAGES

VAR = Path(os.environ.get("AUSTAUSCH_DATA", PROJECT / "var"))
VAR.mkdir(parents=True, exist_ok=True)
# Sessions, password hashes and mails with links for new passwords are nobody else's on this machine.
with suppress(PermissionError):
    VAR.chmod(0o700)


def _own_secret(path: Path) -> str:
    """The installation's secret key, made at the first start and readable by its owner only."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text()


SECRET_KEY = _own_secret(VAR / "secret_key")
# Apart from the secret key, which may be changed at any time; without this one no signing key opens again.
AUSTAUSCH_SEAL_PASSPHRASE = _own_secret(VAR / "seal_passphrase")
DEBUG = False
# Set by `austausch serve` for its worker, so that links in mails carry the right port.
WAGTAILADMIN_BASE_URL = os.environ.get("AUSTAUSCH_ADDRESS", "http://localhost:8000")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR / "austausch.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000; "
                "PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY;"
            ),
        },
    }
}
_SHARED = {
    "BACKEND": "austausch.core.shared_cache.SQLiteCache",
    "LOCATION": VAR / "shared.sqlite3",
}
CACHES = {
    # allauth and Wagtail use `default`; limits against guessing only hold if every process counts together.
    "default": {**_SHARED, "KEY_PREFIX": "default"},
    "shared": _SHARED,
}
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "media"
STORAGES["private"] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": VAR / "documents", "base_url": None},
}
# For somebody at a terminal: errors with their place, but not each address that does not exist.
LOGGING["handlers"]["stderr"]["formatter"] = "text"
LOGGING["loggers"]["django.request"] = {"level": "ERROR"}
EMAIL_BACKEND = "austausch.core.mail_folder.FolderBackend"
EMAIL_FILE_PATH = VAR / "mail"
AUSTAUSCH_DEMONSTRATION_ALLOWED = True
DEFAULT_FROM_EMAIL = "austausch@example.org"
