"""The navigation of the protected network."""

from __future__ import annotations

from typing import Any

from django import template

from austausch.core import network

register = template.Library()


@register.simple_tag(takes_context=True)
def network_navigation(context: dict[str, Any]) -> network.Navigation:
    return network.navigation(context["request"].path)
