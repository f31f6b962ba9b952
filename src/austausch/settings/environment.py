"""Reading settings from the environment, with one error that says everything that is missing or wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


class Environment:
    """Reads variables and collects what is wrong; `finish` raises it all at once, so nobody mends one by one."""

    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        self._variables = variables
        self._problems: list[str] = []

    def text(self, name: str, meaning: str, *, default: str | None = None) -> str:
        """The variable; without a default it is required. `meaning` tells the operator what to set."""
        value = self._variables.get(name, "").strip()
        if value:
            return value
        if default is None:
            self._problems.append(f"{name} is missing: {meaning}")
        return default or ""

    def words(self, name: str, meaning: str, *, default: str | None = None) -> list[str]:
        """A list, separated by commas."""
        return [part.strip() for part in self.text(name, meaning, default=default).split(",") if part.strip()]

    def number(self, name: str, meaning: str, *, default: int) -> int:
        return self.read(name, meaning, int, default=str(default), otherwise=default)

    def flag(self, name: str, meaning: str, *, default: bool) -> bool:
        return self.text(name, meaning, default="yes" if default else "no").lower() in {"1", "yes", "true", "on"}

    def read(
        self, name: str, meaning: str, parse: Callable[[str], T], *, otherwise: T, default: str | None = None
    ) -> T:
        """The variable as `parse` reads it; `otherwise` stands in for what is missing or wrong until `finish`."""
        value = self.text(name, meaning, default=default)
        if not value:
            return otherwise
        try:
            return parse(value)
        except (ValueError, ImproperlyConfigured):
            # Never the value itself: it may be a secret.
            self._problems.append(f"{name} cannot be read: {meaning}")
            return otherwise

    def require(self, fulfilled: bool, problem: str) -> None:
        if not fulfilled:
            self._problems.append(problem)

    def finish(self) -> None:
        """Raises ImproperlyConfigured with every problem found."""
        if self._problems:
            lines = "\n".join(f"  - {problem}" for problem in self._problems)
            raise ImproperlyConfigured(f"Set these environment variables (docs/production.md explains them):\n{lines}")


def database(url: str) -> dict[str, Any]:
    """Django's settings for `postgresql://user:password@host:port/name?option=value`.

    Raises ImproperlyConfigured for another scheme or a missing database name.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgresql://user:password@host:5432/name (SQLite needs no setting)."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def redis(url: str) -> str:
    """The address of a Redis, checked for its shape."""
    if urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured("REDIS_URL must look like redis://host:6379/0 or rediss://…")
    return url


def mail(url: str) -> dict[str, Any]:
    """Django's settings for `smtp://user:password@host:25`, `smtps://…:465` (TLS) or `smtp+tls://…:587` (STARTTLS)."""
    parts = urlsplit(url)
    ports = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
    if parts.scheme not in ports or not parts.hostname:
        raise ImproperlyConfigured("MAIL_URL must look like smtp+tls://user:password@host:587")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or ports[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }


def openid_connect(*, issuer: str, client_id: str, secret: str, name: str) -> dict[str, Any]:
    """allauth's settings for the one OpenID Connect server of an organisation or a state (people/openid_connect.py)."""
    app = {
        "provider_id": "organisation",
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": issuer},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def origin(url: str) -> str:
    """Scheme and host of an address, as content policies name them. Raises ValueError where there are none."""
    parts = urlsplit(url)
    if not parts.hostname or not parts.scheme:
        raise ValueError(url)
    return f"{parts.scheme}://{parts.netloc}"
