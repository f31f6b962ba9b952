from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InformationConfig(AppConfig):
    name = "austausch.information"
    verbose_name = _("Before you travel")

    def ready(self) -> None:
        from austausch.catalogue.merging import moving
        from austausch.information import sitemap, texts  # noqa: F401

        moving.hanging("information.SourceLink")
