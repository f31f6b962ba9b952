"""School certificates: issued by schools, verified by anybody, revoked when they no longer hold."""

from django.urls import URLPattern, URLResolver

from austausch.certificates import check_urls, issue_urls
from austausch.certificates.importing import urls as importing

app_name = "certificates"
# The import first: its addresses are words where those of a school begin with its number.
urlpatterns: list[URLPattern | URLResolver] = [
    *check_urls.urlpatterns,
    *importing.urlpatterns,
    *issue_urls.urlpatterns,
]
