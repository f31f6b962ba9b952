"""School certificates: issued by schools, verified by anybody, revoked when they no longer hold."""

from django.urls import URLPattern, URLResolver

from austausch.certificates import check_urls, issue_urls

app_name = "certificates"
urlpatterns: list[URLPattern | URLResolver] = [*check_urls.urlpatterns, *issue_urls.urlpatterns]
