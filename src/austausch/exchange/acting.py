"""How a page tells a person what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest

from austausch.core import acting
from austausch.exchange.limits import ExchangeError, TooOftenError

if TYPE_CHECKING:
    from django.utils.functional import Promise


def submitted(request: HttpRequest, form: forms.Form, action: Callable[[dict[str, Any]], Any]) -> Any:
    """As `acting.submitted`, for what this room refuses; the form keeps whether it was too often."""

    def keep(error: Exception) -> None:
        form.too_often = isinstance(error, TooOftenError)  # type: ignore[attr-defined]

    return acting.submitted(request, form, action, refused=ExchangeError, told=keep)


def status(form: forms.Form) -> int:
    """429 where somebody has written too much; what is wrong with a form is no error of the web."""
    return 429 if getattr(form, "too_often", False) else 200


def clicked(request: HttpRequest, action: Callable[[], Any], done: str | Promise) -> bool:
    """As `acting.clicked`, for what this room refuses."""
    return acting.clicked(request, action, done, refused=ExchangeError)
