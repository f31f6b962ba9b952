"""School certificates: issued by schools, verified by anybody, revoked when they no longer hold."""

from django.urls import URLPattern

from austausch.certificates.importing import urls as importing

app_name = "certificates"
urlpatterns: list[URLPattern] = [*importing.urlpatterns]
