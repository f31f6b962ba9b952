from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "austausch.figures"

    def ready(self) -> None:
        from austausch.figures import loading  # noqa: F401
