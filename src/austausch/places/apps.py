from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "austausch.places"
