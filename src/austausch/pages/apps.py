from typing import Any

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "austausch.pages"

    def ready(self) -> None:
        from wagtail.signals import post_page_move

        from austausch.pages import checks, loading  # noqa: F401

        post_page_move.connect(_moved, dispatch_uid="generation-page-move")


def _moved(**kwargs: Any) -> None:
    """A moved page and all below it have new addresses; moving writes past the models' own signals."""
    from austausch.core import generation

    generation.advance()
