from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "austausch.certificates"

    def ready(self) -> None:
        from austausch.certificates.importing import home  # noqa: F401
