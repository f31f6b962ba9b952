from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "austausch.exchange"

    def ready(self) -> None:
        from austausch.catalogue.merging.moving import hanging
        from austausch.exchange import home, mergers  # noqa: F401

        for model in ("Post", "Follow", "Interest"):
            hanging(f"exchange.{model}")
