"""How a page tells a person what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

if TYPE_CHECKING:
    from django.utils.functional import Promise


def submitted(
    request: HttpRequest,
    form: forms.Form,
    action: Callable[[dict[str, Any]], Any],
    *,
    refused: type[Exception],
    told: Callable[[Exception], None] = lambda error: None,
) -> Any:
    """Does the action with what the form holds, and gives its result; None where the form now says what is wrong.

    `refused` is the room's own error, whose message is for people; `told` hears of one.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return action(form.cleaned_data) or True
    except ValidationError as error:
        form.add_error(None, error.messages)
    except refused as error:
        form.add_error(None, str(error))
        told(error)
    return None


def clicked(request: HttpRequest, action: Callable[[], Any], done: str | Promise, *, refused: type[Exception]) -> bool:
    """Does what a button says; the next page tells whether it worked."""
    try:
        action()
    except refused as error:
        messages.error(request, str(error))
        return False
    messages.success(request, str(done))
    return True
