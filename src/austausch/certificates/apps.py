from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "austausch.certificates"

    def ready(self) -> None:
        from austausch.certificates import home, mergers  # noqa: F401
        from austausch.certificates.checks import home as checks_home  # noqa: F401
        from austausch.certificates.checks import mergers as checks_mergers  # noqa: F401
        from austausch.certificates.checks import policy  # noqa: F401
        from austausch.certificates.importing import home as importing_home  # noqa: F401
