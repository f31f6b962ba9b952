from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "austausch.exchange"

    def ready(self) -> None:
        from austausch.exchange import home, mergers  # noqa: F401
