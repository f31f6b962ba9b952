from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "austausch.catalogue"

    def ready(self) -> None:
        # Says where contacts are used; whoever deletes one may not have seen a page of the catalogue.
        from austausch.catalogue import contacts  # noqa: F401
