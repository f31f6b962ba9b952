"""An address whose view fails."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("meant to fail")


urlpatterns = [path("scheitert/", fails)]
