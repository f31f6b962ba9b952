from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "austausch.core"

    def ready(self) -> None:
        autodiscover_modules("policy")
        from austausch.core import admin_scripts, generation

        generation.watch()
        admin_scripts.use_starters()
