"""How a page tells a person what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from austausch.exchange.limits import ExchangeError, TooOftenError

if TYPE_CHECKING:
    from django.utils.functional import Promise


def submitted(request: HttpRequest, form: forms.Form, action: Callable[[dict[str, Any]], Any]) -> Any:
    """Does the action with what the form holds, and gives its result; None where the form now says what is wrong."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return action(form.cleaned_data) or True
    except ExchangeError as error:
        form.add_error(None, str(error))
        form.too_often = isinstance(error, TooOftenError)  # type: ignore[attr-defined]
    except ValidationError as error:
        form.add_error(None, error.messages)
    return None


def status(form: forms.Form) -> int:
    """429 where somebody has written too much; what is wrong with a form is no error of the web."""
    return 429 if getattr(form, "too_often", False) else 200


def clicked(request: HttpRequest, action: Callable[[], Any], done: str | Promise) -> bool:
    """Does what a button says; the next page tells whether it worked."""
    try:
        action()
    except ExchangeError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, str(done))
    return True
