from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "austausch.events"

    def ready(self) -> None:
        from austausch.events import home, loading, mergers, network_home, sitemap  # noqa: F401
