from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LanguagesConfig(AppConfig):
    name = "austausch.languages"
    verbose_name = _("Languages of texts")

    def ready(self) -> None:
        from austausch.languages import home  # noqa: F401
