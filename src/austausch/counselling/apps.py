from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CounsellingConfig(AppConfig):
    name = "austausch.counselling"
    verbose_name = _("Counselling")

    def ready(self) -> None:
        from austausch.counselling import loading, mergers, sitemap, versions  # noqa: F401
