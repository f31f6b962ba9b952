from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "austausch.certificates"

    def ready(self) -> None:
        from austausch.certificates.checks import home, mergers, policy  # noqa: F401
