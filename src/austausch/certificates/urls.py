"""School certificates: issued by schools, verified by anybody, revoked when they no longer hold."""

from django.urls import URLPattern

app_name = "certificates"
urlpatterns: list[URLPattern] = []
